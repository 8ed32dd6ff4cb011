"""The files of one run: their bytes as read, their texts as the waves leave them, and the facts of both."""

from __future__ import annotations

import ast
import hashlib
import threading
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_codemods.collecting import collected, is_error, packed, parse_error
from lifeops_codemods.facts.collect import VERSION, Collector
from lifeops_codemods.facts.model import FileFacts, Shelf
from lifeops_codemods.facts.tokens import words
from lifeops_codemods.outcome import FileError
from lifeops_codemods.rule import Rule
from lifeops_codemods.source.reading import read_files
from lifeops_codemods.source.text import DecodeError, SourceText, decode
from lifeops_codemods.store import FactsCache, Kept, Raw

if TYPE_CHECKING:
    from concurrent.futures import Executor

_TREES = 20_000
"""So many trees stay. Questions go over the files again and again, and what they remember holds most of a tree in any
case: on a thousand files and on 2,500, to keep all of them took no more memory than to keep 256."""
_OPEN = 256_000_000
"""Bytes of packed facts that are open at a time, those of two and a half million lines. To open files again and again
takes more time than all else, so fewer are for projects whose facts would not fit into memory."""

WORTH_WORKERS = 2_000_000
"""Bytes of a batch below which workers are not worth it. They cost 10 ms and a tenth more processor time in all; where
two processors are free they save almost half of the 0.27 s that a megabyte takes."""

_PARSES = "parses:"
_FINE: Raw = ("fine",)


