"""Write a migration: check everything, then all files or none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from lifeops_codemods.apply import git
from lifeops_codemods.apply.checks import changed, changed_proofs, replaced_by_link, unwritable
from lifeops_codemods.apply.disk import Disk
from lifeops_codemods.apply.errors import Refused, naming
from lifeops_codemods.apply.journal import Intent, Kind, Record, digest
from lifeops_codemods.apply.lock import locked
from lifeops_codemods.apply.paths import absolute, parents, resolve
from lifeops_codemods.apply.runs import Run, as_run, forget_old, new_id
from lifeops_codemods.apply.runs import recover as recover_root
from lifeops_codemods.apply.signals import held_signals
from lifeops_codemods.apply.staging import attributes
from lifeops_codemods.apply.state import Place, exists, lstat, place_of
from lifeops_codemods.apply.transaction import Change, Recovery, commit, recover, stamp

if TYPE_CHECKING:
    from lifeops_codemods.plan.model import FilePlan, Migration


@dataclass
class _Targets:
    """The plans by the real path of their file, and what speaks against writing them."""

    plans: dict[str, FilePlan]
    reasons: dict[str, str]


def apply(
    migration: Migration,
    *,
    state_dir: Path | None = None,
    allow_dirty: bool = False,
    disk: Disk | None = None,
) -> Run:
    """Write every file of the migration, or none of them, so that it can be undone.

    An interrupted earlier run is finished or put back first. state_dir: the user's own by default. allow_dirty: write
    although git has uncommitted changes in the targets.

    Raises Refused, with all reasons, before anything is written: another run at work; targets dirty, read-only, linked
    twice or leaving the root; targets, or files the plan was proven on, changed since they were read. Raises ApplyError
    if the operating system fails and Interrupted after SIGINT, SIGTERM or SIGHUP; everything was put back then.
    """
    place = place_of(disk or Disk(), migration.root, state_dir)
    files = [file for file in migration.files if file.before_bytes != file.after_bytes]
    if not files:
        recover_root(migration.root, state_dir, disk=place.disk)
        return Run("", datetime.now(UTC), Path(place.root), (), (), {})
    with locked(place), held_signals() as check:
        recovery = recover(place)
        targets = _targets(place, migration, files)
        _check(place, migration, targets, allow_dirty, recovery)
        changes = [_change(place, path, file) for path, file in sorted(targets.plans.items())]
        intent = _intent(place, migration, changes)
        commit(place, intent, changes, check)
        forget_old(place)
    return as_run(intent)


def check(migration: Migration, *, state_dir: Path | None = None, allow_dirty: bool = False) -> None:
    """Raise Refused, with all reasons, where `apply` would for what is on disk now. Writes nothing, takes no lock."""
    place = place_of(Disk(), migration.root, state_dir)
    files = [file for file in migration.files if file.before_bytes != file.after_bytes]
    _check(place, migration, _targets(place, migration, files), allow_dirty, None)


def _targets(place: Place, migration: Migration, files: list[FilePlan]) -> _Targets:
    """Follow links to the files that will be written; two plans for one file must agree."""
    with naming(place.root):
        reasons = unwritable(Path(place.root), [file.path for file in files], disk=place.disk)
    plans: dict[str, FilePlan] = {}
    for file in files:
        if file.path in reasons:
            continue
        real = resolve(place.disk, place.root, file.path)
        if reason := replaced_by_link(migration, file.path, real):
            reasons[file.path] = reason
            continue
        other = plans.setdefault(real, replace(file, path=real))
        if other.after_bytes != file.after_bytes:
            reasons[file.path] = f"is the same file as {real}, and the plan changes them differently: leave one out"
    return _Targets(plans, reasons)


def _check(place: Place, migration: Migration, targets: _Targets, allow_dirty: bool, recovery: Recovery | None) -> None:
    """Raise Refused with every reason there is."""
    reasons = dict(targets.reasons)
    for path, file in targets.plans.items():
        reason = changed(place.disk, place.root, file)
        if reason:
            reasons.setdefault(path, reason)
    for path, reason in changed_proofs(place.disk, place.root, migration.read).items():
        reasons.setdefault(path, reason)
    if not allow_dirty:
        for path, reason in _dirty(place, targets).items():
            reasons.setdefault(path, reason)
    if reasons:
        raise Refused((*_after(recovery), *(f"{path}: {reason}" for path, reason in sorted(reasons.items()))))


def _dirty(place: Place, targets: _Targets) -> dict[str, str]:
    repository = git.find(Path(place.root))
    if repository is None:
        return {}
    try:
        return git.dirty(repository, {path: file.before_bytes for path, file in targets.plans.items()})
    except git.GitError as error:
        return {place.root: f"git cannot say whether files have uncommitted changes ({error}): pass --allow-dirty"}


def _after(recovery: Recovery | None) -> tuple[str, ...]:
    if recovery is None:
        return ()
    return (f"an earlier run ({recovery.id}) had been interrupted and was {recovery.outcome} first: run again",)


def _change(place: Place, path: str, file: FilePlan) -> Change:
    """What will happen to the file, with its stamp; its bytes were compared a moment ago."""
    before = file.before_bytes
    with naming(path):
        info = lstat(place.disk, absolute(place.root, path))
        keep = attributes(place.disk, absolute(place.root, path))
    record = Record(
        path=path,
        before=digest(before) if before is not None else None,
        after=digest(file.after_bytes),
        size=len(before or b""),
        mode=keep.mode if keep else 0,
        uid=keep.uid if keep else 0,
        gid=keep.gid if keep else 0,
    )
    return Change(record, before, file.after_bytes, stamp(info) if info else None)


def _intent(place: Place, migration: Migration, changes: list[Change]) -> Intent:
    now = datetime.now(UTC)
    return Intent(
        id=new_id(place, now),
        kind=Kind.APPLY,
        undoes="",
        root=place.root,
        time=now,
        edits=dict(Counter(planned.edit.rule for planned in migration.edits)),
        token=token_hex(8),
        files=tuple(change.record for change in changes),
        folders=_missing_folders(place, changes),
    )


def _missing_folders(place: Place, changes: list[Change]) -> tuple[str, ...]:
    """The folders to make, each after the one it lies in."""
    wanted = {folder for change in changes for folder in parents(change.record.path)}
    with naming(place.root):
        return tuple(sorted(folder for folder in wanted if not exists(place.disk, absolute(place.root, folder))))
