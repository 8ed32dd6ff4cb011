"""The rows of a hunk, paired and marked, before a style decides how they stand beside or below each other."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from lifeops_migrate.diff.lines import end_of, without_end
from lifeops_migrate.highlight.kinds import Kind, Run
from lifeops_migrate.highlight.line import colored
from lifeops_migrate.preview.code import code_line, end_mark
from lifeops_migrate.preview.palette import ADDED_WORD, REMOVED_WORD
from lifeops_migrate.preview.words import Range, changed_words
from lifeops_migrate.shown import ShownBlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifeops_migrate.highlight.kinds import State
    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.preview.style import Line, Style
    from lifeops_migrate.shown import ShownHunk, ShownStep

    Runs = Sequence[Run]


class Cell(NamedTuple):
    """One line on one side. number: "" where the original has no such line. lacks_end: the file ends in it."""

    number: str
    code: Line
    lacks_end: bool


class Pair(NamedTuple):
    """A line before and after; one of them is None where there is no counterpart. `changed` is false for context."""

    before: Cell | None
    after: Cell | None
    changed: bool


class Rows:
    """Makes the rows of one step. width: of a line's number."""

    def __init__(self, screen: Screen, step: ShownStep) -> None:
        self._screen = screen
        self._usual_end = step.line_end
        self.width = len(str(step.lines))

    def pairs(self, hunk: ShownHunk) -> Iterator[Pair]:
        """The rows from top to bottom."""
        old, new = [without_end(line) for line in hunk.before], [without_end(line) for line in hunk.after]
        left, right = self._runs(old, hunk.opens), self._runs(new, hunk.new_opens)
        last = ShownBlock(len(old), len(old), len(new), len(new))

        def before(line: int, marks: Sequence[Range] = ()) -> Cell:
            number = hunk.numbers[line]
            return self._cell(str(number) if number else "", left[line], hunk.before[line], marks, REMOVED_WORD)

        def after(line: int, marks: Sequence[Range] = ()) -> Cell:
            return self._cell(str(hunk.new_number + line), right[line], hunk.after[line], marks, ADDED_WORD)

        at, new_at = 0, 0
        for block in (*hunk.blocks, last):
            for line, new_line in zip(range(at, block.start), range(new_at, block.new_start), strict=True):
                kept = before(line)
                number = str(hunk.new_number + new_line)
                same = left[line] == right[new_line]
                yield Pair(kept, Cell(number, kept.code, kept.lacks_end) if same else after(new_line), False)
            marks = _marks(old[block.start : block.end], new[block.new_start : block.new_end])
            removed, added = range(block.start, block.end), range(block.new_start, block.new_end)
            for row, (gone, come) in enumerate(zip_longest(removed, added)):
                old_marks, new_marks = marks[row] if row < len(marks) else ([], [])
                yield Pair(
                    None if gone is None else before(gone, old_marks),
                    None if come is None else after(come, new_marks),
                    True,
                )
            at, new_at = block.end, block.new_end

    def _runs(self, lines: Sequence[str], opens: State) -> Sequence[Runs]:
        return [*colored(lines, opens)] if self._screen.colored else [(Run(line, Kind.PLAIN),) for line in lines]

    def _cell(self, number: str, runs: Runs, line: str, marks: Sequence[Range], mark: Style) -> Cell:
        code = code_line(self._screen, runs, marks, mark)
        end = end_of(line)
        if end and end != self._usual_end:
            code.append(end_mark(end))
        return Cell(number, code, not end)


def _marks(old: Sequence[str], new: Sequence[str]) -> list[tuple[list[Range], list[Range]]]:
    """Changed words, where as many lines came as went."""
    return [*map(changed_words, old, new)] if len(old) == len(new) else []
