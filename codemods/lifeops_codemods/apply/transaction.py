"""All files or none: stage everything, flush, write down that it is complete, rename everything, move the journal away.

A change is a file's new content, or None to remove it, so that an undo is the same transaction with before and after
exchanged. `commit` leaves either state, whatever raises; if the process dies, `recover` does so at the next start.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from lifeops_codemods.apply.errors import ApplyError, Refused, naming
from lifeops_codemods.apply.journal import (
    Intent,
    Kind,
    Phase,
    Record,
    begin,
    digest,
    mark,
    read_journal,
    read_originals,
)
from lifeops_codemods.apply.paths import UnsafePathError, absolute, check_unlinked, parents
from lifeops_codemods.apply.staging import Attributes, attributes, stage
from lifeops_codemods.apply.state import Place, exists, interrupted, lstat, remove_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifeops_codemods.apply.disk import Disk

Stamp = tuple[int, int, int, int]
"""Device, inode, size and time of change of content: another stamp, another file."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file of a transaction. before: what was found, with its stamp; after: what shall be. None is no file."""

    record: Record
    before: bytes | None
    after: bytes | None
    stamp: Stamp | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """How an interrupted run was brought to an end.

    outcome: `finished` or `rolled back`. left: files, relative to the root, that somebody changed meanwhile and that
    were left as they are; `saved` is then the folder that keeps their originals.
    """

    id: str
    outcome: str
    left: tuple[str, ...] = ()
    saved: str = ""


class _State(Enum):
    OLD = 1
    NEW = 2
    CHANGED_OLD = 3
    CHANGED_NEW = 4


def commit(place: Place, intent: Intent, changes: list[Change], check: Callable[[], None]) -> None:
    """Make all changes. `check` is called before each of them and may raise; whatever raises, the originals stay.

    Raises Refused if a file changed meanwhile, ApplyError if the operating system fails.
    """
    _distrust(place, intent)
    renaming = False
    try:
        begin(place, intent, [change.before or b"" for change in changes])
        _stage_all(place, intent, changes, check)
        check()
        renaming = True
        mark(place, Phase.RENAMING)
        _replace_all(place, intent, changes, check)
        _conclude(place, intent)
    except BaseException as error:
        _give_up(place, intent, renaming, error)
        raise
    _tidy(place, intent)


def recover(place: Place) -> Recovery | None:
    """Bring an interrupted run to an end; the caller holds the lock. None if there was none, or it had done nothing.

    Raises Refused for a journal that is not to be trusted, ApplyError if the operating system fails.
    """
    if not interrupted(place):
        return None
    found = read_journal(place, place.active)
    if found is None:
        with naming(place.active):
            remove_run(place.disk, place.active)
        return None
    intent, phase = found
    _distrust(place, intent)
    if _has_undone(place):
        _remove_active(place)
        return Recovery(intent.id, "finished")
    states = [_state(place, intent, index) for index in range(len(intent.files))]
    if phase is Phase.RENAMING and _can_finish(place, intent, states):
        _finish(place, intent, states)
        return Recovery(intent.id, "finished")
    left = _put_back(place, intent, phase is not Phase.STAGING)
    return Recovery(intent.id, "rolled back", left, _set_aside(place, intent) if left else "")


def stamp(info: os.stat_result) -> Stamp:
    """What tells whether a file was exchanged or written since."""
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns


# Forward


def _stage_all(place: Place, intent: Intent, changes: list[Change], check: Callable[[], None]) -> None:
    disk = place.disk
    if intent.kind is Kind.APPLY:
        _make_folders(place, intent)
    staged = [index for index, change in enumerate(changes) if change.after is not None]
    for index in staged:
        check()
        record = changes[index].record
        with naming(record.path):
            keep = attributes(disk, absolute(place.root, record.path))
            stage(disk, intent.staged(index), changes[index].after or b"", keep)
    for index in staged:
        with naming(changes[index].record.path):
            disk.flush(intent.staged(index))
    _flush_folders(place, intent)


def _make_folders(place: Place, intent: Intent) -> None:
    for folder in intent.folders:
        with naming(folder):
            place.disk.mkdir(absolute(place.root, folder), 0o777)


