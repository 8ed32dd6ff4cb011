"""What a discovery found, and what its answer depends on, so that it can be told later that nothing has changed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from lifeops_codemods.outcome import FileError, Skipped


@dataclass(frozen=True, slots=True)
class Discovery:
    """The paths of a project, POSIX and relative to its root, each tuple sorted.

    files: the Python files. others: text files that say something about them. skipped: what was left out, with why.
    errors: folders that could not be looked into.
    """

    files: tuple[str, ...]
    others: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    errors: tuple[FileError, ...] = ()


class Link(NamedTuple):
    """Where a symbolic link led. target: None where it led nowhere, for the reason `error` (an `errno`)."""

    path: str
    target: str | None
    is_folder: bool
    error: int | None


class Looked(NamedTuple):
    """All that a discovery looked at.

    top: of the git repository. listed: folders whose entries were taken, relative to the root. read: absolute paths of
    ignore files and of git's own files; they may be missing. links: those that were followed.
    """

    top: Path | None
    listed: tuple[str, ...]
    read: tuple[str, ...]
    links: tuple[Link, ...]


def followed(root: Path, path: str) -> Link:
    """Where the symbolic link at `path` (relative to `root`) leads."""
    try:
        target = os.path.realpath(os.path.join(root, path), strict=True)
    except OSError as error:
        return Link(path, None, False, error.errno)
    return Link(path, target, os.path.isdir(target), None)
