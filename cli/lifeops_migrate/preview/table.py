"""A small table that never cuts a cell: on a screen too narrow for it, the lines are simply longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lifeops_migrate.preview.cells import line_width
from lifeops_migrate.preview.palette import DIM
from lifeops_migrate.preview.style import Line

if TYPE_CHECKING:
    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.preview.style import Span, Style

Row = Sequence[Line]
_GAP = "  "


def show_table(screen: Screen, head: Sequence[str], rows: Sequence[Row], foot: Row | None = None) -> None:
    """Print a table; the first column is set left, the others, which hold numbers, right."""
    title: Row = [[(name, DIM)] for name in head]
    every = [title, *rows, *([foot] if foot else [])]
    widths = [max(line_width(row[column]) for row in every) for column in range(len(head))]
    rule = screen.glyphs.rule * (sum(widths) + len(_GAP) * (len(head) - 1))
    _show(screen, title, widths)
    screen.line(_GAP, (rule, DIM))
    for row in rows:
        _show(screen, row, widths)
    if foot:
        screen.line(_GAP, (rule, DIM))
        _show(screen, foot, widths)


def number(count: int, style: Style) -> Span:
    """A count; nothing at all is a faint dash of a kind that every encoding has."""
    return (f"{count:,}", style) if count else ("-", DIM)


def _show(screen: Screen, row: Row, widths: Sequence[int]) -> None:
    (first, room), *others = ((cell, " " * (width - line_width(cell))) for cell, width in zip(row, widths, strict=True))
    numbers = (part for cell, padding in others for part in (_GAP, padding, cell))
    screen.line(_GAP, first, room, *numbers)
