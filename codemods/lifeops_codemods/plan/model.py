"""What planning produces: the plan that preview shows and apply writes, one and the same value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lifeops_codemods.outcome import FileError, Skipped
from lifeops_codemods.rule import Edit, Effect, Finding, Rule


class Position(NamedTuple):
    """Where something stands in the *original* file: lines and columns from 1, columns in code points."""

    line: int
    column: int
    end_line: int
    end_column: int


class Change(NamedTuple):
    """Offsets `[start, end)` of a step's `before` are replaced by `text`. Sorted, disjoint, as small as the edits."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """An edit with its position in the original file and its `why` as `path:line text`."""

    edit: Edit
    position: Position
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedFinding:
    """A finding with its position in the original file and its `why` as `path:line text`."""

    finding: Finding
    position: Position
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule does to one file: `before` with `changes` replaced is `after`."""

    rule: str
    before: str
    after: str
    changes: tuple[Change, ...]
    edits: tuple[PlannedEdit, ...]


@dataclass(frozen=True, slots=True)
class FilePlan:
    """All that will happen to one file.

    path: POSIX, relative to the root; bytes that are no UTF-8 in the name are surrogate escapes. before/after: decoded
    text as in `operation` (before is "" for a new file). before_bytes: None for a new file. after_bytes: what apply
    writes. The steps form a chain from `before` to `after`, one for each rule that edits the file.
    """

    path: str
    before: str
    after: str
    before_bytes: bytes | None
    after_bytes: bytes
    steps: tuple[Step, ...]

    @property
    def edits(self) -> tuple[PlannedEdit, ...]:
        return tuple(edit for step in self.steps for edit in step.edits)


@dataclass(frozen=True, slots=True)
class Migration:
    """The result of planning.

    root: absolute. files: sorted by path. findings: sorted by path and position, suppressed ones left out. read: the
    SHA-256 (hex) of every file whose content took part in the plan, by path; apply checks them again. seconds: wall
    time by stage and by rule (`"rule:<name>"`).
    """

    root: Path
    rules: tuple[Rule, ...]
    files: tuple[FilePlan, ...] = ()
    findings: tuple[PlannedFinding, ...] = ()
    errors: tuple[FileError, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    read: dict[str, str] = field(default_factory=dict)
    files_read: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def edits(self) -> tuple[PlannedEdit, ...]:
        return tuple(edit for file in self.files for edit in file.edits)

    def edits_with(self, effect: Effect) -> int:
        """How many edits have this effect."""
        return sum(planned.edit.effect is effect for planned in self.edits)
