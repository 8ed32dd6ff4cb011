"""Statements that operations changed, laid out as the project's formatter would.

What was as the formatter leaves it is so again: the smallest part with lines of its own, whether a line is too long or
not. Elsewhere a person chose the lines: only those that became too long are broken, each by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.document import NEWLINE, Document
from lifeops_codemods.plan.mapping import apply_changes, map_back, new_spans
from lifeops_codemods.plan.model import Change
from lifeops_codemods.plan.style import Formatter, Style
from lifeops_codemods.plan.wrap.anew import is_formatted, is_safe, laid_out_anew
from lifeops_codemods.plan.wrap.leaves import Leaf, UnreadableError, copied
from lifeops_codemods.plan.wrap.line import Format, Line, columns
from lifeops_codemods.plan.wrap.splits import lay_out
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
    for change, span in zip(edited.changes, new_spans(edited.changes), strict=True):
        if span.start <= start and end <= span.end:
            return not edited.before.text[change.start : change.end].strip()
    start, end = map_back(edited.changes, start), map_back(edited.changes, end)
    for was in _units(edited.before, edited.before.line_at(start)):
        if (was.leaves[0].start, was.leaves[-1].end, was.is_whole) == (start, end, unit.is_whole):
            return is_formatted(was, limit, formatter)
    return False


def _became_long(edited: _Edited, line: int, limit: int) -> bool:
    """Tell whether a line is too long and another than it was."""
    before, after, changes = edited
    was = before.line_at(map_back(changes, after.line_starts[line]))
    return columns(after.line(line)) > limit and after.line(line) != before.line(was)


def _broken(whole: Unit, line: int, style: Style) -> _Piece | None:
    """Return one line of a statement broken by itself; a statement that is on one line as a formatter does it."""
    formatter = style.formatter or "ruff"
    if whole.leaves[0].line == whole.leaves[-1].line:
        text = laid_out_anew(whole, style.line_length, formatter)
        return None if text is None else _Piece(whole.span, text)
    leaves = [leaf for leaf in whole.leaves if leaf.line == line]
    if not leaves or any(NEWLINE.search(leaf.text) for leaf in leaves):
        return None
    return _line_broken(whole, line, Format(style.line_length, whole.document.indent_unit, formatter))


def _line_broken(whole: Unit, line: int, form: Format) -> _Piece | None:
    document = whole.document
    all_leaves = copied(whole.leaves)
    first = next(index for index, leaf in enumerate(all_leaves) if leaf.line == line)
    leaves = [leaf for leaf in all_leaves if leaf.line == line]
    span = Span(leaves[0].start, document.line_end(leaves[-1].end))
    indent = document.indent_at(span.start)
    if indent is None or document.text[leaves[-1].end : span.end].strip() != leaves[-1].comment.strip():
        return None
    inside = _are_items(all_leaves[:first], leaves, all_leaves[first + len(leaves) :])
    lines = lay_out(Line(leaves, indent, form, inside=inside))
    text = document.newline.join(map(str, lines))[len(indent) :]
    if any(leaf.comment for one in lines for leaf in one.leaves[:-1]):
        return None
    unit = whole.text
    start, end = span.start - whole.span.start, span.end - whole.span.start
    return _Piece(span, text) if is_safe(whole, unit[:start] + text + unit[end:]) else None


def _are_items(before: Sequence[Leaf], leaves: Sequence[Leaf], behind: Sequence[Leaf]) -> bool:
    """Tell whether a line holds whole items of the brackets around it."""
    depth = 0
    for leaf in leaves:
        depth += leaf.opens - leaf.closes
        if depth < 0:
            return False
    starts = bool(before) and (before[-1].opens or before[-1].text == ",")
    ends = leaves[-1].text == "," or (bool(behind) and behind[0].closes)
    return depth == 0 and starts and ends
