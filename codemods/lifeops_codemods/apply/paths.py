"""Which paths may be written: those inside the root, seen through all links, and never git's own files."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifeops_codemods.apply.disk import Disk


_ODD = frozenset({"", ".", ".."})


class UnsafePathError(ValueError):
    """A path that must not be written. The message names it."""


def to_os(path: str) -> str:
    """A plan's path (UTF-8, other bytes as surrogate escapes) as this platform's functions want it."""
    return os.fsdecode(path.encode("utf-8", "surrogateescape"))


def from_os(path: str) -> str:
    """The inverse of `to_os`."""
    return os.fsencode(path).decode("utf-8", "surrogateescape")


def absolute(root: str, path: str) -> str:
    """The absolute path of `path`, which is POSIX and relative to `root`."""
    return os.path.join(root, to_os(path))


def check_relative(path: str) -> None:
    """Raise UnsafePathError unless `path` is plainly relative, without `..`, and not below a `.git`."""
    parts = path.split("/")
    if not path or "\0" in path or posixpath.isabs(path) or not _ODD.isdisjoint(parts):
        raise UnsafePathError(f"{path}: is no plain path inside the project")
    if ".git" in path.casefold() and any(part.casefold() == ".git" for part in parts):
        raise UnsafePathError(f"{path}: belongs to git, and is never written")


def resolve(disk: Disk, root: str, path: str) -> str:
    """The path, relative to `root`, of the file that writing to `path` would change, with links followed.

    `root` is a real path. Raises UnsafePathError where the file is outside of it or belongs to git.
    """
    check_relative(path)
    real = disk.real(absolute(root, path))
    if not real.startswith(root.rstrip("/") + "/"):
        raise UnsafePathError(f"{path}: is a link that leaves the project: edit the file where it is")
    inside = from_os(real[len(root.rstrip("/")) + 1 :])
    check_relative(inside)
    return inside


def check_unlinked(disk: Disk, root: str, path: str) -> None:
    """Raise UnsafePathError if the relative `path`, or a folder on its way, is a link."""
    if resolve(disk, root, path) != path:
        raise UnsafePathError(f"{path}: is a link now, or goes through one: put the file back in its place")


def parents(path: str) -> list[str]:
    """The folders above a relative path, outermost first, the root itself left out."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]
