"""One example for each rule that edits: the project's own code, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

from lifeops_migrate.diff.hunks import Hunk, hunks
from lifeops_migrate.diff.lines import python_lines
from lifeops_migrate.diff.windows import windows_of_file
from lifeops_migrate.reviews.blocks import Block, Code, Paragraph, Snippet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_codemods.plan.model import FilePlan, Position
    from lifeops_codemods.review.model import Issue, Review

_TRIED = 6
_LINES = 24
"""A longer hunk is no example any more."""


class Example(NamedTuple):
    """An issue and the hunk of its own file."""

    issue: Issue
    before: str
    after: str

    @property
    def size(self) -> int:
        return self.before.count("\n") + self.after.count("\n")


def examples(review: Review) -> Iterator[Block]:
    """The examples, in the order of the issues."""
    found = [example for rule in dict.fromkeys(issue.name for issue in review.issues) for example in _of(review, rule)]
    for example in found:
        yield Paragraph((Code(example.issue.name), ", ", Code(example.issue.place), f": {example.issue.message}"))
        yield Snippet(example.before, example.after)
    if not found:
        yield Paragraph(("None.",))


def _of(review: Review, rule: str) -> list[Example]:
    """The shortest example of a rule, of those that touch the fewest places."""
    edits = [issue for issue in review.of_rule(rule) if issue.is_edit]
    edits.sort(key=lambda issue: (not issue.endpoints, len(issue.files), issue.edits))
    found = [example for issue in edits[:_TRIED] for example in _shown(issue, review.change(issue))]
    return sorted(found, key=lambda example: (example.size > _LINES, example.size))[:1]


def _shown(issue: Issue, files: Sequence[FilePlan]) -> Iterator[Example]:
    for file in files:
        if file.path == issue.path:
            before, after = python_lines(file.before), python_lines(file.after)
            hunk = _nearest(hunks(before, after, windows_of_file(file)), issue.position)
            if hunk is not None:
                old = "".join(before.items[hunk.start : hunk.end])
                new = "".join(after.items[hunk.new_start : hunk.new_end])
                yield Example(issue, *_dedented(old, new))


def _nearest(found: Sequence[Hunk], position: Position) -> Hunk | None:
    """The first hunk that shares a line with the place, else the last one."""
    near = (hunk for hunk in found if hunk.start < position.end_line and position.line <= hunk.end)
    return next(near, found[-1] if found else None)


def _dedented(old: str, new: str) -> tuple[str, str]:
    """Both without the indent that all lines of both share."""
    lines = old.rstrip().split("\n")
    shown = dedent("\n".join([*lines, *new.rstrip().split("\n")])).split("\n")
    before, after = shown[: len(lines)], shown[len(lines) :]
    while before and after and not before[0] and not after[0]:
        before, after = before[1:], after[1:]
    return "\n".join(before), "\n".join(after)
