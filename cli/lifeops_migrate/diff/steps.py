"""What each rule does to a file, as it is shown: hunks, their edits, and numbers for the lines."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from lifeops_codemods.rule import Effect
from lifeops_migrate.diff.hunks import Hunk, hunks
from lifeops_migrate.diff.lines import Lines, python_lines, without_end
from lifeops_migrate.diff.origin import Origin, origin
from lifeops_migrate.diff.windows import Windows, composed, windows_of_step
from lifeops_migrate.highlight.syntax import Syntax
from lifeops_migrate.shown import ShownBlock, ShownHunk, ShownStep, packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifeops_codemods.plan.model import FilePlan, Step

_FARTHEST_SCOPE = 1_000
_DEFINITION = re.compile(r"(?:async\s+def|def|class)\s+\w")
_LINE_END = re.compile(r"\r\n|\r|\n")


def shown_steps(file: FilePlan) -> Iterator[ShownStep]:
    """All steps of a file, in their order."""
    first = before = python_lines(file.before)
    passed: list[Windows] = []
    for step in file.steps:
        after, windows = python_lines(step.after), windows_of_step(step)
        back = origin(first, before, composed(passed)) if passed else Origin()
        found = hunks(before, after, windows)
        yield ShownStep(
            rule=step.rule,
            edits=len(step.edits),
            unsafe=sum(planned.edit.effect is Effect.UNSAFE for planned in step.edits),
            lines=max(len(before.items), len(after.items)),
            line_end=_usual_end(step.before or step.after),
            packed=packed(tuple(_shown(found, step, before, after, back))),
        )
        before = after
        passed.append(windows)


def _shown(found: Sequence[Hunk], step: Step, before: Lines, after: Lines, back: Origin) -> Iterator[ShownHunk]:
    """Each edit goes to the hunk nearest to it: an import's edit has no place of its own."""
    held: list[list[int]] = [[] for _ in found]
    spans = [_original_lines(hunk, back) for hunk in found]
    for number, edit in enumerate(step.edits if found else ()):
        held[_nearest(spans, edit.position.line - 1)].append(number)
    old, new = Syntax(step.before), Syntax(step.after)
    for hunk, inside in zip(found, held, strict=True):
        origins = map(back.of, range(hunk.start, hunk.end))
        yield ShownHunk(
            before=before.items[hunk.start : hunk.end],
            after=after.items[hunk.new_start : hunk.new_end],
            blocks=tuple(_within(hunk)),
            numbers=tuple(line + 1 if exact else 0 for line, exact in origins),
            new_number=hunk.new_start + 1,
            opens=old.state(before.starts[hunk.start]),
            new_opens=new.state(after.starts[hunk.new_start]),
            scope=_scope(before, hunk),
            edits=tuple(inside),
        )


def _within(hunk: Hunk) -> Iterator[ShownBlock]:
    """The blocks, counted from the start of the hunk."""
    at, new_at = hunk.start, hunk.new_start
    for start, end, new_start, new_end in hunk.blocks:
        yield ShownBlock(start - at, end - at, new_start - new_at, new_end - new_at)


def _original_lines(hunk: Hunk, back: Origin) -> tuple[int, int]:
    """The first and the last line of the original file that the hunk changes."""
    return back.of(hunk.blocks[0].start).line, back.of(max(hunk.blocks[-1].end - 1, 0)).line


def _nearest(spans: Sequence[tuple[int, int]], line: int) -> int:
    """The index of the span that holds the line or is next to it; of two that are as near, the first."""
    after = bisect_left(spans, line, key=lambda span: span[0])
    around = [index for index in (after - 1, after) if 0 <= index < len(spans)]
    return min(around, key=lambda index: max(spans[index][0] - line, line - spans[index][1], 0))


def _scope(before: Lines, hunk: Hunk) -> str:
    """The header of the innermost definition that is open where the hunk begins and stands above it."""
    first = next((line for line in before.items[hunk.start : hunk.end] if line.strip()), "")
    indent = _indent(first)
    for text in reversed(before.items[max(hunk.start - _FARTHEST_SCOPE, 0) : hunk.start]):
        if not indent:
            break
        if text.strip() and _indent(text) < indent:
            indent = _indent(text)
            if _DEFINITION.match(text.strip()):
                return without_end(text).strip()
    return ""


def _indent(line: str) -> int:
    """Columns of white space before the text."""
    shown = line.expandtabs() if "\t" in line else line
    return len(shown) - len(shown.lstrip())


def _usual_end(text: str) -> str:
    """The line end that most lines have."""
    return Counter(_LINE_END.findall(text)).most_common(1)[0][0] if "\r" in text else "\n"
