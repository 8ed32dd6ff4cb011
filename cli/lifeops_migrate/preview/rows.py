"""The rows of a hunk, paired and marked, before a style decides how they stand beside or below each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from lifeops_migrate.diff.hunks import Block, Hunk
from lifeops_migrate.diff.lines import Lines, end_of, without_end
from lifeops_migrate.preview.code import code_text, end_mark
from lifeops_migrate.preview.palette import ADDED_WORD, REMOVED_WORD
from lifeops_migrate.preview.syntax import Colored, Syntax
from lifeops_migrate.preview.words import Range, changed_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from lifeops_migrate.preview.change import Change
    from lifeops_migrate.preview.screen import Screen


class Cell(NamedTuple):
    """One line on one side. number: "" where the original has no such line. lacks_end: the file ends in it."""

    number: str
    code: Text
    lacks_end: bool


class Pair(NamedTuple):
    """A line before and after; one of them is None where there is no counterpart. `changed` is false for context."""

    before: Cell | None
    after: Cell | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts of a change."""

    lines: Lines
    syntax: Syntax | None
    usual_end: str

    @classmethod
    def of(cls, lines: Lines, usual_end: str, *, colored: bool) -> Side:
        return cls(lines, Syntax([without_end(line) for line in lines.items]) if colored else None, usual_end)

    def runs(self, start: int, end: int) -> list[list[Colored]]:
        if self.syntax is not None:
            return self.syntax.colored(start, end)
        from lifeops_migrate.preview.palette import PLAIN

        return [[Colored(without_end(line), PLAIN)] for line in self.lines.items[start:end]]


class Rows:
    """Makes the rows of one change."""

    def __init__(self, screen: Screen, change: Change) -> None:
        usual = usual_end(change.before if change.before.items else change.after)
        self._screen = screen
        self._change = change
        self._old = Side.of(change.before, usual, colored=screen.colored)
        self._new = Side.of(change.after, usual, colored=screen.colored)
        self.width = len(str(max(len(change.before.items), len(change.after.items))))

    def pairs(self, hunk: Hunk) -> Iterator[Pair]:
        """The rows from top to bottom."""
        old = self._old.runs(hunk.start, hunk.end)
        new = self._new.runs(hunk.new_start, hunk.new_end)

        def before(line: int, marks: Sequence[Range] = ()) -> Cell:
            return self._before(line, old[line - hunk.start], marks)

        def after(line: int, marks: Sequence[Range] = ()) -> Cell:
            return self._after(line, new[line - hunk.new_start], marks)

        at, new_at = hunk.start, hunk.new_start
        for block in (*hunk.blocks, Block(hunk.end, hunk.end, hunk.new_end, hunk.new_end)):
            for line, new_line in zip(range(at, block.start), range(new_at, block.new_start), strict=True):
                yield Pair(before(line), after(new_line), False)
            marks = self._marks(block)
            removed, added = range(block.start, block.end), range(block.new_start, block.new_end)
            for number, (gone, come) in enumerate(zip_longest(removed, added)):
                left, right = marks[number] if number < len(marks) else ([], [])
                yield Pair(
                    None if gone is None else before(gone, left),
                    None if come is None else after(come, right),
                    True,
                )
            at, new_at = block.end, block.new_end

    def _marks(self, block: Block) -> list[tuple[list[Range], list[Range]]]:
        """Changed words, where as many lines came as went."""
        if block.end - block.start != block.new_end - block.new_start:
            return []
        old = self._old.lines.items[block.start : block.end]
        new = self._new.lines.items[block.new_start : block.new_end]
        return [changed_words(without_end(a), without_end(b)) for a, b in zip(old, new, strict=True)]

    def _before(self, line: int, runs: list[Colored], marks: Sequence[Range]) -> Cell:
        original = self._change.origin.of(line)
        code = code_text(self._screen, runs, marks, REMOVED_WORD)
        return self._cell(str(original.line + 1) if original.exact else "", code, self._old, line)

    def _after(self, line: int, runs: list[Colored], marks: Sequence[Range]) -> Cell:
        return self._cell(str(line + 1), code_text(self._screen, runs, marks, ADDED_WORD), self._new, line)

    def _cell(self, number: str, code: Text, side: Side, line: int) -> Cell:
        end = end_of(side.lines.items[line])
        if end and end != side.usual_end:
            code.append_text(end_mark(end))
        return Cell(number, code, not end)


def usual_end(lines: Lines) -> str:
    """The line end that most lines have."""
    ends = Counter(filter(None, map(end_of, lines.items)))
    return ends.most_common(1)[0][0] if ends else "\n"
