"""A part of the page that can be measured by itself, and the tables that most of them are."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from measure.book import Record, Row, Table


class Section(NamedTuple):
    """measure: the tables, from the greatest number of runs; written: the Markdown of them, from its title on."""

    name: str
    measure: Callable[[int], dict[str, Table]]
    written: Callable[[Record], str]


def comparison(rows: Mapping[str, Row], base: str) -> str:
    """Contestants with their ratios to one of them, and what was seen of each."""
    heads = ["", "cpu s", "wall s", "memory MB", "cpu, ratio", "wall, ratio", "memory, ratio", "runs"]
    lines = [_figures(name, row, rows[base]) for name, row in rows.items()]
    kinds = ["---", *["--:"] * 7]
    if any(row.seen for row in rows.values()):
        lines = [[*cells, "; ".join(row.seen)] for cells, row in zip(lines, rows.values(), strict=True)]
        heads, kinds = [*heads, "what it says or shows"], [*kinds, "---"]
    return "\n".join([*map(line, [heads, kinds, *lines]), ""])


def _figures(name: str, row: Row, base: Row) -> list[str]:
    cost, one = row.middle, base.middle
    ratios = (ratio(value, least) for value, least in zip(cost, one, strict=True))
    return [name, seconds(cost.cpu), seconds(cost.wall), f"{cost.memory:.0f}", *ratios, str(len(row.costs))]


def wrapped(paragraph: str) -> str:
    """A paragraph whose lines are as long as the other pages', whatever was put into it."""
    return textwrap.fill(" ".join(paragraph.split()), 120, break_long_words=False, break_on_hyphens=False) + "\n"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def seconds(value: float) -> str:
    return f"{value:.2f}" if value >= 0.995 else f"{value:.3f}"


def ratio(value: float, base: float) -> str:
    """How many times the base, to two digits."""
    times = value / base
    return f"{times:.0f}×" if times >= 9.95 else f"{times:.1f}×" if times >= 0.995 else f"{times:.2g}×"


def line(cells: Iterable[str]) -> str:
    """One line of a table; a bar in a cell is no border."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