def _replace_all(place: Place, intent: Intent, changes: list[Change], check: Callable[[], None]) -> None:
    for index, change in enumerate(changes):
        check()
        _check_unchanged(place, change)
        _replace(place, intent, index)
    _end_forward(place, intent)
    check()


def _check_unchanged(place: Place, change: Change) -> None:
    path = change.record.path
    with naming(path):
        info = lstat(place.disk, absolute(place.root, path))
    if (stamp(info) if info else None) != change.stamp:
        raise Refused((f"{path}: was changed while the run was writing; everything was put back: run again",))


def _replace(place: Place, intent: Intent, index: int) -> None:
    record = intent.files[index]
    target = absolute(place.root, record.path)
    with naming(record.path):
        if record.after is None:
            place.disk.unlink(target)
        else:
            place.disk.rename(intent.staged(index), target)


def _end_forward(place: Place, intent: Intent) -> None:
    if intent.kind is Kind.UNDO:
        _remove_empty(place, intent)
    _flush_folders(place, intent)


def _conclude(place: Place, intent: Intent) -> None:
    """The one rename that makes the run count. For an undo, it takes the undone run out of the history."""
    if intent.kind is Kind.APPLY:
        source, target = place.active, place.run(intent.id)
    else:
        source, target = place.run(intent.undoes), _undone(place)
    with naming(source):
        place.disk.rename(source, target)


def _tidy(place: Place, intent: Intent) -> None:
    """What the next start would do as well; a failure here is no failure of the run."""
    with suppress(OSError):
        place.disk.flush(place.runs)
        place.disk.flush(place.folder)
        if intent.kind is Kind.UNDO:
            remove_run(place.disk, place.active)


# After a failure or a crash


def _give_up(place: Place, intent: Intent, renaming: bool, error: BaseException) -> None:
    try:
        _put_back(place, intent, renaming)
    except ApplyError as second:
        raise ApplyError(
            second.path,
            f"{second.message}. It could not be put back after another failure ({error}). The original is kept in "
            f"{place.active}, and the next run sees to it first",
        ) from error


def _finish(place: Place, intent: Intent, states: list[_State]) -> None:
    for index, state in enumerate(states):
        if state is _State.OLD:
            _replace(place, intent, index)
    _end_forward(place, intent)
    _conclude(place, intent)
    _tidy(place, intent)


def _can_finish(place: Place, intent: Intent, states: list[_State]) -> bool:
    for index, (record, state) in enumerate(zip(intent.files, states, strict=True)):
        if state is _State.CHANGED_OLD:
            return False
        if state is _State.OLD and record.after is not None and not _is_staged(place, intent, index):
            return False
    return True


def _put_back(place: Place, intent: Intent, renaming: bool) -> tuple[str, ...]:
    """All old again, nothing left over, the journal gone unless it is still needed. Raises after it did all it could.

    Returns the files that somebody else changed and that were left alone.
    """
    problems: list[ApplyError] = []
    left = _restore_all(place, intent, problems) if renaming else ()
    for step in (_remove_staged, _remove_made_folders, _flush_folders):
        try:
            step(place, intent)
        except ApplyError as error:
            problems.append(error)
    if problems:
        raise problems[0]
    if not left:
        _remove_active(place)
    return left


def _restore_all(place: Place, intent: Intent, problems: list[ApplyError]) -> tuple[str, ...]:
    with suppress(ApplyError):  # without this line the next start finds out by itself, from what is staged
        mark(place, Phase.RETURNING)
    saved = _Saved(place, intent)
    left: list[str] = []
    for index, record in enumerate(intent.files):
        try:
            state = _state(place, intent, index)
            if state is _State.NEW:
                _restore(place, intent, index, saved)
            elif state is not _State.OLD:
                left.append(record.path)
        except ApplyError as error:
            problems.append(error)
    return tuple(left)


@dataclass
class _Saved:
    """The originals, read when the first of them is asked for."""

    place: Place
    intent: Intent

    @cached_property
    def contents(self) -> list[bytes | None]:
        return read_originals(self.place, self.place.active, self.intent)


