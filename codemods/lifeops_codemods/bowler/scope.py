"""Which files a query is for, and what its filters are told that they are called."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bowler import Query

from lifeops_codemods.bowler.errors import ScriptError

_DEFAULT = ["."]


class _Place(NamedTuple):
    """A folder. typed: as it was written; path: POSIX, relative to the root, "" for the root itself."""

    typed: str
    path: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query is for.

    files: those it names, by their paths, as they were written. folders: those it names. limits: what the user named,
    everything if empty. matches: which files of a folder, by filename.
    """

    files: dict[str, str]
    folders: tuple[_Place, ...]
    limits: tuple[str, ...]
    matches: Callable[[str], bool]

    def named_files(self) -> set[str]:
        """The files that the query names itself, as far as they are within the limits."""
        return {path for path in self.files if self._is_allowed(path)}

    def order(self, path: str) -> tuple[str, list[tuple[bool, str]]]:
        """The key by which Bowler goes over files: by what was written, and in each folder the files first."""
        *folders, name = path.split("/")
        written = [place.typed for place in self.folders if _is_within(path, place.path)]
        first = min([*written, *([self.files[path]] if path in self.files else [])], default="")
        return first, [*((True, folder) for folder in folders), (False, name)]

    def filename(self, path: str) -> str | None:
        """The name that Bowler would have for a file of the project, or None if the query is not for it."""
        if not self._is_allowed(path):
            return None
        if path in self.files:
            return self.files[path]
        for place in self.folders:
            if _is_within(path, place.path):
                name = os.path.join(place.typed, path[len(place.path) :].lstrip("/"))
                return name if self.matches(name) else None
        return None

    def _is_allowed(self, path: str) -> bool:
        return not self.limits or any(_is_within(path, limit) for limit in self.limits)


def scope_of(
    query: Query, given: dict[str, Any], *, root: Path, typed: Sequence[str], limits: tuple[str, ...]
) -> Scope:
    """The scope of a query that is executed with the arguments `given`.

    typed: the paths of the command line, which stand in for those of a query that names none. limits: the same, POSIX
    and relative to `root`. Raises ScriptError for a path that is not there or lies outside the root.
    """
    own = list(query.paths)
    if own == _DEFAULT and typed:
        own = list(typed)
    matches = given.get("filename_matcher") or query.filename_matcher or _is_python
    files: dict[str, str] = {}
    folders: list[_Place] = []
    for path in own:
        real, relative = _found(path, root)
        if real.is_dir():
            folders.append(_Place(path, "" if relative == "." else relative))
        else:
            files.setdefault(relative, path)
    return Scope(files, tuple(folders), limits, matches)


def _found(typed: str, root: Path) -> tuple[Path, str]:
    """Where a path leads, and that relative to the root. Raises ScriptError."""
    try:
        real = Path(typed).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise ScriptError(f"{typed}: a query names this path, and it cannot be found") from error
    if not real.is_relative_to(root):
        raise ScriptError(f"{typed}: a query names this path, and it is outside the root, {root}: give it as PATHS")
    return real, real.relative_to(root).as_posix()


def _is_within(path: str, place: str) -> bool:
    return not place or path == place or path.startswith(f"{place}/")


def _is_python(filename: str) -> bool:
    return filename.endswith(".py")
