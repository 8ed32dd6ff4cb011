"""Plans by what they were made of: the digests of all files, the configuration, the rules, and this program itself.

A plan is kept with its inputs. It is replayed where every one of them is as it was: the files that discovery finds and
their digests, the formatter configurations that were looked at, whether the files to be changed can be written. What
the inputs do not hold (the answer to a question, the tree of git) takes no part in planning.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lifeops_codemods import __version__
from lifeops_codemods import rules as own_rules
from lifeops_codemods.apply import unwritable
from lifeops_codemods.plan.model import Migration
from lifeops_codemods.replay.codec import NAMES, UnknownClassError, from_plain, to_plain
from lifeops_codemods.replay.index import FileIndex
from lifeops_codemods.source.discovery import Discovery
from lifeops_codemods.source.reading import ReadError, read_file
from lifeops_codemods.store import Store, name_for

if TYPE_CHECKING:
    from lifeops_codemods.pipeline import Request

_NOT_ASKED = frozenset({"root", "rules", "cache_dir", "jobs", "executor", "progress"})
"""Fields of a request that do not change what is planned, or that stand elsewhere."""
_NOTHING: tuple[Any, ...] = ({}, {}, {}, None)
_MOST_KEPT = 8
"""Plans of one root, one for each way to ask: with other rules, paths or settings."""


class Inputs(NamedTuple):
    """What a plan was made of besides the request. digests: of every file. styles: of each configuration, None where
    there is none. writable: why each file that an edit is for cannot be written, "" where it can."""

    digests: Mapping[str, str]
    styles: Mapping[str, str | None]
    writable: Mapping[str, str]


class Plans:
    """The plans of one request, as this and former runs made them. folder: None keeps nothing."""

    def __init__(self, request: Request, found: Discovery) -> None:
        self._request = request
        self._found = found
        self._folder = request.cache_dir
        self._name = f"{name_for('plan', request.root)}-{_digest_of(_asked(request))[:24]}.bin"
        self._store = Store(self._folder, self._name, f"plan {__version__} {_program()} {' '.join(NAMES)}")
        index = Store(self._folder, f"{name_for('files', request.root)}.bin", "files 1")
        self._index = FileIndex(index, request.root)

    def find(self) -> Migration | None:
        """The plan, where nothing has changed since it was made."""
        if not self._counts():
            return None
        self._index.look(self._found.files)
        try:
            digests, styles, writable, plain = self._store.read() or _NOTHING
            if not self._is_as_it_was(Inputs(digests, styles, writable)):
                return None
            files, findings, errors = from_plain(plain)
        except (TypeError, ValueError, LookupError, AttributeError):  # a value of another shape counts as not there
            return None
        self._index.learn(digests)
        return Migration(
            root=self._request.root,
            rules=self._request.rules,
            files=files,
            findings=findings,
            errors=errors,
            skipped=self._found.skipped,
            read=digests,
            files_read=len(digests),
        )

    def keep(self, migration: Migration, inputs: Inputs) -> None:
        """Keep a plan for the next run; not one for which a file could not be read."""
        if not self._counts() or inputs.digests.keys() != set(self._found.files):
            return
        self._index.learn(inputs.digests)
        try:
            plain = to_plain((migration.files, migration.findings, migration.errors))
        except UnknownClassError:  # what a rule made of its own must be planned anew
            return
        self._store.write((dict(inputs.digests), dict(inputs.styles), dict(inputs.writable), plain))
        self._forget_the_oldest()

    def _counts(self) -> bool:
        """Whether plans are kept, and this one depends on nothing else: a rule of somebody, a folder that is closed."""
        own = all(str(rule.check.__module__).startswith(f"{own_rules.__name__}.") for rule in self._request.rules)
        return self._folder is not None and own and not self._found.errors

    def _is_as_it_was(self, inputs: Inputs) -> bool:
        root = self._request.root
        return (
            tuple(sorted(inputs.digests)) == self._found.files
            and all(self._index.digest(path) == digest for path, digest in inputs.digests.items())
            and all(_digest_in(root, path) == digest for path, digest in inputs.styles.items())
            and all(unwritable(root, [path]).get(path, "") == reason for path, reason in inputs.writable.items())
        )

    def _forget_the_oldest(self) -> None:
        assert self._folder is not None
        try:
            kept = sorted(self._folder.glob(f"{name_for('plan', self._request.root)}-*.bin"), key=_age)
            for path in kept[:-_MOST_KEPT]:
                path.unlink()
        except OSError:
            return


def _digest_in(root: Path, path: str) -> str | None:
    try:
        return hashlib.sha256(read_file(root, path)).hexdigest()
    except ReadError:
        return None


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns


def _asked(request: Request) -> str:
    """All of a request that a plan depends on, as a text that is the same in every process."""
    names = [field.name for field in dataclasses.fields(request) if field.name not in _NOT_ASKED]
    rules = sorted(rule.name for rule in request.rules)
    return repr((rules, [(name, _spelled(getattr(request, name))) for name in names]))


def _spelled(value: Any) -> Any:
    """A value whose `repr` depends on nothing but the value: sets and mappings sorted, dataclasses by their fields."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return type(value).__name__, [(name, _spelled(getattr(value, name))) for name in names]
    if isinstance(value, Mapping):
        return "map", sorted((repr(_spelled(key)), _spelled(item)) for key, item in value.items())
    if isinstance(value, (set, frozenset)):
        return "set", sorted(repr(_spelled(item)) for item in value)
    if isinstance(value, (list, tuple)):
        return "list", [_spelled(item) for item in value]
    return repr(value)


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _program() -> str:
    """What tells this program from another one of the same version: the status of its own modules."""
    top = Path(__file__).resolve().parent.parent
    return _digest_of(repr(sorted(_modules(top))))


def _modules(top: Path) -> Iterator[tuple[str, int, int]]:
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                found = os.stat(path)
                yield path, found.st_mtime_ns, found.st_size
