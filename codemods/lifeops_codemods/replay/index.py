"""The digests of files that are as they were: told by their status, without reading them.

A status tells that a file is the same only where it was modified well before it was looked at: within the resolution of
a file system's clock a file can change and keep its status. Git calls such entries racy, and reads those files again.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from lifeops_codemods.source.reading import ReadError, read_file
from lifeops_codemods.store import Store

_SETTLED = 2_000_000_000
"""Nanoseconds between a file's last change and the look at it after which its status speaks for its content."""

_Status = tuple[int, int, int, int]
"""Modification and change time in nanoseconds, size in bytes, inode."""


class FileIndex:
    """The digests of one root's files, by path and status, as the last run left them."""

    def __init__(self, store: Store, root: Path) -> None:
        self._store = store
        self._root = root
        self._known: Mapping[str, tuple[_Status, str]] = store.read() or {}
        self._status: dict[str, _Status] = {}
        self._looked_at = time.time_ns()

    def look(self, paths: Iterable[str]) -> None:
        """Note the status of files, before anybody reads them."""
        self._looked_at = time.time_ns()
        for path in paths:
            found = _status(self._root, path)
            if found is not None:
                self._status[path] = found

    def digest(self, path: str) -> str | None:
        """The SHA-256 (hex) of a file that was looked at; None where it cannot be read."""
        status = self._status.get(path)
        if status is None:
            return None
        known = self._known.get(path)
        if known is not None and known[0] == status:
            return known[1]
        try:
            return hashlib.sha256(read_file(self._root, path)).hexdigest()
        except ReadError:
            return None

    def learn(self, digests: Mapping[str, str]) -> None:
        """Take over what was read since `look`, and write it where anything is new."""
        settled = self._looked_at - _SETTLED
        known = {
            path: (status, digests[path])
            for path, status in self._status.items()
            if path in digests and max(status[0], status[1]) < settled
        }
        if known != self._known:
            self._store.write(known)


def _status(root: Path, path: str) -> _Status | None:
    try:
        found = os.stat(os.path.join(root, path), follow_symlinks=False)
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino) if stat.S_ISREG(found.st_mode) else None
