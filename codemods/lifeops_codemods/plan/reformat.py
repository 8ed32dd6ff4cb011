"""Statements that operations changed, laid out as the project's formatter would.

What was as the formatter leaves it is so again: the smallest part with lines of its own, whether a line is too long or
not. Elsewhere a person chose the lines: only those that became too long are broken, each by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.mapping import apply_changes, map_back, new_spans
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.style import Formatter, Style
from lifeops_codemods.plan.wrap.alone import broken_alone
from lifeops_codemods.plan.wrap.anew import is_formatted, laid_out_anew
from lifeops_codemods.plan.wrap.leaves import UnreadableError
from lifeops_codemods.plan.wrap.line import Format, columns
from lifeops_codemods.plan.wrap.units import Unit, units_at


class _Edited(NamedTuple):
    """A text before and after changes."""

    before: Document
    after: Document
    changes: Sequence[Change]


class _Piece(NamedTuple):
    """What stands at a span of the text after the changes, laid out."""

    span: Span
    text: str


def reformatted(before: Document, after: Document, changes: Sequence[Change], style: Style) -> str:
    """Return the text of `after`, which `changes` made of `before`, with what they touch laid out."""
    edited = _Edited(before, after, changes)
    pieces: list[_Piece] = []
    for line in _touched(edited):
        if pieces and after.line_starts[line] < pieces[-1].span.end:
            continue
        piece = _laid_out(edited, line, style)
        if piece is not None:
            pieces = [other for other in pieces if other.span.end <= piece.span.start]
            pieces.append(piece)
    return apply_changes(after.text, (Change(*span, text) for span, text in pieces))


def _touched(edited: _Edited) -> Iterator[int]:
    """Yield the lines after the changes that they made or changed."""
    after = edited.after
    seen = -1
    for span in new_spans(edited.changes):
        last = after.line_at(max(span.start, span.end - 1))
        for line in range(max(seen + 1, after.line_at(span.start)), last + 1):
            seen = line
            yield line


def _laid_out(edited: _Edited, line: int, style: Style) -> _Piece | None:
    """Return what a touched line is part of, laid out, or None where it stays."""
    units = _units(edited.after, line)
    if style.formatter is not None:
        for unit in reversed(units):
            if _was_formatted(edited, unit, style.line_length, style.formatter):
                text = laid_out_anew(unit, style.line_length, style.formatter)
                if text is not None:
                    return _Piece(unit.span, text)
    return _broken(units[0], line, style) if units and _became_long(edited, line, style.line_length) else None


def _units(document: Document, line: int) -> list[Unit]:
    try:
        return units_at(document, line)
    except UnreadableError:
        return []


def _was_formatted(edited: _Edited, unit: Unit, limit: int, formatter: Formatter) -> bool:
    """Tell whether a unit is one that was as the formatter leaves it, or new."""
    start, end = unit.leaves[0].start, unit.leaves[-1].end
    if _is_inserted(edited, Span(start, end)):
        return True
    start, end = map_back(edited.changes, start), map_back(edited.changes, end)
    for was in _units(edited.before, edited.before.line_at(start)):
        if (was.leaves[0].start, was.leaves[-1].end, was.is_whole) == (start, end, unit.is_whole):
            return is_formatted(was, limit, formatter)
    return False


def _is_inserted(edited: _Edited, unit: Span) -> bool:
    """Tell whether what is at `unit` came where nothing was."""
    return any(
        span.start <= unit.start and unit.end <= span.end and not edited.before.text[change.start : change.end].strip()
        for change, span in zip(edited.changes, new_spans(edited.changes), strict=True)
    )


def _became_long(edited: _Edited, line: int, limit: int) -> bool:
    """Tell whether a line is too long and another than it was."""
    before, after, changes = edited
    was = before.line_at(map_back(changes, after.line_starts[line]))
    return columns(after.line(line)) > limit and after.line(line) != before.line(was)


def _broken(whole: Unit, line: int, style: Style) -> _Piece | None:
    """Return a line of a statement broken by itself, or the statement where it is all of it."""
    formatter = style.formatter or "ruff"
    if whole.leaves[0].line == whole.leaves[-1].line:
        text = laid_out_anew(whole, style.line_length, formatter)
        if text is not None:
            return _Piece(whole.span, text)
    found = broken_alone(whole, line, Format(style.line_length, whole.document.indent_unit, formatter))
    return None if found is None else _Piece(*found)