def _restore(place: Place, intent: Intent, index: int, saved: _Saved) -> None:
    record, disk = intent.files[index], place.disk
    target = absolute(place.root, record.path)
    content = saved.contents[index]
    with naming(record.path):
        if content is None:
            disk.unlink(target)
            return
        _remove_if_there(disk, intent.staged(index))
        for folder in parents(record.path):
            if not exists(disk, absolute(place.root, folder)):
                disk.mkdir(absolute(place.root, folder), 0o777)
        keep = attributes(disk, target)
        if keep is None:
            keep = Attributes(record.mode, record.uid, record.gid, {})
        stage(disk, intent.staged(index), content, replace(keep, mode=record.mode))
        disk.flush(intent.staged(index))
        disk.rename(intent.staged(index), target)


def _remove_staged(place: Place, intent: Intent) -> None:
    for index, record in enumerate(intent.files):
        with naming(record.path):
            _remove_if_there(place.disk, intent.staged(index))


def _remove_made_folders(place: Place, intent: Intent) -> None:
    if intent.kind is Kind.APPLY:
        _remove_empty(place, intent)


def _remove_active(place: Place) -> None:
    with naming(place.active):
        if exists(place.disk, place.active):
            remove_run(place.disk, place.active)
            place.disk.flush(place.folder)


def _set_aside(place: Place, intent: Intent) -> str:
    """Keep the originals of files that were left alone, out of the history but in reach."""
    folder = os.path.join(place.folder, "set-aside")
    with naming(folder):
        if not exists(place.disk, folder):
            place.disk.mkdir(folder, 0o700)
        target = os.path.join(folder, intent.id)
        place.disk.rename(place.active, target)
    return target


# What is there


def _state(place: Place, intent: Intent, index: int) -> _State:
    """Where this file stands. One that somebody changed is told by its staged file, which the rename takes away."""
    record = intent.files[index]
    with naming(record.path):
        now = _content(place.disk, absolute(place.root, record.path))
    if now == record.after:
        return _State.NEW
    if now == record.before:
        return _State.OLD
    if record.after is None or _is_staged(place, intent, index):
        return _State.CHANGED_OLD
    return _State.CHANGED_NEW


def _is_staged(place: Place, intent: Intent, index: int) -> bool:
    record = intent.files[index]
    with naming(record.path):
        return _content(place.disk, intent.staged(index)) == record.after


def _content(disk: Disk, path: str) -> str | None:
    """The hash of the file at `path`, None if there is none; "" for what is no regular file."""
    info = lstat(disk, path)
    if info is None:
        return None
    return digest(disk.read(path)) if stat.S_ISREG(info.st_mode) else ""


def _distrust(place: Place, intent: Intent) -> None:
    """Raise Refused where a link, which came since the journal was written, would lead a write elsewhere."""
    try:
        for folder in _folders_of(intent) | set(intent.folders):
            check_unlinked(place.disk, place.root, folder)
    except UnsafePathError as error:
        raise Refused((f"{error}, then run again (the run's journal: {place.folder})",)) from None


def _folders_of(intent: Intent) -> set[str]:
    """The folders, relative to the root, that hold the intent's files, but for the root itself."""
    return {record.path.rpartition("/")[0] for record in intent.files} - {""}


def _undone(place: Place) -> str:
    return os.path.join(place.active, "undone")


def _has_undone(place: Place) -> bool:
    with naming(place.active):
        return exists(place.disk, _undone(place))


def _remove_if_there(disk: Disk, path: str) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        disk.unlink(path)


def _remove_empty(place: Place, intent: Intent) -> None:
    """Remove those of the intent's folders that hold nothing; a folder in use stays."""
    for folder in reversed(intent.folders):
        path = absolute(place.root, folder)
        with naming(folder):
            if exists(place.disk, path) and not place.disk.listdir(path):
                place.disk.rmdir(path)


def _flush_folders(place: Place, intent: Intent) -> None:
    """Flush every folder whose entries the run changes, as far as it is there."""
    folders = {record.path.rpartition("/")[0] for record in intent.files}
    folders |= {folder.rpartition("/")[0] for folder in intent.folders}
    for folder in sorted(folders):
        path = absolute(place.root, folder) if folder else place.root
        with naming(folder or place.root):
            if exists(place.disk, path):
                place.disk.flush(path)
