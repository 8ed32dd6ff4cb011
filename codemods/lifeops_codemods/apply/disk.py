"""The one seam through which `apply` touches files: thin, so that tests can fail or stop it at every operation.

Only git.py goes past it, and only to read. Every method does one thing, takes absolute paths or a file descriptor and
raises OSError as the operating system does.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sys

_NOT_SUPPORTED = {errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Disk:
    """The real disk."""

    def real(self, path: str) -> str:
        """The path with all links followed; what does not exist is kept as it is spelled."""
        return os.path.realpath(path)

    def lstat(self, path: str) -> os.stat_result:
        return os.lstat(path)

    def writable(self, path: str) -> bool:
        """Whether this user may write to the file, or make entries in the folder."""
        return os.access(path, os.W_OK | (os.X_OK if os.path.isdir(path) else 0))

    def listdir(self, path: str) -> list[str]:
        return os.listdir(path)

    def read(self, path: str) -> bytes:
        """All of it. A pipe that came in the file's place has nothing in it, and is not waited for."""
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            return file.read()

    def create(self, path: str, mode: int) -> int:
        """A descriptor of a file that was not there before, with `mode` less the umask."""
        return os.open(path, _NEW, mode)

    def append(self, path: str) -> int:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)

    def write(self, descriptor: int, data: bytes) -> None:
        """All of `data`, however many calls it takes."""
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]

    def close(self, descriptor: int) -> None:
        os.close(descriptor)

    def chmod(self, target: int | str, mode: int) -> None:
        os.chmod(target, mode)

    def chown(self, descriptor: int, uid: int, gid: int) -> None:
        os.fchown(descriptor, uid, gid)

    def xattrs(self, path: str) -> dict[str, bytes]:
        """Extended attributes (Linux: access lists among them); empty where Python or the file system has none."""
        if sys.platform != "linux":
            return {}
        try:
            return {name: os.getxattr(path, name, follow_symlinks=False) for name in os.listxattr(path)}
        except OSError as error:
            if error.errno in _NOT_SUPPORTED:
                return {}
            raise

    def set_xattr(self, descriptor: int, name: str, value: bytes) -> None:
        if sys.platform == "linux":
            os.setxattr(descriptor, name, value)

    def flush(self, path: str) -> None:
        """Wait until the file's content, or the folder's entries, are on the medium."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _sync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: str, target: str) -> None:
        os.rename(source, target)

    def unlink(self, path: str) -> None:
        os.unlink(path)

    def mkdir(self, path: str, mode: int) -> None:
        os.mkdir(path, mode)

    def rmdir(self, path: str) -> None:
        os.rmdir(path)

    def open_lock(self, path: str) -> int:
        """A descriptor of the lock file, made if it is not there."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)

    def lock(self, descriptor: int) -> None:
        """Take the lock at once, or raise BlockingIOError."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def truncate(self, descriptor: int) -> None:
        os.ftruncate(descriptor, 0)


def _sync(descriptor: int) -> None:
    """On macOS, fsync leaves the data in the drive's own cache; F_FULLFSYNC does not, where it is supported."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is not None:
        try:
            fcntl.fcntl(descriptor, full)
            return
        except OSError as error:
            if error.errno not in {*_NOT_SUPPORTED, errno.EINVAL, errno.ENOTTY}:
                raise
    os.fsync(descriptor)
