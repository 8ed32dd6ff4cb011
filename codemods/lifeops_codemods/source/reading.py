"""The bytes of a project's files, read so that nothing else can take a file's place."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from lifeops_codemods.outcome import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_BYTES = 16 * 1024 * 1024
"""Sources are smaller than this; what is larger is data that is called `.py`."""

# A link that appeared after discovery is refused, and a pipe that did must not make the program wait for its writer.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class ReadError(Exception):
    """A file that was not read. path: as it was asked for. message: why, and the remedy where there is one."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


def read_file(root: Path, path: str, *, limit: int = MAX_BYTES) -> bytes:
    """Return the bytes of the regular file at `path` (POSIX, relative to `root`).

    Raises ReadError if it is missing, unreadable, a link, no regular file, larger than `limit`, or outside `root`.
    """
    if path.startswith("/") or ".." in path.split("/"):
        raise ReadError(path, "is outside the project")
    try:
        return _read(os.path.join(root, path), limit)
    except OSError as error:
        raise ReadError(path, _reason(os.path.join(root, path), error)) from error
    except ValueError as error:
        raise ReadError(path, str(error)) from error


def read_files(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, bytes | FileError]]:
    """Yield each path with its bytes, or with the error that kept them from being read. Raises nothing."""
    for path in paths:
        try:
            yield path, read_file(root, path)
        except ReadError as error:
            yield path, FileError(path, 0, error.message)


def _read(location: str, limit: int) -> bytes:
    """Return the content of the regular file at `location`; raise OSError, or ValueError with the reason."""
    with open(os.open(location, _FLAGS), "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is not a regular file")
        # Asked again after reading: the size in the status may be that of a moment ago.
        if status.st_size > limit or len(data := file.readall()) > limit:
            raise ValueError(f"is larger than {limit:,} bytes; leave it out with `exclude`")
        return data


def _reason(location: str, error: OSError) -> str:
    """Return why `location` could not be opened, in the system's words unless it is a link."""
    if os.path.islink(location):
        return "is a symbolic link; the file it leads to is read under its own path"
    return (error.strerror or str(error)).lower()
