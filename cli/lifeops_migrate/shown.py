"""What reports say of a migration: plain values, without texts and operations, so that they are quickly kept and read.

`showing` makes them of a migration. Everything that is printed before a person chooses is written from them alone.
"""

from __future__ import annotations

import marshal
from pathlib import Path
from typing import Any, NamedTuple

from lifeops_codemods.outcome import FileError, Skipped


class ShownRule(NamedTuple):
    """A rule that ran."""

    name: str
    summary: str


class ShownEdit(NamedTuple):
    """An edit. order: its place among all edits of the plan, by file and step."""

    rule: str
    effect: str
    path: str
    line: int
    column: int
    end_line: int
    message: str
    why: tuple[str, ...]
    clients_see: str
    order: int


class ShownFinding(NamedTuple):
    """A finding."""

    rule: str
    severity: str
    path: str
    line: int
    column: int
    end_line: int
    message: str
    reason: str
    fix: str
    why: tuple[str, ...]


class ShownBlock(NamedTuple):
    """The lines `[start, end)` of a hunk's `before` became `[new_start, new_end)` of its `after`."""

    start: int
    end: int
    new_start: int
    new_end: int


class ShownHunk(NamedTuple):
    """Changed lines of a step with those around them, as `diff.hunks` has them.

    before, after: the lines with their ends. numbers: of each line of `before`, its number in the original file, or 0
    where an earlier step made it. new_number: of the first line of `after`. opens, new_opens: what is open before the
    first line, as `highlight` says it. scope: the header of the definition that the hunk is within, if it does not show
    that itself. edits: those that it holds, as indexes into those of the step.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    blocks: tuple[ShownBlock, ...]
    numbers: tuple[int, ...]
    new_number: int
    opens: tuple[str, ...]
    new_opens: tuple[str, ...]
    scope: str
    edits: tuple[int, ...]


class ShownStep(NamedTuple):
    """What one rule does to one file.

    edits: how many; unsafe: how many of them are. lines: of the longer one of its two texts. line_end: the usual one.
    packed: the hunks, which only a terminal shows, as bytes that others need not take apart.
    """

    rule: str
    edits: int
    unsafe: int
    lines: int
    line_end: str
    packed: bytes

    @property
    def hunks(self) -> tuple[ShownHunk, ...]:
        """The hunks. Raises TypeError or ValueError for a value of another shape."""
        return tuple(
            ShownHunk(before, after, tuple(map(ShownBlock._make, blocks)), *others)
            for before, after, blocks, *others in marshal.loads(self.packed)
        )


def packed(hunks: tuple[ShownHunk, ...]) -> bytes:
    """Hunks as a step holds them."""
    return marshal.dumps(tuple((*hunk[:2], tuple(map(tuple, hunk.blocks)), *hunk[3:]) for hunk in hunks))


class ShownFile(NamedTuple):
    """A file that changes.

    body: the hunks of its bytes. text: those of its text, where that is anything but the same in UTF-8. added, removed:
    lines of the text.
    """

    path: str
    is_new: bool
    steps: tuple[ShownStep, ...]
    body: bytes
    text: str | None
    added: int
    removed: int


class Shown(NamedTuple):
    """A migration. edits: in order of path, position and rule."""

    root: Path
    rules: tuple[ShownRule, ...]
    files: tuple[ShownFile, ...]
    edits: tuple[ShownEdit, ...]
    findings: tuple[ShownFinding, ...]
    errors: tuple[FileError, ...]
    skipped: tuple[Skipped, ...]
    files_read: int

    @property
    def edits_in_order(self) -> list[ShownEdit]:
        """The edits by file and step."""
        return sorted(self.edits, key=lambda edit: edit.order)


def to_plain(shown: Shown) -> tuple[Any, ...]:
    """What `marshal` takes. The root, what was left out and how many files were read stand elsewhere."""
    files = tuple((*file[:2], tuple(map(tuple, file.steps)), *file[3:]) for file in shown.files)
    rows = (tuple(map(tuple, found)) for found in (shown.edits, shown.findings, shown.errors))
    return (tuple(map(tuple, shown.rules)), files, *rows)


def from_plain(plain: Any, root: Path, skipped: tuple[Skipped, ...], files_read: int) -> Shown:
    """What `to_plain` made this of. Raises TypeError or ValueError for a value of another shape."""
    rules, files, edits, findings, errors = plain
    return Shown(
        root=root,
        rules=tuple(map(ShownRule._make, rules)),
        files=tuple(
            ShownFile(path, is_new, tuple(map(ShownStep._make, steps)), *others)
            for path, is_new, steps, *others in files
        ),
        edits=tuple(map(ShownEdit._make, edits)),
        findings=tuple(map(ShownFinding._make, findings)),
        errors=tuple(map(FileError._make, errors)),
        skipped=skipped,
        files_read=files_read,
    )
