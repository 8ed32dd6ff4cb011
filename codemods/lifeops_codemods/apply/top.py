"""Where the git repository of a folder is, as the disk tells; git itself is not asked."""

from __future__ import annotations

import os
from pathlib import Path


def top(root: Path) -> Path | None:
    """The top of the git repository that `root` lies in. Asks the disk alone."""
    found = above(os.path.realpath(root))
    return Path(found[0]) if found else None


def above(folder: str) -> tuple[str, str] | None:
    """The top of the working tree that `folder` lies in, and its git folder."""
    while True:
        found = _git_folder(os.path.join(folder, ".git"))
        if found:
            return folder, found
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _git_folder(path: str) -> str | None:
    """The git folder that `.git` is, or (in a linked working tree or a submodule) names."""
    if os.path.isfile(path):
        try:
            text = Path(path).read_bytes()
        except OSError:
            return None
        if not text.startswith(b"gitdir: "):
            return None
        named = os.fsdecode(text[len(b"gitdir: ") :].rstrip(b"\r\n"))
        path = os.path.join(os.path.dirname(path), named)
    return path if os.path.lexists(os.path.join(path, "HEAD")) else None
