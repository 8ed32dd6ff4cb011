"""Lines broken as black breaks them: at the last brackets that help, between items, before operators and calls.

The order of what is tried, and what counts as better, is that of black's stable style, which ruff's formatter shares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from lifeops_codemods.plan.wrap.leaves import COMMA, DOT, Leaf, visible
from lifeops_codemods.plan.wrap.line import Line, columns, is_magic
from lifeops_codemods.plan.wrap.omission import can_omit_brackets

_Omitted = frozenset[int]


class CannotSplitError(Exception):
    """A way to break a line that leads nowhere."""


class Halves(NamedTuple):
    """A line broken at a pair of brackets."""

    head: Line
    body: Line
    tail: Line
    opening: Leaf
    closing: Leaf


def lay_out(line: Line, *, forced: bool = False) -> list[Line]:
    """Return the lines that a formatter makes of one. forced: brackets without text are written where they help."""
    if not line.must_split and not line.has_magic_comma and line.fits:
        return [line]
    for split in _ways(line):
        try:
            return _tried(line, split, forced=forced)
        except CannotSplitError:
            continue
    return [line]


_Split = Callable[[Line, bool], list[Line]]


def _ways(line: Line) -> tuple[_Split, ...]:
    if line.is_definition and not _returns_exploded(line):
        return (_at_first_brackets,)
    return (_between_items, _at_last_brackets) if line.inside else (_at_last_brackets,)


def _tried(line: Line, split: _Split, *, forced: bool) -> list[Line]:
    whole = str(line)
    result: list[Line] = []
    parts = split(line, forced)
    for part in parts:
        if str(part) == whole:
            raise CannotSplitError
        result += lay_out(part, forced=forced)
        if (
            split is _at_last_brackets
            and part is parts[0]
            and len(result) > 1
            and (joined := _rejoined(line, result[-1], parts))
        ):
            result[-1] = joined
            break
    if forced or split is not _at_last_brackets or not line.optional:
        return result
    judged = result[:1] if line.form.formatter == "black" else result
    if _wrote_brackets(line, result) or all(one.fits for one in judged):
        return result
    second = _tried(line, split, forced=True)
    return second if all(one.fits for one in second) else result


def _rejoined(line: Line, head: Line, parts: Sequence[Line]) -> Line | None:
    """Return the last line of a head that was itself broken, with the body and the tail where ruff keeps them whole.

    ruff goes from left to right: brackets stay whole where there is room behind what was broken before them.
    """
    if line.form.formatter != "ruff" or len(parts) != 3 or not any(leaf is parts[0].leaves[-1] for leaf in line.leaves):
        return None
    _, body, tail = parts
    joined = head.of([*head.leaves, *body.leaves, *tail.leaves])
    keeps_lines = body.must_split or body.has_magic_comma or any(leaf.comment for leaf in joined.leaves[:-1])
    return joined if joined.fits and not keeps_lines else None


def _wrote_brackets(line: Line, result: Sequence[Line]) -> bool:
    """Tell whether one of the line's outer optional brackets has got its text."""
    left = {id(leaf) for one in result for leaf in one.leaves}
    return any(depth == 0 and id(leaf) not in left for leaf, depth in line.optional)


def _returns_exploded(line: Line) -> bool:
    """Tell whether a comma asks to break the brackets of what a function returns."""
    arrow = next((i for i, leaf in enumerate(line.leaves) if leaf.text == "->"), None)
    if arrow is None:
        return False
    return Line(line.leaves[arrow + 1 :], line.indent, line.form, inside=True).has_magic_comma


def _at_first_brackets(line: Line, _: bool) -> list[Line]:
    """Break a definition at its parameters."""
    for kind in ("(", "["):
        if halves := _first_halves(line, kind):
            return [part for part in (halves.head, halves.body, halves.tail) if part.leaves]
    raise CannotSplitError


def _first_halves(line: Line, kind: str) -> Halves | None:
    types = 0
    for index, leaf in enumerate(line.leaves):
        if kind == "(" and leaf.text == "[" and (types or index == 2):
            types += 1
        elif types and leaf.text == "]":
            types -= 1
        elif leaf.opens and not types and leaf.text in (kind, "" if kind == "(" else kind):
            closing = next((i for i, other in enumerate(line.leaves) if other.opening is leaf), index)
            inner = line.leaves[index + 1 : closing]
            if inner and (leaf.text or line.form.formatter == "black" or not any(other.opens for other in inner)):
                return _shown(_halves(line, index, closing))
    return None


