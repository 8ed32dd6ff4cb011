"""Offsets before and after a set of changes, and two sets of changes as one.

Changes are sorted and disjoint, each on the text before it. An offset inside a replaced piece maps to that piece's
start, in both directions; one at a piece's end maps to its end, so what follows an insertion moves behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.model import Change


def apply_changes(text: str, changes: Iterable[Change]) -> str:
    """Return `text` with the changes made."""
    parts: list[str] = []
    done = 0
    for start, end, replacement in changes:
        parts += (text[done:start], replacement)
        done = end
    parts.append(text[done:])
    return "".join(parts)


def map_offset(changes: Sequence[Change], offset: int) -> int:
    """Return where `offset` of the text before stands after the changes."""
    shift = 0
    for start, end, replacement in changes:
        if offset < start:
            break
        if offset < end:
            return start + shift
        shift += len(replacement) - (end - start)
    return offset + shift


def map_back(changes: Sequence[Change], offset: int) -> int:
    """Return which offset of the text before stands at `offset` after the changes."""
    shift = 0
    for start, end, replacement in changes:
        new_start, new_end = start + shift, start + shift + len(replacement)
        if offset < new_start:
            break
        if offset < new_end:
            return start
        shift = new_end - end
    return offset - shift


def map_span(changes: Sequence[Change], span: Span) -> Span:
    """Map a span forward: text that was inserted at one of its edges stays outside of it."""
    start = map_offset(changes, span.start)
    if span.start == span.end:
        return Span(start, start)
    shift = 0
    for change in changes:
        inserted_at_end = change.start == change.end == span.end
        if change.end > span.end or inserted_at_end:
            end = change.start + shift if change.start < span.end else span.end + shift
            return Span(start, end)
        shift += len(change.text) - (change.end - change.start)
    return Span(start, span.end + shift)


def new_spans(changes: Iterable[Change]) -> list[Span]:
    """Return where the changes' texts are after them."""
    spans: list[Span] = []
    shift = 0
    for change in changes:
        spans.append(Span(change.start + shift, change.start + shift + len(change.text)))
        shift += len(change.text) - (change.end - change.start)
    return spans


def narrowed(text: str, change: Change) -> Change:
    """Return `change` without what it has in common with the text at its start and end."""
    start, end, replacement = change
    old = text[start:end]
    limit = min(len(old), len(replacement))
    head = 0
    while head < limit and old[head] == replacement[head]:
        head += 1
    tail = 0
    while tail < limit - head and old[-1 - tail] == replacement[-1 - tail]:
        tail += 1
    return Change(start + head, end - tail, replacement[head : len(replacement) - tail])


class _Kept(NamedTuple):
    """A piece of the first text."""

    start: int
    end: int


_Piece = _Kept | str


def compose(length: int, first: Sequence[Change], second: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes on a text of `length` that do what `first` and then `second` do."""
    if not first or not second:
        return tuple(first or second)
    return _collapse(length, _replace(_pieces(length, first), second))


def _pieces(length: int, changes: Sequence[Change]) -> list[_Piece]:
    pieces: list[_Piece] = []
    done = 0
    for start, end, replacement in changes:
        pieces += (_Kept(done, start), replacement)
        done = end
    return [*pieces, _Kept(done, length)]


def _replace(pieces: Sequence[_Piece], changes: Sequence[Change]) -> list[_Piece]:
    """Make changes whose offsets count through the pieces."""
    rest = list(reversed(pieces))
    result: list[_Piece] = []
    position = 0
    for start, end, replacement in changes:
        result += _take(rest, start - position)
        _take(rest, end - start)
        result.append(replacement)
        position = end
    return result + rest[::-1]


def _take(rest: list[_Piece], count: int) -> list[_Piece]:
    """Remove pieces of `count` characters from the end of `rest`, which is in reverse order."""
    taken: list[_Piece] = []
    while count > 0:
        piece = rest.pop()
        size = len(piece) if isinstance(piece, str) else piece.end - piece.start
        if size > count:
            cut, remainder = _cut(piece, count)
            rest.append(remainder)
            piece, size = cut, count
        taken.append(piece)
        count -= size
    return taken


def _cut(piece: _Piece, at: int) -> tuple[_Piece, _Piece]:
    if isinstance(piece, str):
        return piece[:at], piece[at:]
    return _Kept(piece.start, piece.start + at), _Kept(piece.start + at, piece.end)


def _collapse(length: int, pieces: Iterable[_Piece]) -> tuple[Change, ...]:
    """Turn pieces back into changes: what stands between two kept pieces replaces what is missing between them."""
    changes: list[Change] = []
    done, text = 0, ""
    for piece in (*pieces, _Kept(length, length)):
        if isinstance(piece, str):
            text += piece
        elif piece.end > piece.start or piece.start == length:
            if piece.start > done or text:
                changes.append(Change(done, piece.start, text))
            done, text = piece.end, ""
    return tuple(changes)
