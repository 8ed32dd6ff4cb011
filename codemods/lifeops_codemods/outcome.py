"""What can happen to a path on its way in: left out on purpose, or not understood."""

from __future__ import annotations

from typing import NamedTuple


class FileError(NamedTuple):
    """A file that could not be read or migrated. `line` is 0 where there is none; the message names the remedy."""

    path: str
    line: int
    message: str


class Skipped(NamedTuple):
    """A path that discovery left out on purpose, with the reason (shown with `-v`)."""

    path: str
    reason: str
