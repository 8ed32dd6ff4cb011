"""What the files of a git repository say about its working tree, read without running git.

Git's own configuration can name programs to run, so git itself is called in one place only, and that is not here.
"""

from __future__ import annotations

import os
import struct
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from lifeops_codemods.source.reading import ReadError, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_INDEX_LIMIT = 256 * 1024 * 1024
_ENTRY = 62  # an entry's bytes before its name, with SHA-1 object names
_FLAGS_AT = 60
_EXTENDED = 0x4000


def git_top(folder: Path) -> Path | None:
    """Return the nearest of `folder` and its parents that holds a `.git`, or None."""
    return next((top for top in (folder, *folder.parents) if (top / ".git").exists()), None)


class GitFolder:
    """The repository whose working tree starts at `top`."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.read: list[str] = []
        """The absolute paths of the files that were read, or looked for."""

    def excludes(self) -> bytes:
        """Return the content of `info/exclude`, shared by all worktrees; empty if there is none."""
        return self._content(self._common, "info/exclude")

    def tracks(self, path: str) -> bool:
        """Whether git tracks `path` (POSIX, relative to `top`) or, if it is a folder, a file below it.

        An index that is not understood (SHA-256 object names) tracks nothing.
        """
        name = path.encode("utf-8", "surrogateescape")
        return self._holds(name) or self._holds(name + b"/", prefix=True)

    def _holds(self, name: bytes, *, prefix: bool = False) -> bool:
        at = bisect_left(self._tracked, name)
        if at == len(self._tracked):
            return False
        return self._tracked[at].startswith(name) if prefix else self._tracked[at] == name

    @cached_property
    def _tracked(self) -> list[bytes]:
        try:
            return sorted(_names(self._content(self._folder, "index")))
        except (struct.error, ValueError, IndexError):
            return []

    @cached_property
    def _folder(self) -> Path:
        """The repository's own folder; a worktree's or submodule's `.git` is a file that names it."""
        pointer = self._content(self.top, ".git").decode("utf-8", "surrogateescape").removeprefix("gitdir:").strip()
        return self.top / (pointer or ".git")

    @cached_property
    def _common(self) -> Path:
        """The folder that all worktrees share."""
        common = self._content(self._folder, "commondir").decode("utf-8", "surrogateescape").strip()
        return self._folder / common

    def _content(self, folder: Path, name: str) -> bytes:
        """Return the bytes of the file, empty if it cannot be read (git too goes on without it)."""
        self.read.append(os.path.join(folder, name))
        try:
            return read_file(folder, name, limit=_INDEX_LIMIT)
        except ReadError:
            return b""


def _names(index: bytes) -> Iterator[bytes]:
    """Yield the path of each entry of an index file of version 2, 3 or 4. Raises ValueError if it is none."""
    if not index:
        return
    signature, version, count = struct.unpack_from(">4sII", index)
    if signature != b"DIRC" or version not in (2, 3, 4):
        raise ValueError("no index that is known")
    at, name = 12, b""
    for _ in range(count):
        (flags,) = struct.unpack_from(">H", index, at + _FLAGS_AT)
        start = at + _ENTRY + (2 if flags & _EXTENDED else 0)
        kept, start = _kept(index, start, len(name)) if version == 4 else (0, start)
        end = index.index(b"\0", start)
        name = name[:kept] + index[start:end]
        yield name
        # Before version 4, one to eight NULs bring the entry's length to a multiple of eight.
        at = end + 1 if version == 4 else at + (end - at + 8) // 8 * 8


def _kept(index: bytes, at: int, length: int) -> tuple[int, int]:
    """Return how much of the former name (of `length`) an entry of version 4 keeps, and where its own part starts.

    Raises ValueError if it drops more than there is.
    """
    dropped = index[at] & 0x7F
    while index[at] & 0x80:
        at += 1
        dropped = ((dropped + 1) << 7) | (index[at] & 0x7F)
        if dropped > length:
            raise ValueError("a name that is shorter than nothing")
    return length - dropped, at + 1
