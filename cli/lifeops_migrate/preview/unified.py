"""The unified style: what goes above what comes, two columns of line numbers before them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from lifeops_migrate.preview.palette import ADDED, DIM, PLAIN, REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.style import Style

    from lifeops_migrate.preview.change import ShownHunk
    from lifeops_migrate.preview.rows import Cell, Pair, Rows
    from lifeops_migrate.preview.screen import Screen

NO_END = "\\ No newline at end of file"


def show_unified(screen: Screen, rows: Rows, shown: ShownHunk) -> None:
    """Print one hunk."""
    for sign, style, before, after in _lines(rows.pairs(shown.hunk)):
        cell = after or before
        assert cell is not None
        numbers = f"{before.number if before else '':>{rows.width}} {after.number if after else '':>{rows.width}}"
        gutter = (f"  {numbers} {screen.glyphs.bar}", style + DIM)
        is_blank = sign == " " and not cell.code
        screen.line(gutter, *(() if is_blank else ((f" {sign} ", style), cell.code)))
        if cell.lacks_end:
            screen.line((f"  {'':>{len(numbers)}} {screen.glyphs.bar} {NO_END}", DIM))


def unified_scope(screen: Screen, rows: Rows, scope: str) -> None:
    """Print what a hunk is within, in place of the lines left out above it."""
    screen.line(
        (f"{'':>{2 * rows.width + 4}}{screen.glyphs.skip}", DIM), *(("   ", screen.user(scope, DIM)) if scope else ())
    )


def _lines(pairs: Iterable[Pair]) -> Iterator[tuple[str, Style, Cell | None, Cell | None]]:
    """In each run of changed rows, all that is removed comes first."""
    for changed, group in groupby(pairs, key=lambda pair: pair.changed):
        run = list(group)
        if not changed:
            yield from ((" ", PLAIN, pair.before, pair.after) for pair in run)
            continue
        yield from (("-", REMOVED, pair.before, None) for pair in run if pair.before)
        yield from (("+", ADDED, None, pair.after) for pair in run if pair.after)
