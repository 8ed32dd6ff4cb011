"""The runs that can be undone, and undoing one: every byte back, or nothing if somebody changed a file since."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from lifeops_codemods.apply.checks import reading, unwritable
from lifeops_codemods.apply.disk import Disk
from lifeops_codemods.apply.errors import ApplyError, Refused, naming
from lifeops_codemods.apply.journal import Intent, Kind, Record, digest, read_journal, read_originals
from lifeops_codemods.apply.lock import locked
from lifeops_codemods.apply.paths import UnsafePathError, absolute, check_unlinked
from lifeops_codemods.apply.signals import held_signals
from lifeops_codemods.apply.staging import attributes
from lifeops_codemods.apply.state import (
    KEPT_RUNS,
    RUN_ID,
    Place,
    exists,
    interrupted,
    lstat,
    place_of,
    remove_run,
    run_ids,
)
from lifeops_codemods.apply.transaction import Change, Recovery, commit, stamp
from lifeops_codemods.apply.transaction import recover as recover_active

_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was applied. time: in UTC. files: all, relative to the root; created: those of them it made. edits: by
    rule. id is "" for a run that had nothing to write.
    """

    id: str
    time: datetime
    root: Path
    files: tuple[str, ...]
    created: tuple[str, ...]
    edits: dict[str, int]

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.edits)


def history(root: Path, state_dir: Path | None = None, *, disk: Disk | None = None) -> list[Run]:
    """The runs of this root that can be undone, the latest last. Writes nothing."""
    place = place_of(disk or Disk(), root, state_dir)
    found = (_intent(place, identifier) for identifier in run_ids(place))
    return [as_run(intent) for intent in found if intent is not None]


def undo(root: Path, run_id: str | None = None, state_dir: Path | None = None, *, disk: Disk | None = None) -> Run:
    """Put back what a run changed, the last one by default: all of it or nothing. Needs no git.

    Returns the run, which is no longer in the history. Raises Refused, naming them, if files are not as the run left
    them, the run is in git's history by now, or there is no such run; ApplyError if the operating system fails;
    Interrupted after a signal. In each case nothing is changed.
    """
    place = place_of(disk or Disk(), root, state_dir)
    with locked(place), held_signals() as check:
        recover_active(place)
        intent = wanted(place, run_id)
        if commits := commits_of(place, intent.id):
            raise Refused((f"{intent.id}: is committed: `git revert --no-edit {' '.join(commits)}` takes it back",))
        changes, reasons = _reversed(place, intent)
        if reasons:
            raise Refused(tuple(reasons))
        commit(place, undoing(place, intent, changes), changes, check)
    return as_run(intent)


def recover(root: Path, state_dir: Path | None = None, *, disk: Disk | None = None) -> Recovery | None:
    """Finish an interrupted run of this root, or put everything back. None, and nothing written, if there is none.

    `apply` and `undo` do so by themselves; whoever plans should do it before reading the files. Raises Refused if
    another process is writing at this moment.
    """
    place = place_of(disk or Disk(), root, state_dir)
    if not interrupted(place):
        return None
    with locked(place), held_signals():
        return recover_active(place)


def new_id(place: Place, now: datetime) -> str:
    """An id that says when, and that sorts after those of all earlier runs, whatever the clock did."""
    identifier = f"{now:%Y%m%d-%H%M%S}"
    last = max(run_ids(place), default="")
    if identifier > last:
        return identifier
    second, count = last[:15], int(last[16:] or 0) + 1
    if count < 1000:
        return f"{second}-{count:03}"
    return f"{datetime.strptime(second, '%Y%m%d-%H%M%S').replace(tzinfo=UTC) + timedelta(seconds=1):%Y%m%d-%H%M%S}"


def forget_old(place: Place) -> None:
    """Remove all but the last runs; what cannot be removed now is tried again after the next run."""
    with suppress(OSError, ApplyError):
        for identifier in run_ids(place)[:-KEPT_RUNS]:
            remove_run(place.disk, place.run(identifier))


