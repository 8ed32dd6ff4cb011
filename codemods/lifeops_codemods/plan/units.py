"""Units: the edits of one rule that are made all or none, settled against everything that may stand in their way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lifeops_codemods.operation import CreateFile
from lifeops_codemods.plan.rewriting import Rewritten, rewrite
from lifeops_codemods.plan.style import Style
from lifeops_codemods.rule import Edit


class Obstruction(NamedTuple):
    """Why an edit cannot be made: a reason that its file's path stands before, and what to do.

    Without a fix it is what the user asked for, and goes unreported.
    """

    edit: Edit
    reason: str
    fix: str = ""


@dataclass(slots=True)
class Settled:
    """What remains of one rule's edits: the rewritten files, and the units that were given up, each with its cause."""

    files: dict[str, Rewritten] = field(default_factory=dict)
    edits: dict[str, list[Edit]] = field(default_factory=dict)
    refused: dict[str, list[Obstruction]] = field(default_factory=dict)


_BY_HAND = "make this edit by hand, then run again"

Block = Callable[[Edit], Obstruction | None]
"""Says what forbids an edit before it is tried: a suppression, a path that may not be edited, the user's own no."""


class Task(NamedTuple):
    """One rule's edits on one file: what `rewrite` takes."""

    text: str
    edits: Sequence[Edit]
    style: Style


Rewriting = Callable[[Sequence[Task]], Sequence[Rewritten]]
"""Rewrites files, each as `rewrite` does."""


def here(tasks: Sequence[Task]) -> Sequence[Rewritten]:
    """One after the other."""
    return [rewrite(*task) for task in tasks]


def settle(
    edits: Sequence[Edit],
    text: Callable[[str], str],
    style: Callable[[str], Style],
    block: Block,
    rewriting: Rewriting = here,
) -> Settled:
    """Make all units that can be made whole.

    A unit with an edit that is blocked or cannot be made is given up; the files that it touched are made again without
    it, until nothing more is refused.
    """
    settled = Settled(refused=_blocked(edits, block))
    standing = [edit for edit in edits if edit.unit not in settled.refused]
    stale = {edit.path for edit in standing}
    while stale:
        settled.edits = _by_path(standing)
        for path in stale:
            settled.files.pop(path, None)
        tasks = {
            path: Task(text(path), settled.edits[path], style(path)) for path in sorted(stale & settled.edits.keys())
        }
        settled.files |= _made(tasks, rewriting)
        failed: dict[str, list[Obstruction]] = {}
        for path in sorted(stale & settled.files.keys()):
            for edit, reason in ((refusal.edit, refusal.reason) for refusal in settled.files[path].refused):
                obstruction = Obstruction(edit, f"cannot be edited: {reason}", _BY_HAND)
                failed.setdefault(edit.unit, []).append(obstruction)
        stale = {edit.path for edit in standing if edit.unit in failed}
        standing = [edit for edit in standing if edit.unit not in failed]
        settled.refused |= failed
    settled.edits = _by_path(standing)
    return settled


def _made(tasks: Mapping[str, Task], rewriting: Rewriting) -> dict[str, Rewritten]:
    created = {path: Rewritten(new[0], ()) for path, task in tasks.items() if (new := _created(task.edits))}
    others = [path for path in tasks if path not in created]
    made = created | dict(zip(others, rewriting([tasks[path] for path in others]), strict=True))
    return {path: made[path] for path in tasks}


def _created(edits: Sequence[Edit]) -> list[str]:
    return [edit.operation.text for edit in edits if isinstance(edit.operation, CreateFile)]


def _blocked(edits: Iterable[Edit], block: Block) -> dict[str, list[Obstruction]]:
    found: dict[str, list[Obstruction]] = {}
    for edit in edits:
        if (obstruction := block(edit)) is not None:
            found.setdefault(edit.unit, []).append(obstruction)
    return found


def _by_path(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        found.setdefault(edit.path, []).append(edit)
    return found


def first_edits(edits: Sequence[Edit]) -> Mapping[str, Edit]:
    """The first edit of each unit: the place that the unit is about."""
    found: dict[str, Edit] = {}
    for edit in edits:
        found.setdefault(edit.unit, edit)
    return found
