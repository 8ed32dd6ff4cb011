"""The side-by-side style: before on the left, after on the right. A line too long for its half goes on below."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from lifeops_migrate.preview.cells import folded, line_width
from lifeops_migrate.preview.palette import ADDED, DIM, PLAIN, REMOVED
from lifeops_migrate.preview.unified import NO_END

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_migrate.preview.rows import Cell, Rows
    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.preview.style import Line, Span
    from lifeops_migrate.shown import ShownHunk

_LEAST = 12
"""Columns of code a half has at least, however narrow the screen."""


def show_side_by_side(screen: Screen, rows: Rows, hunk: ShownHunk) -> None:
    """Print one hunk."""
    screen.lines([*_written(screen, rows, hunk)])


def side_by_side_scope(screen: Screen, rows: Rows, scope: str) -> None:
    """Print what a hunk is within, in place of the lines left out above it."""
    screen.line(
        (f"{'':>{rows.width + 3}}{screen.glyphs.skip}", DIM), *((" ", screen.user(scope, DIM)) if scope else ())
    )


def _written(screen: Screen, rows: Rows, hunk: ShownHunk) -> Iterator[str]:
    frame = 2 * (rows.width + 5) + 2
    half = max((screen.width - frame) // 2, _LEAST)
    width = rows.width + 5 + half
    nothing: Line = []
    bar = (f" {screen.glyphs.bar}", DIM)
    for pair in rows.pairs(hunk):
        left = _half(screen, pair.before, ("-", REMOVED) if pair.changed else (" ", PLAIN), rows.width, half)
        right = _half(screen, pair.after, ("+", ADDED) if pair.changed else (" ", PLAIN), rows.width, half)
        for one, other in zip_longest(left, right, fillvalue=nothing):
            yield screen.written(one, " " * (width - line_width(one)), bar, other)


def _half(screen: Screen, cell: Cell | None, sign: Span, number: int, half: int) -> Iterator[Line]:
    """The lines of one side, each at most `number + 5 + half` columns."""
    if cell is None:
        return
    for row, piece in enumerate(folded(cell.code, half)):
        head = f"  {'' if row else cell.number:>{number}} "
        yield [(head, sign[1] + DIM), (screen.glyphs.more, DIM) if row else sign, (" ", PLAIN), *piece]
    if cell.lacks_end:
        yield from ([(" " * (number + 5), PLAIN), *piece] for piece in folded([(NO_END, DIM)], half))
