"""What must hold before a byte is written: all reasons against it are gathered, so that the user sees them at once."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

from lifeops_codemods.apply.disk import Disk
from lifeops_codemods.apply.errors import ApplyError, explain, naming
from lifeops_codemods.apply.paths import UnsafePathError, absolute, check_relative, resolve
from lifeops_codemods.apply.state import exists, lstat

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lifeops_codemods.plan.model import FilePlan, Migration

_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def unwritable(root: Path, paths: Iterable[str], *, disk: Disk | None = None) -> dict[str, str]:
    """Those of `paths` (POSIX, relative to `root`) that must not be replaced or made, each with a reason and a remedy.

    They are read-only or in a read-only folder, have a second hard link, are no regular file, or lie outside the root
    once links are followed. Writes nothing; a unit that needs one of them can be refused as a whole beforehand.
    """
    disk = disk or Disk()
    real = disk.real(os.fspath(root))
    folders: dict[str, str] = {}
    unlinked: dict[str, bool] = {}
    found = ((path, _against(disk, real, path, folders, unlinked)) for path in paths)
    return {path: reason for path, reason in found if reason}


def changed(disk: Disk, root: str, file: FilePlan) -> str:
    """Why the file is not what was planned on, or "". `file.path` has no link in it."""
    path = absolute(root, file.path)
    with naming(file.path):
        if file.before_bytes is None:
            return "appeared after the plan was made: run again" if exists(disk, path) else ""
        info = lstat(disk, path)
        if info is None:
            return "is gone since it was read: run again"
        same = disk.read(path) == file.before_bytes
    return "" if same else "was changed since it was read: run again"


def changed_proofs(disk: Disk, root: str, read: dict[str, str]) -> dict[str, str]:
    """Those of the files in `read` (SHA-256 by path) that are not what the plan was proven on, with the reason."""
    reasons: dict[str, str] = {}
    for path, before in read.items():
        try:
            now = hashlib.sha256(_regular(disk, absolute(root, path))).hexdigest()
        except OSError as error:
            reasons[path] = f"was read for the plan, and cannot be read any more ({explain(error)}): run again"
        else:
            if now != before:
                reasons[path] = "was read for the plan, and was changed since: run again"
    return reasons


def _regular(disk: Disk, path: str) -> bytes:
    """The content of a regular file. Raises OSError for a link, a pipe or a device that came in its place."""
    if not stat.S_ISREG(disk.lstat(path).st_mode):
        raise OSError("is no regular file any more")
    return disk.read(path)


def _against(disk: Disk, root: str, path: str, folders: dict[str, str], unlinked: dict[str, bool]) -> str:
    try:
        check_relative(path)
        target = absolute(root, path)
        info = _unlinked(disk, target, unlinked)
        if info is None:
            target = absolute(root, resolve(disk, root, path))
    except UnsafePathError as error:
        return str(error).removeprefix(f"{path}: ")
    folder = os.path.dirname(target)
    with naming(path):
        if folder not in folders:
            folders[folder] = _against_folder(disk, root, folder)
        return folders[folder] or _against_file(disk, root, path, target, info)


def _unlinked(disk: Disk, target: str, unlinked: dict[str, bool]) -> os.stat_result | None:
    """What is at a path, where no link leads there. Folders are asked about once: most files share theirs."""
    folder = os.path.dirname(target)
    if folder not in unlinked:
        unlinked[folder] = disk.real(folder) == folder
    try:
        info = lstat(disk, target) if unlinked[folder] else None
    except OSError:
        return None
    return None if info is None or stat.S_ISLNK(info.st_mode) else info


def _against_folder(disk: Disk, root: str, folder: str) -> str:
    """For a folder that is still to be made, what counts is the nearest one that is there."""
    info = lstat(disk, folder)
    if info is None and folder != root:
        return _against_folder(disk, root, os.path.dirname(folder))
    if info is None or not stat.S_ISDIR(info.st_mode):
        return f"{folder} is no folder: move it away"
    if not disk.writable(folder) or not info.st_mode & _ANY_WRITE:
        return f"its folder is read-only: `chmod u+w {folder}`, or leave the file out"
    return ""


def _against_file(disk: Disk, root: str, path: str, target: str, info: os.stat_result | None) -> str:
    """`info` is what is known to be at `target` already."""
    info = lstat(disk, target) if info is None else info
    if info is None:
        return "is a broken link: remove or mend it" if exists(disk, absolute(root, path)) else ""
    if not stat.S_ISREG(info.st_mode):
        return "is no regular file: leave it out"
    if info.st_nlink > 1:
        return f"has {info.st_nlink} hard links, and the others would keep the old text: make it a copy of its own"
    if not disk.writable(target) or not info.st_mode & _ANY_WRITE:
        return "is read-only: `chmod u+w` it, or leave it out"
    return ""


def replaced_by_link(migration: Migration, path: str, real: str) -> str:
    """Why a file that leads to `real` must not be written, or "": what was read for the plan was no link."""
    if path == real or path not in migration.read:
        return ""
    return (
        "was replaced by a link since it was read, or a folder above it was: put it back in its place, then run again"
    )


def reading(disk: Disk, path: str, name: str) -> bytes:
    """The content of the file; ApplyError names it as `name`."""
    try:
        return disk.read(path)
    except OSError as error:
        raise ApplyError(name, explain(error)) from error
