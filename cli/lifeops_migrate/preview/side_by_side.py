"""The side-by-side style: before on the left, after on the right. A line too long for its half goes on below."""

from __future__ import annotations

from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING

from rich.cells import chop_cells
from rich.text import Text

from lifeops_migrate.preview.palette import ADDED, DIM, PLAIN, REMOVED
from lifeops_migrate.preview.unified import NO_END

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.style import Style

    from lifeops_migrate.preview.change import ShownHunk
    from lifeops_migrate.preview.rows import Cell, Rows
    from lifeops_migrate.preview.screen import Screen

_LEAST = 12
"""Columns of code a half has at least, however narrow the screen."""


def show_side_by_side(screen: Screen, rows: Rows, shown: ShownHunk) -> None:
    """Print one hunk."""
    frame = 2 * (rows.width + 5) + 2
    half = max((screen.width - frame) // 2, _LEAST)
    width = rows.width + 5 + half
    for pair in rows.pairs(shown.hunk):
        left = _half(screen, pair.before, ("-", REMOVED) if pair.changed else (" ", PLAIN), rows.width, half)
        right = _half(screen, pair.after, ("+", ADDED) if pair.changed else (" ", PLAIN), rows.width, half)
        for one, other in zip_longest(left, right):
            padding = " " * (width - (one.cell_len if one else 0))
            screen.line(one or "", padding, (f" {screen.glyphs.bar}", DIM), other or "")


def side_by_side_scope(screen: Screen, rows: Rows, scope: str) -> None:
    """Print what a hunk is within, in place of the lines left out above it."""
    screen.line(
        (f"{'':>{rows.width + 3}}{screen.glyphs.skip}", DIM), *((" ", screen.user(scope, DIM)) if scope else ())
    )


def _half(screen: Screen, cell: Cell | None, sign: tuple[str, Style], number: int, half: int) -> Iterator[Text]:
    """The lines of one side, each at most `number + 5 + half` columns."""
    if cell is None:
        return
    for row, piece in enumerate(_folded(cell.code, half)):
        head = f"  {'' if row else cell.number:>{number}} "
        yield Text.assemble((head, sign[1] + DIM), (screen.glyphs.more, DIM) if row else sign, " ", piece)
    if cell.lacks_end:
        yield from (Text.assemble(" " * (number + 5), piece) for piece in _folded(Text(NO_END, DIM), half))


def _folded(code: Text, width: int) -> list[Text]:
    """The line in pieces of at most `width` columns."""
    if code.cell_len <= width:
        return [code]
    ends = list(accumulate(map(len, chop_cells(code.plain, width))))
    return list(code.divide(ends[:-1]))