def note_commits(place: Place, run_id: str, commits: list[str]) -> None:
    """Write down that a run is committed, the latest of the commits first. Undo works without it, but says less."""
    path = _commits(place, run_id)
    with suppress(OSError):
        descriptor = place.disk.create(path, 0o600)
        try:
            place.disk.write(descriptor, "\n".join(commits).encode("ascii"))
        finally:
            place.disk.close(descriptor)


def commits_of(place: Place, run_id: str) -> list[str]:
    """The commits that hold the run, and those made with it before, the latest first; none for most runs."""
    path = _commits(place, run_id)
    with naming(path):
        found = place.disk.read(path).decode("ascii", "replace").split() if exists(place.disk, path) else []
    return [commit for commit in found if _COMMIT.fullmatch(commit)]


def as_run(intent: Intent) -> Run:
    """The run as its journal tells it."""
    files = tuple(record.path for record in intent.files)
    created = tuple(record.path for record in intent.files if record.before is None)
    return Run(intent.id, intent.time, Path(intent.root), files, created, dict(intent.edits))


def wanted(place: Place, run_id: str | None) -> Intent:
    known = run_ids(place)
    if run_id is None and not known:
        raise Refused((f"{place.root}: there is no run to undo",))
    identifier = known[-1] if run_id is None else run_id
    if not RUN_ID.fullmatch(identifier) or identifier not in known:
        raise Refused((f"{identifier}: is no run of {place.root} that can be undone: see `lifeops-migrate history`",))
    found = read_journal(place, place.run(identifier))
    if found is None or found[0].kind is not Kind.APPLY or found[0].id != identifier:
        raise Refused((f"{place.run(identifier)}: holds no complete journal: remove the folder",))
    return found[0]


def _commits(place: Place, run_id: str) -> str:
    return os.path.join(place.run(run_id), "commits")


def _intent(place: Place, identifier: str) -> Intent | None:
    """One damaged journal does not hide the other runs; undoing it says what is wrong."""
    try:
        found = read_journal(place, place.run(identifier))
    except (Refused, ApplyError):
        return None
    return found[0] if found else None


def _reversed(place: Place, intent: Intent) -> tuple[list[Change], list[str]]:
    """The changes that take the run back, or the reasons against it."""
    originals = read_originals(place, place.run(intent.id), intent)
    cannot = unwritable(Path(place.root), [record.path for record in intent.files], disk=place.disk)
    changes: list[Change] = []
    reasons = [f"{path}: {reason}" for path, reason in cannot.items()]
    for record, original in zip(intent.files, originals, strict=True):
        change = None if record.path in cannot else _reverse(place, record, original)
        if change is None and record.path not in cannot:
            reasons.append(f"{record.path}: {_changed_since(place, intent, record.path)}")
        elif change is not None:
            changes.append(change)
    return changes, reasons


def _reverse(place: Place, record: Record, original: bytes | None) -> Change | None:
    """The change that takes the file back, or None if it is not what the run wrote."""
    path = absolute(place.root, record.path)
    try:
        check_unlinked(place.disk, place.root, record.path)
    except UnsafePathError:
        return None
    with naming(record.path):
        info = lstat(place.disk, path)
        keep = attributes(place.disk, path)
    if info is None or keep is None:
        return None
    now = reading(place.disk, path, record.path)
    if digest(now) != record.after:
        return None
    after = digest(original) if original is not None else None
    back = Record(record.path, digest(now), after, len(now), keep.mode, keep.uid, keep.gid)
    return Change(back, now, original, stamp(info))


def _changed_since(place: Place, intent: Intent, path: str) -> str:
    later = [run for run in history(Path(place.root), Path(place.state), disk=place.disk) if run.id > intent.id]
    for run in later:
        if path in run.files:
            return f"was changed by the later run {run.id}: undo that one first (`lifeops-migrate undo {run.id}`)"
    return "was changed after the run: nothing was undone. Put the run's text back, or take the run back by hand"


def undoing(place: Place, intent: Intent, changes: list[Change]) -> Intent:
    return replace(
        intent,
        kind=Kind.UNDO,
        undoes=intent.id,
        time=datetime.now(UTC),
        token=token_hex(8),
        files=tuple(change.record for change in changes),
    )
