"""What can keep a migration from being written, said so that the reader knows the file and what to do."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_REMEDIES = {
    errno.ENOSPC: "free some space, then run again",
    errno.EDQUOT: "free some of your quota, then run again",
    errno.EACCES: "give yourself write permission on it and its folder, then run again",
    errno.EPERM: "give yourself write permission on it and its folder, then run again",
    errno.EROFS: "mount the file system for writing, then run again",
    errno.EIO: "the disk has a fault: look at the system's log",
    errno.EMFILE: "raise the limit of open files (`ulimit -n`), then run again",
}


class Refused(Exception):  # noqa: N818 - a refusal is no error: nothing was written, and the reasons say why
    """Nothing was changed. `reasons` are whole sentences, each naming a file and a remedy."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


class ApplyError(Exception):
    """The operating system failed on `path`. The originals are in place unless `message` says otherwise."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


class Interrupted(KeyboardInterrupt):
    """A signal came while writing, and everything was put back. `exit_code` is what a shell expects: 130, 143."""

    def __init__(self, signum: int) -> None:
        super().__init__(f"interrupted by signal {signum}: everything was put back")
        self.signum = signum
        self.exit_code = 128 + signum


def explain(error: OSError) -> str:
    """The error in words, with a remedy where one is known."""
    text = os.strerror(error.errno) if error.errno else str(error)
    remedy = _REMEDIES.get(error.errno or 0)
    return f"{text}: {remedy}" if remedy else text


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Turn an OSError inside into an `ApplyError` that names `path`."""
    try:
        yield
    except OSError as error:
        raise ApplyError(path, explain(error)) from error