def _between_items(line: Line, _: bool) -> list[Line]:
    """Break a line at all of its delimiters of the highest priority."""
    last = len(line.leaves) - 1
    inner = [priority for index, priority in line.delimiters.items() if index != last]
    if not inner:
        raise CannotSplitError
    priority = max(inner)
    if priority == DOT and inner.count(DOT) == 1:
        raise CannotSplitError
    parts: list[list[Leaf]] = [[]]
    for index, leaf in enumerate(line.leaves):
        parts[-1].append(leaf)
        if line.delimiters.get(index) == priority:
            parts.append([])
    if parts[-1] and priority == COMMA:
        parts[-1].append(Leaf(",", ""))
    return [Line(part, line.indent, line.form, inside=line.inside) for part in parts if part]


def _at_last_brackets(line: Line, forced: bool) -> list[Line]:
    """Break a line at the last brackets whose break lets the line's start fit."""
    first: list[Line] | None = None
    starts: dict[int, int] = {}
    length = columns(line.indent)
    for _, leaf, size in line.lengths():
        starts[id(leaf)] = length
        length += size
    for omitted in _trailers_to_omit(line):
        target = next((leaf for leaf in reversed(line.leaves) if leaf.closes and id(leaf) not in omitted), None)
        opening = target.opening if target else None
        if omitted and opening and opening.text and starts.get(id(opening), 0) > line.form.limit:
            continue
        parts = _right(line, omitted, forced=forced)
        first = parts if first is None and not omitted else first
        if parts[0].fits:
            return parts
    return first if first is not None else _right(line, frozenset(), forced=forced)


def _right(line: Line, omitted: _Omitted, *, forced: bool) -> list[Line]:
    return _without_optional(_last_halves(line, omitted), line, omitted, forced=forced)


def _last_halves(line: Line, omitted: _Omitted) -> Halves:
    """Break a line at its last brackets that are not omitted. Raises CannotSplitError."""
    for index in range(len(line.leaves) - 1, -1, -1):
        leaf = line.leaves[index]
        if leaf.closes and id(leaf) not in omitted:
            start = next((i for i, other in enumerate(line.leaves) if other is leaf.opening), None)
            if start is None:
                raise CannotSplitError
            if start + 1 == index:
                continue
            return _halves(line, start, index)
    raise CannotSplitError


def _halves(line: Line, start: int, end: int) -> Halves:
    leaves = line.leaves
    opening, closing = leaves[start], leaves[end]
    inner = [*leaves[start + 1 : end]]
    if line.is_definition and opening.text == "(" and not _has_comma(inner) and not _is_returned(leaves, start):
        inner.append(Leaf(",", ""))
    head = Line(leaves[: start + 1], line.indent, line.form, inside=False, tracked="matching")
    body = Line(inner, line.indent + line.form.unit, line.form, inside=True)
    tail = Line(leaves[end:], line.indent, line.form, inside=False, tracked="none")
    body.must_split = _explodes(body, opening)
    return Halves(head, body, tail, opening, closing)


def _has_comma(leaves: Sequence[Leaf]) -> bool:
    depth = 0
    for leaf in leaves:
        depth += leaf.opens - leaf.closes
        if leaf.text == "," and depth == 0:
            return True
    return False


def _is_returned(leaves: Sequence[Leaf], index: int) -> bool:
    return any(leaf.text == "->" for leaf in leaves[:index])


def _explodes(body: Line, opening: Leaf) -> bool:
    """Tell whether what stood between brackets gets an item a line at once."""
    last = len(body.leaves) - 1
    priorities = [priority for index, priority in body.delimiters.items() if index != last or priority != COMMA]
    comma = bool(body.leaves) and body.leaves[-1].text == ","
    return max(priorities, default=0) == COMMA and (comma or not opening.is_trailer)


