"""A small table that never cuts a cell: on a screen too narrow for it, the lines are simply longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from lifeops_migrate.preview.palette import DIM

if TYPE_CHECKING:
    from rich.style import Style

    from lifeops_migrate.preview.screen import Screen

Row = Sequence[Text]
_GAP = "  "


def show_table(screen: Screen, head: Sequence[str], rows: Sequence[Row], foot: Row | None = None) -> None:
    """Print a table; the first column is set left, the others, which hold numbers, right."""
    title = [Text(name, DIM) for name in head]
    every = [title, *rows, *([foot] if foot else [])]
    widths = [max(row[column].cell_len for row in every) for column in range(len(head))]
    rule = screen.glyphs.rule * (sum(widths) + len(_GAP) * (len(head) - 1))
    _show(screen, title, widths)
    screen.line(_GAP, (rule, DIM))
    for row in rows:
        _show(screen, row, widths)
    if foot:
        screen.line(_GAP, (rule, DIM))
        _show(screen, foot, widths)


def number(count: int, style: Style) -> Text:
    """A count; nothing at all is a faint dash of a kind that every encoding has."""
    return Text(f"{count:,}", style) if count else Text("-", DIM)


def _show(screen: Screen, row: Row, widths: Sequence[int]) -> None:
    first, *others = row
    cells = [first + " " * (widths[0] - first.cell_len)]
    cells += [Text(" " * (width - cell.cell_len)) + cell for cell, width in zip(others, widths[1:], strict=True)]
    screen.line(_GAP, Text(_GAP).join(cells))
