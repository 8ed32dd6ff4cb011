"""What tells this program from another one of the same version."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

from lifeops_codemods import __version__

LIBRARIES = ("libcst", "pathspec")
"""Those that have a say in what is planned, or in which files there are."""


@cache
def own_program() -> str:
    """This library and those that it plans with: its version, the status of its modules, and what is installed."""
    libraries = _digest_of(map(_installed, LIBRARIES))
    return f"{__version__} {modules_in(Path(__file__).resolve().parent.parent)} {libraries}"


def modules_in(package: Path) -> str:
    """A digest of the status of all modules of a package."""
    return _digest_of(sorted(_modules(os.fspath(package))))


def _installed(name: str) -> tuple[str, int, int, tuple[str, ...]] | None:
    """A package that is not imported for this: where it lies, its status, and what names its version beside it."""
    spec = PathFinder.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    beside = _entries(os.path.dirname(os.path.dirname(spec.origin)))
    versions = tuple(sorted(entry.name for entry in beside if entry.name.startswith(f"{name}-")))
    try:
        found = os.stat(spec.origin)
    except OSError:  # in an archive
        return spec.origin, 0, 0, versions
    return spec.origin, found.st_mtime_ns, found.st_size, versions


def _digest_of(values: Iterable[object]) -> str:
    return hashlib.sha256(repr(list(values)).encode("utf-8", "surrogatepass")).hexdigest()


def _modules(folder: str) -> Iterator[tuple[str, int, int]]:
    for entry in _entries(folder):
        if entry.name.endswith(".py"):
            found = entry.stat()
            yield entry.path, found.st_mtime_ns, found.st_size
        elif entry.name != "__pycache__" and entry.is_dir():
            yield from _modules(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """Nothing where modules lie in no folder, but in an archive: those are told by their version."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
