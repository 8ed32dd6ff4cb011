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
    """A file or folder. typed: as it was written; path: POSIX, relative to the root, "" for the root itself."""

    typed: str
    path: str
    is_file: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """places: what the query names. limits: what the user named, everything if empty. matches: by filename."""

    places: tuple[_Place, ...]
    limits: tuple[str, ...]
    matches: Callable[[str], bool]

    def order(self, path: str) -> tuple[int, list[tuple[bool, str]]]:
        """The key by which Bowler goes over files: place by place, in each folder the files first."""
        *folders, name = path.split("/")
        typed = sorted(place.typed for place in self.places)
        places = [typed.index(place.typed) for place in self.places if _is_within(path, place.path)]
        return min(places, default=0), [*((True, folder) for folder in folders), (False, name)]

    def filename(self, path: str) -> str | None:
        """The name that Bowler would have for a file of the project, or None if the query is not for it."""
        if self.limits and not any(_is_within(path, limit) for limit in self.limits):
            return None
        for place in self.places:
            if place.is_file and path == place.path:
                return place.typed
            if not place.is_file and _is_within(path, place.path):
                name = os.path.join(place.typed, path[len(place.path) :].lstrip("/"))
                return name if self.matches(name) else None
        return None


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
    return Scope(tuple(_place(path, root) for path in own), limits, matches)


def _place(typed: str, root: Path) -> _Place:
    try:
        real = Path(typed).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise ScriptError(f"{typed}: a query names this path, and it cannot be found") from error
    if not real.is_relative_to(root):
        raise ScriptError(f"{typed}: a query names this path, and it is outside the root, {root}: give it as PATHS")
    relative = real.relative_to(root).as_posix()
    return _Place(typed, "" if relative == "." else relative, real.is_file())


def _is_within(path: str, place: str) -> bool:
    return not place or path == place or path.startswith(f"{place}/")


def _is_python(filename: str) -> bool:
    return filename.endswith(".py")
