"""The unified style: what goes above what comes, two columns of line numbers before them."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from lifeops_migrate.preview.palette import ADDED, DIM, PLAIN, REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lifeops_migrate.preview.rows import Cell, Pair, Rows
    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.shown import ShownHunk

_SIGNS = {" ": PLAIN, "-": REMOVED, "+": ADDED}
_GUTTERS = {sign: style + DIM for sign, style in _SIGNS.items()}
NO_END = "\\ No newline at end of file"


def show_unified(screen: Screen, rows: Rows, hunk: ShownHunk) -> None:
    """Print one hunk."""
    screen.lines([*_written(screen, rows, hunk)])


def unified_scope(screen: Screen, rows: Rows, scope: str) -> None:
    """Print what a hunk is within, in place of the lines left out above it."""
    screen.line(
        (f"{'':>{2 * rows.width + 4}}{screen.glyphs.skip}", DIM), *(("   ", screen.user(scope, DIM)) if scope else ())
    )


def _written(screen: Screen, rows: Rows, hunk: ShownHunk) -> Iterator[str]:
    width, bar = rows.width, screen.glyphs.bar
    for sign, before, after in _lines(rows.pairs(hunk)):
        cell = after or before
        assert cell is not None
        numbers = f"{before.number if before else '':>{width}} {after.number if after else '':>{width}}"
        gutter = (f"  {numbers} {bar}", _GUTTERS[sign])
        is_blank = sign == " " and not cell.code
        yield screen.written(gutter) if is_blank else screen.written(gutter, (f" {sign} ", _SIGNS[sign]), cell.code)
        if cell.lacks_end:
            yield screen.written((f"  {'':>{len(numbers)}} {bar} {NO_END}", DIM))


def _lines(pairs: Iterable[Pair]) -> Iterator[tuple[str, Cell | None, Cell | None]]:
    """In each run of changed rows, all that is removed comes first."""
    for changed, group in groupby(pairs, key=attrgetter("changed")):
        run = list(group)
        if not changed:
            yield from ((" ", pair.before, pair.after) for pair in run)
            continue
        yield from (("-", pair.before, None) for pair in run if pair.before)
        yield from (("+", None, pair.after) for pair in run if pair.after)
