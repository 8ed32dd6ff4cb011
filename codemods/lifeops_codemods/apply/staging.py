"""A file's new content, complete and flushed beside its target before anything is replaced."""

from __future__ import annotations

import errno
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifeops_codemods.apply.state import lstat

if TYPE_CHECKING:
    from lifeops_codemods.apply.disk import Disk

_MAY_NOT = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a file keeps when its content changes. mode: permission bits, setuid and its like included."""

    mode: int
    uid: int
    gid: int
    xattrs: dict[str, bytes]


def attributes(disk: Disk, path: str) -> Attributes | None:
    """The attributes of the file at `path`, or None if there is none."""
    info = lstat(disk, path)
    if info is None:
        return None
    return Attributes(stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid, disk.xattrs(path))


def stage(disk: Disk, path: str, data: bytes, keep: Attributes | None) -> None:
    """Make the file `path`, which must not be there, with `data` and `keep`; without `keep`, as the umask has it.

    It is not flushed. Owner and extended attributes are kept as far as this user may; without the owner, setuid and
    setgid go, since they would now mean somebody else. Raises OSError.
    """
    descriptor = disk.create(path, 0o600 if keep else 0o666)
    try:
        disk.write(descriptor, data)
        if keep is not None:
            _keep(disk, path, descriptor, keep)
    finally:
        disk.close(descriptor)


def _keep(disk: Disk, path: str, descriptor: int, keep: Attributes) -> None:
    mode = keep.mode if _keep_owner(disk, path, descriptor, keep) else keep.mode & 0o777
    for name, value in keep.xattrs.items():
        _keep_xattr(disk, descriptor, name, value)
    disk.chmod(descriptor, mode)


def _keep_owner(disk: Disk, path: str, descriptor: int, keep: Attributes) -> bool:
    info = disk.lstat(path)
    if (info.st_uid, info.st_gid) == (keep.uid, keep.gid):
        return True
    return _may_chown(disk, descriptor, keep.uid, keep.gid) or (
        _may_chown(disk, descriptor, -1, keep.gid) and info.st_uid == keep.uid
    )


def _may_chown(disk: Disk, descriptor: int, uid: int, gid: int) -> bool:
    try:
        disk.chown(descriptor, uid, gid)
    except OSError as error:
        if error.errno in _MAY_NOT:
            return False
        raise
    return True


def _keep_xattr(disk: Disk, descriptor: int, name: str, value: bytes) -> None:
    """Attributes of the system (a security label, say) may be out of this user's hands."""
    try:
        disk.set_xattr(descriptor, name, value)
    except OSError as error:
        if error.errno not in {*_MAY_NOT, errno.EACCES}:
            raise
