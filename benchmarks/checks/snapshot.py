"""Every byte below a folder, to tell whether anything changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

Snapshot = dict[str, str]


def snapshot(folder: Path, leave_out: tuple[str, ...] = (".git",)) -> Snapshot:
    """The digest and mode of each file, and where each link leads, by path."""
    found: Snapshot = {}
    for place, folders, files in os.walk(folder):
        if Path(place) == folder:
            folders[:] = [name for name in folders if name not in leave_out]
        for name in files:
            path = Path(place, name)
            found[str(path.relative_to(folder))] = _seen(path)
    return found


def _seen(path: Path) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    return f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def changed(before: Snapshot, after: Snapshot) -> list[str]:
    """The paths that differ."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