def _without_optional(halves: Halves, line: Line, omitted: _Omitted, *, forced: bool) -> list[Line]:
    """Return the parts of a break, or those of the break before where these brackets are better left unwritten."""
    if not forced and not halves.opening.text and can_omit_brackets(halves.head, halves.body):
        omitted |= {id(halves.closing)}
        try:
            other = _last_halves(line, omitted)
            if _is_better(other, halves):
                return _without_optional(other, line, omitted, forced=forced)
        except CannotSplitError:
            chained = sum(leaf.text == "=" for leaf in _outer(line)) > 1
            if not chained and not _may_split(halves.body) and not halves.body.fits:
                raise
    shown = _shown(halves)
    return [part for part in (shown.head, shown.body, shown.tail) if part.leaves]


def _outer(line: Line) -> Iterator[Leaf]:
    depth = 0
    for leaf in line.leaves:
        depth += leaf.opens - leaf.closes
        if depth == 0:
            yield leaf


def _is_better(other: Halves, halves: Halves) -> bool:
    """Tell whether a break without the optional brackets right of `=` is better than with them."""
    head = halves.head.leaves
    if len(head) < 2 or head[-2].text != "=" or not any(leaf.opens or leaf.closes for leaf in head[:-1]):
        return True
    if halves.head.columns >= halves.head.form.limit or halves.head.has_magic_comma:
        return True
    equals, others = (sum(leaf.text == "=" for leaf in part.head.leaves) for part in (halves, other))
    if equals > 1 and equals > others:
        return False
    for leaf in reversed(other.head.leaves):
        if leaf.text == "=":
            break
        if leaf.closes:
            return True
    return others > 0 and other.head.fits


def _may_split(line: Line) -> bool:
    """Tell whether there is any hope to break a line."""
    leaves = line.leaves
    if len(leaves) < 2:
        return False
    if line.form.formatter == "ruff" and not line.delimiters and not any(leaf.opens for leaf in leaves):
        return False
    if leaves[0].text[-1:] not in ("'", '"') or leaves[1].text != ".":
        return True
    return _is_chain_of_calls(leaves)


def _is_chain_of_calls(leaves: Sequence[Leaf]) -> bool:
    calls, dots = 0, 0
    for index in range(len(leaves) - 2, -1, -1):
        leaf, behind = leaves[index], leaves[index + 1]
        if leaf.opens:
            if not leaves[-1].closes:
                return False
            calls += 1
        elif leaf.text == ".":
            dots += 1
        elif leaf.text.isidentifier() and not (behind.text == "." or behind.opens):
            return False
        if dots > 1 and calls > 1:
            return False
    return True


def _shown(halves: Halves) -> Halves:
    """Write the brackets of a break."""
    if halves.opening.text:
        return halves
    opening, closing = visible(halves.opening, halves.closing)
    head = halves.head.of([*halves.head.leaves[:-1], opening])
    tail = halves.tail.of([closing, *halves.tail.leaves[1:]])
    return Halves(head, halves.body, tail, opening, closing)


def _trailers_to_omit(line: Line) -> Iterator[_Omitted]:
    """Yield growing sets of closing brackets that a break leaves whole, as long as what follows fits on a line."""
    omitted: set[int] = set()
    if not line.has_magic_comma:
        yield frozenset()
    length = columns(line.indent)
    opening: Leaf | None = None
    closing: Leaf | None = None
    inner: set[int] = set()
    for index, leaf, size in reversed(line.lengths()):
        length += size
        previous = line.leaves[index - 1] if index else None
        if length > line.form.limit or (leaf.comment and line.form.formatter == "black"):
            return
        if opening is not None:
            if leaf is opening:
                opening = None
            elif leaf.closes:
                if _has_magic_comma(line, index):
                    return
                inner.add(id(leaf))
        elif leaf.closes:
            if previous is not None and previous.opens:
                inner.add(id(leaf))
                continue
            if closing is not None:
                omitted |= {id(closing), *inner}
                inner.clear()
                yield frozenset(omitted)
            if _has_magic_comma(line, index):
                return
            if leaf.text:
                opening, closing = leaf.opening, leaf


def _has_magic_comma(line: Line, index: int) -> bool:
    closing = line.leaves[index]
    is_comma = index > 0 and line.leaves[index - 1].text == ","
    return is_comma and (closing.text != ")" or is_magic(line.leaves, index))
