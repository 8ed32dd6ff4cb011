"""What reports say of a migration: plain values, without texts and operations, so that they are quickly kept and read.

`showing` makes them of a migration. Everything that prints for programs and pipes is written from them alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from lifeops_codemods.outcome import FileError, Skipped


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


class ShownStep(NamedTuple):
    """What one rule does to one file: how many edits, and how many of them are unsafe."""

    rule: str
    edits: int
    unsafe: int


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
    """A migration. rules: the names of those that ran. edits: in order of path, position and rule."""

    root: Path
    rules: tuple[str, ...]
    files: tuple[ShownFile, ...]
    edits: tuple[ShownEdit, ...]
    findings: tuple[ShownFinding, ...]
    errors: tuple[FileError, ...]
    skipped: tuple[Skipped, ...]
    files_read: int


def to_plain(shown: Shown) -> tuple[Any, ...]:
    """What `marshal` takes. The root, what was left out and how many files were read stand elsewhere."""
    files = tuple((*file[:2], tuple(map(tuple, file.steps)), *file[3:]) for file in shown.files)
    rows = (tuple(map(tuple, found)) for found in (shown.edits, shown.findings, shown.errors))
    return (shown.rules, files, *rows)


def from_plain(plain: Any, root: Path, skipped: tuple[Skipped, ...], files_read: int) -> Shown:
    """What `to_plain` made this of. Raises TypeError or ValueError for a value of another shape."""
    rules, files, edits, findings, errors = plain
    return Shown(
        root=root,
        rules=rules,
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