class Workspace:
    """What `project.Source` asks for, over the files of one root.

    Files that cannot be read, decoded or parsed are in `errors` as soon as somebody has looked at them; their words
    still count as mentions. `died_of` are those that a process died of. One that is nested too deeply raises
    RecursionError, so that all is tried again where there is room (`deep`); what is too deep even there is an error
    like any other.
    """

    def __init__(
        self,
        root: Path,
        paths: Iterable[str],
        rules: Sequence[Rule],
        cache_dir: Path | None,
        jobs: int = 1,
        *,
        executor: Executor | None = None,
        deep: bool = False,
    ) -> None:
        self.root = root
        self._executor = executor
        self._deep = deep
        self._jobs = jobs
        self.errors: dict[str, FileError] = {}
        self._unpacked: dict[str, Kept] = {}
        self._shelf = Shelf(_OPEN)
        self.died_of: dict[str, FileError] = {}
        self.data: dict[str, bytes] = {}
        for path, found in read_files(root, paths):
            if isinstance(found, FileError):
                self.errors[path] = found
            else:
                self.data[path] = found
        self._paths = tuple(sorted(self.data))
        self.digests = {path: hashlib.sha256(data).hexdigest() for path, data in self.data.items()}
        self._words = {path: words(data.removeprefix(BOM_UTF8)) for path, data in self.data.items()}
        self._sources: dict[str, SourceText | None] = {}
        self._changed: dict[str, str] = {}
        self._changed_digests: dict[str, str] = {}
        self._between: set[str] = set()
        self._looked_at: set[str] = set()
        self._trees: dict[str, ast.Module] = {}
        self._collectors: Mapping[str, Collector] = {rule.name: rule.collect for rule in rules if rule.collect}
        versions = sorted(f"{rule.name}={rule.collect_version}" for rule in rules if rule.collect)
        self._cache = FactsCache(cache_dir, root, f"facts {VERSION} packed {' '.join(versions)}")
        for path in self._paths:
            if not self.data[path].isascii():
                self.source(path)
        if executor is not None:
            self._collect_in_workers(self._paths, worth=1)

    @property
    def paths(self) -> Sequence[str]:
        return self._paths

    def source(self, path: str) -> SourceText | None:
        """The decoded original; None where it cannot be decoded."""
        if path not in self._sources:
            try:
                self._sources[path] = decode(self.data[path])
            except DecodeError as error:
                self._sources[path] = None
                self.errors.setdefault(path, FileError(path, error.line, error.message))
            else:
                self._reread_words(path)
        return self._sources[path]

    def _reread_words(self, path: str) -> None:
        source = self._sources[path]
        if source is not None and source.encoding not in {"utf-8", "ascii"} and not self.data[path].isascii():
            self._words[path] = words(source.text.encode("utf-8", "surrogatepass"))

    def original(self, path: str) -> str:
        source = self.source(path)
        return "" if source is None else source.text

    # -- project.Source

    def text(self, path: str) -> str:
        changed = self._changed.get(path)
        return self.original(path) if changed is None else changed

    def words(self, path: str) -> frozenset[bytes]:
        return self._words[path]

    def mentioning(self, word: bytes) -> list[str]:
        """The files that hold `word`."""
        return [path for path in self._paths if word in self._words[path]]

    def tree(self, path: str) -> ast.Module:
        tree = self._trees.pop(path, None)
        if tree is None:
            if len(self._trees) >= _TREES:
                del self._trees[next(iter(self._trees))]
            tree = ast.parse(self.text(path))
        self._trees[path] = tree  # the last one asked for is the last to go
        return tree

    def facts(self, paths: Sequence[str]) -> Sequence[FileFacts | None]:
        self._collect_in_workers(paths)
        return [self._facts_of(path) for path in paths]

    def _collect_in_workers(self, paths: Sequence[str], worth: int | None = None) -> None:
        """Spread a batch that is worth it over workers; what they find goes into the cache. worth: bytes."""
        if self._executor is None and (self._jobs < 2 or threading.active_count() > 1):
            return  # to fork beside a thread may lock up
        unknown = [path for path in paths if self._cache.get(self._digest(path)) is None]
        fresh = [path for path in unknown if path not in self.died_of and self.source(path) is not None]
        if sum(len(self.data[path]) for path in fresh) < (WORTH_WORKERS if worth is None else worth):
            return
        from lifeops_codemods.workers.gathering import gathered

        with_digest: dict[str, list[str]] = {}
        for path in fresh:
            with_digest.setdefault(self._digest(path), []).append(path)
        texts = {digest: self.text(same[0]) for digest, same in with_digest.items()}
        for digest, kept in gathered(self._collectors, texts, self._jobs, self._executor):
            if isinstance(kept, str):
                self.died_of |= {path: FileError(path, 0, kept) for path in with_digest[digest]}
            elif kept is not None:
                self._cache.put(digest, kept)

    def _facts_of(self, path: str) -> FileFacts | None:
        self._looked_at.add(path)
        if path in self.died_of:
            self.errors.setdefault(path, self.died_of[path])
            return None
        digest = self._digest(path)
        kept = self._cache.get(digest) or self._unpacked.get(digest)
        if kept is None:
            if self.source(path) is None:
                return None
            kept = self._gathered(digest, self.text(path))
        if is_error(kept):
            self.errors.setdefault(path, FileError(path, *kept[1:]))
            return None
        return FileFacts(kept, self._shelf)

    def _gathered(self, digest: str, text: str) -> Kept:
        """Facts of a deep tree are not kept: the next run has to know, too, that it needs room for that tree."""
        try:
            kept = packed(collected(self._collectors, text))
        except RecursionError:
            if not self._deep:
                raise
            kept = collected(self._collectors, text, deep=True)
        else:
            if isinstance(kept, bytes) or is_error(kept):
                self._cache.put(digest, kept)
                return kept
        self._unpacked[digest] = kept
        return kept

    def _digest(self, path: str) -> str:
        return self._changed_digests.get(path) or self.digests[path]

    def check_others(self) -> None:
        """Parse what no rule has asked for, so that every file that cannot be read is named."""
        for path in self._paths:
            digest = self.digests[path]
            if path in self._looked_at or path in self.errors or self._cache.get(_PARSES + digest):
                continue
            known = self._cache.get(digest)
            if path in self.died_of:
                self.errors[path] = self.died_of[path]
            elif known is not None and is_error(known):
                self.errors[path] = FileError(path, *known[1:])
            if path in self.errors or known is not None or self.source(path) is None:
                continue
            error = parse_error(self.original(path), deep=self._deep)
            if error is None:
                self._cache.put(_PARSES + digest, _FINE)
            else:
                self.errors[path] = FileError(path, *error)

    # -- waves

    def change(self, texts: Mapping[str, str]) -> None:
        """Take over the texts that a wave leaves behind."""
        for path, text in texts.items():
            encoded = text.encode("utf-8", "surrogatepass")
            self._changed[path] = text
            self._changed_digests[path] = hashlib.sha256(encoded).hexdigest()
            self._between.add(self._changed_digests[path])
            self._words[path] = words(encoded)
            self._trees.pop(path, None)

    def save(self) -> None:
        """Write the facts cache: of the files as they are, and as each wave left them for the next."""
        present = set(self.digests.values()) | self._between
        self._cache.save(present | {_PARSES + digest for digest in present})
