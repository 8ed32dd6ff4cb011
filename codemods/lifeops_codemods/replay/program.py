"""What tells this program from another one of the same version."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lifeops_codemods import __version__


@cache
def own_program() -> str:
    """This library: its version, and the status of its modules."""
    return f"{__version__} {modules_in(Path(__file__).resolve().parent.parent)}"


def modules_in(package: Path) -> str:
    """A digest of the status of all modules of a package."""
    return hashlib.sha256(repr(sorted(_modules(os.fspath(package)))).encode("utf-8", "surrogatepass")).hexdigest()


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
