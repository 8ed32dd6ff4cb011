"""Take a run back whatever happened to its files since: what a check or a hook left in them goes, but not for good.

Other than `undo`, which never overwrites a later change, this is for the moments right after a run, when the user's own
command or hook said no to it. Every file that is not as the run left it is kept aside before it is put back.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING

from lifeops_codemods.apply.disk import Disk
from lifeops_codemods.apply.errors import ApplyError, Refused, naming
from lifeops_codemods.apply.journal import Intent, Record, digest, read_originals
from lifeops_codemods.apply.lock import locked
from lifeops_codemods.apply.paths import UnsafePathError, absolute, check_unlinked
from lifeops_codemods.apply.runs import undoing, wanted
from lifeops_codemods.apply.signals import held_signals
from lifeops_codemods.apply.staging import attributes, stage
from lifeops_codemods.apply.state import Place, exists, lstat, place_of
from lifeops_codemods.apply.transaction import Change, commit, recover, stamp

if TYPE_CHECKING:
    from pathlib import Path


class Stuck(Exception):  # noqa: N818 - it says in which state the files are
    """A run that was to be taken back is still there. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """changed: files, relative to the root, that were not as the run left them. saved: the folder that keeps them."""

    changed: tuple[str, ...] = ()
    saved: str = ""


def take_back(root: Path, run_id: str, state_dir: Path | None = None, *, disk: Disk | None = None) -> TakenBack:
    """Put back every file of the run, all or none, also those that were changed or deleted since.

    Raises Stuck, and changes nothing, where a link or a folder stands in a file's place, another process writes here or
    the operating system fails; Interrupted after a signal.
    """
    try:
        return _take_back(place_of(disk or Disk(), root, state_dir), run_id)
    except (Refused, ApplyError) as error:
        raise Stuck(f"run {run_id} is written and could not be taken back: {error}") from error


def _take_back(place: Place, run_id: str) -> TakenBack:
    with locked(place), held_signals() as check:
        recover(place)
        intent = wanted(place, run_id)
        originals = read_originals(place, place.run(intent.id), intent)
        pairs = list(zip(intent.files, originals, strict=True))
        found = [change for record, original in pairs if (change := _back(place, record, original))]
        afters = {record.path: record.after for record in intent.files}
        strange = [change for change in found if change.record.before != afters[change.record.path]]
        saved = _keep_aside(place, intent, strange)
        commit(place, undoing(place, intent, found), found, check)
    return TakenBack(tuple(change.record.path for change in strange), saved)


def _back(place: Place, record: Record, original: bytes | None) -> Change | None:
    """The change that puts the file back; None if there is nothing left to do."""
    path = absolute(place.root, record.path)
    try:
        check_unlinked(place.disk, place.root, record.path)
    except UnsafePathError as error:
        raise Refused((f"{error}, then `lifeops-migrate undo`",)) from None
    with naming(record.path):
        info, keep = lstat(place.disk, path), attributes(place.disk, path)
        if info is not None and not stat.S_ISREG(info.st_mode):
            raise Refused((f"{record.path}: is no file any more: move it away, then `lifeops-migrate undo`",))
        now = place.disk.read(path) if info is not None else None
    if now == original:
        return None
    mode, uid, gid = (keep.mode, keep.uid, keep.gid) if keep else (record.mode, record.uid, record.gid)
    before = digest(now) if now is not None else None
    after = digest(original) if original is not None else None
    back = Record(record.path, before, after, len(now or b""), mode, uid, gid)
    return Change(back, now, original, stamp(info) if info else None)


def _keep_aside(place: Place, intent: Intent, strange: list[Change]) -> str:
    """Write the files as they are now to a folder of the state directory; "" if there are none to keep."""
    kept = [(number, change) for number, change in enumerate(strange) if change.before is not None]
    if not kept:
        return ""
    folder = os.path.join(place.folder, "set-aside")
    with naming(folder):
        for path in (folder, folder := os.path.join(folder, f"{intent.id}-{token_hex(4)}")):
            if not exists(place.disk, path):
                place.disk.mkdir(path, 0o700)
        for number, change in kept:
            target = os.path.join(folder, f"{number}-{os.path.basename(absolute('', change.record.path))[:200]}")
            stage(place.disk, target, change.before or b"", None)
            place.disk.flush(target)
        place.disk.flush(folder)
    return folder
