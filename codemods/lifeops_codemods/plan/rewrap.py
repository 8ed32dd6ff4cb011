"""Lines that longer names made too long, laid out anew as the project's formatter would.

Only where the code was as a formatter leaves it: what the layout says of the text before must be that text. Only the
smallest part that has lines of its own is written anew, and it must mean what it meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lifeops_codemods.plan.difference import differences
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.mapping import map_back, new_spans
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.style import Formatter, Style
from lifeops_codemods.plan.wrap.anew import is_formatted, laid_out_anew, turns_formatter_off
from lifeops_codemods.plan.wrap.leaves import UnreadableError
from lifeops_codemods.plan.wrap.line import columns
from lifeops_codemods.plan.wrap.units import Unit, units_at


def rewrapped(before: Document, after: Document, changes: Sequence[Change], style: Style) -> tuple[Change, ...]:
    """Return the changes on `after` that break the lines which `changes` made too long."""
    if style.formatter is None:
        return ()
    grown = list(_grown(before, after, changes, style.line_length))
    if not grown or turns_formatter_off(after.text):
        return ()
    result: list[Change] = []
    done = 0
    for old, new in grown:
        if after.line_starts[new] < done:
            continue
        for was, unit in _units(before, after, old, new):
            text = _laid_out(was, unit, style.line_length, style.formatter)
            if text is not None:
                result += differences(unit.text, text, unit.span.start)
                done = unit.span.end
                break
    return tuple(result)


def _grown(before: Document, after: Document, changes: Sequence[Change], limit: int) -> Iterator[tuple[int, int]]:
    """Yield the lines that are too long and were not, by their indexes before and after."""
    seen = -1
    for span in new_spans(changes):
        line = after.line_at(span.start)
        if line > seen and columns(after.line(line)) > limit:
            seen = line
            old = before.line_at(map_back(changes, span.start))
            if columns(before.line(old)) <= limit:
                yield old, line


def _units(before: Document, after: Document, old: int, new: int) -> Iterator[tuple[Unit, Unit]]:
    """Yield what the line is part of, the smallest first, as it was and as it is."""
    try:
        pairs = list(zip(units_at(before, old), units_at(after, new), strict=True))
    except (UnreadableError, ValueError):
        return
    yield from reversed(pairs)


def _laid_out(was: Unit, unit: Unit, limit: int, formatter: Formatter) -> str | None:
    """Return a unit with its lines broken, or None where a formatter would not or the code had another layout."""
    if len(was.leaves) != len(unit.leaves) or not is_formatted(was, limit, formatter):
        return None
    text = laid_out_anew(unit, limit, formatter)
    return None if text == unit.text else text
