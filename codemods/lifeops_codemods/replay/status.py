"""The status of a path: what tells that it is as it was, without reading it.

A status tells so only where the path was modified well before it was looked at: within the resolution of a file
system's clock a file can change and keep its status. Git calls such entries racy, and reads those files again.
"""

from __future__ import annotations

import os
import stat

SETTLED = 2_000_000_000
"""Nanoseconds between a path's last change and the look at it after which its status speaks for its content."""

Status = tuple[int, int, int, int, int]
"""Modification and change time in nanoseconds, size in bytes, inode, device."""


def status_of_file(path: str) -> Status | None:
    """The status of a regular file; None where there is none."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    return _status(found) if stat.S_ISREG(found.st_mode) else None


def status_of_folder(path: str) -> Status | None:
    """The status of a folder, which changes with the names of its entries; None where there is none."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    return _status(found) if stat.S_ISDIR(found.st_mode) else None


def is_settled(status: Status, looked_at: int) -> bool:
    """Whether a status speaks for the content, taken `looked_at` (nanoseconds) or later."""
    return max(status[0], status[1]) < looked_at - SETTLED


def _status(found: os.stat_result) -> Status:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev
