"""Plans by what they were made of: the digests of all files, the configuration, the rules, and this program itself.

A plan is kept with its inputs. It is replayed where every one of them is as it was: the files that discovery finds and
their digests, the formatter configurations that were looked at, whether the files to be changed can be written. What
the inputs do not hold (the answer to a question, the tree of git) takes no part in planning.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lifeops_codemods import rules as own_rules
from lifeops_codemods.plan.model import Migration
from lifeops_codemods.replay.codec import NAMES, UnknownClassError, from_plain, to_plain
from lifeops_codemods.replay.index import FileIndex
from lifeops_codemods.replay.inputs import Inputs, are_as_they_were
from lifeops_codemods.replay.program import own_program
from lifeops_codemods.source.looked import Discovery
from lifeops_codemods.store import Store, forget_the_oldest, name_for

if TYPE_CHECKING:
    from lifeops_codemods.pipeline import Request

_NOT_ASKED = frozenset({"root", "rules", "cache_dir", "jobs", "executor", "progress", "kept"})
"""Fields of a request that do not change what is planned, or that stand elsewhere."""
_NOTHING: tuple[Any, ...] = ({}, {}, {}, None)
MOST_KEPT = 8
"""Plans of one root, one for each way to ask: with other rules, paths or settings."""


class Plans:
    """The plans of one request, as this and former runs made them. folder: None keeps nothing."""

    def __init__(self, request: Request, found: Discovery) -> None:
        self._request = request
        self._found = found
        self._folder = request.cache_dir
        self._name = f"{name_for('plan', request.root)}-{_digest_of(_asked(request))[:24]}.bin"
        self._store = Store(self._folder, self._name, f"plan {own_program()} {' '.join(NAMES)}")
        self._index = FileIndex(self._folder, request.root)

    def find(self) -> Migration | None:
        """The plan, where nothing has changed since it was made."""
        if not self._counts():
            return None
        self._index.look(self._found.files)
        try:
            digests, styles, writable, plain = self._store.read() or _NOTHING
            inputs = Inputs(digests, styles, writable)
            if not are_as_they_were(self._request.root, self._found, self._index, inputs):
                return None
            files, findings, errors = from_plain(plain)
        except (TypeError, ValueError, LookupError, AttributeError):  # a value of another shape counts as not there
            return None
        self._index.learn(digests)
        migration = Migration(
            root=self._request.root,
            rules=self._request.rules,
            files=files,
            findings=findings,
            errors=errors,
            skipped=self._found.skipped,
            read=digests,
            files_read=len(digests),
        )
        self._tell(migration, inputs, fresh=False)
        return migration

    def keep(self, migration: Migration, inputs: Inputs) -> None:
        """Keep a plan for the next run; not one for which a file could not be read."""
        if not self._counts() or inputs.digests.keys() != set(self._found.files):
            return
        self._index.learn(inputs.digests)
        try:
            plain = to_plain((migration.files, migration.findings, migration.errors))
        except UnknownClassError:  # what a rule made of its own must be planned anew
            return
        self._store.write((*inputs.plain(), plain))
        assert self._folder is not None
        forget_the_oldest(self._folder, name_for("plan", self._request.root), MOST_KEPT)
        self._tell(migration, inputs, fresh=True)

    def _tell(self, migration: Migration, inputs: Inputs, *, fresh: bool) -> None:
        if self._request.kept is not None:
            self._request.kept(migration, inputs, fresh)

    def _counts(self) -> bool:
        """Whether plans are kept, and this one depends on nothing else: a rule of somebody, a folder that is closed."""
        own = all(str(rule.check.__module__).startswith(f"{own_rules.__name__}.") for rule in self._request.rules)
        return self._folder is not None and own and not self._found.errors


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
