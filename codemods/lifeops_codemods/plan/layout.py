"""Edited lines that became too long, broken as a formatter would break them.

A chain of calls gets a call a line; else the last bracket's content moves to a line of its own, or where that is too
long too, to a line an item. The meaning never changes: both versions parse to the same tree, or nothing is broken.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.comments import is_pragma
from lifeops_codemods.plan.document import NEWLINE, Document, parse
from lifeops_codemods.plan.mapping import apply_changes, map_span
from lifeops_codemods.plan.model import Change

_MOST_BREAKS = 60
_TAB_WIDTH = 4


class Width(NamedTuple):
    """How long a line may be, and what the file indents by."""

    limit: int
    unit: str


class _Pair(NamedTuple):
    """Brackets that open and close on one line, and how many items are between them."""

    opening: int
    closing: int
    items: int
    is_definition: bool


def fitted(text: str, touched: Sequence[Span], width: Width) -> str:
    """Return `text` with the lines that hold a touched span broken where they are too long.

    Raises SyntaxError where `text` does not parse.
    """
    result, spans = text, list(touched)
    unbreakable: set[str] = set()
    for _ in range(_MOST_BREAKS):
        document = Document(result)
        line = next((line for line in _lines(document, spans) if _too_long(document, line, width, unbreakable)), None)
        if line is None:
            break
        changes = _broken(document, line, width)
        if not changes:
            unbreakable.add(document.line(line))
            continue
        spans = [map_span(changes, span) for span in spans]
        start = map_span(changes, Span(changes[0].start, changes[-1].end)).start
        result = apply_changes(result, changes)
        grown = sum(len(change.text) - (change.end - change.start) for change in changes)
        first = min(start, changes[0].start)
        spans.append(Span(first, changes[-1].end + grown))
    return result if result is text or ast.dump(parse(result)) == ast.dump(parse(text)) else text


def _lines(document: Document, spans: Iterable[Span]) -> Iterator[int]:
    seen: set[int] = set()
    for span in sorted(spans):
        for line in range(document.line_at(span.start), document.line_at(span.end) + 1):
            if line not in seen:
                seen.add(line)
                yield line


def _too_long(document: Document, line: int, width: Width, unbreakable: set[str]) -> bool:
    text = document.line(line)
    return _length(text) > width.limit and text not in unbreakable


def _length(line: str) -> int:
    """Return how long a line counts; a comment that speaks to a tool does not count, as in ruff."""
    code, mark, comment = line.rpartition("  #")
    if mark and is_pragma("#" + comment):
        return _length(code)
    return len(line.expandtabs(_TAB_WIDTH))


def _broken(document: Document, line: int, width: Width) -> list[Change]:
    """Return the changes that break one line once, or none where it cannot be."""
    start, text = document.line_starts[line], document.line(line)
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    on_line = Span(start, start + len(text))
    nodes = [node for node in ast.walk(document.tree) if _crosses(node, line + 1)]
    return (
        _items_of_line(document, nodes, on_line, indent, width)
        or _chain_in_brackets(document, nodes, on_line, indent)
        or _chain_of_statement(document, nodes, on_line, indent, width)
        or _brackets(document, nodes, on_line, indent, width)
    )


def _crosses(node: ast.AST, line: int) -> bool:
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    return first is not None and last is not None and first <= line <= last


def _chain_in_brackets(document: Document, nodes: Sequence[ast.AST], line: Span, indent: str) -> list[Change]:
    """Break a chain that has a line within brackets for itself."""
    text = document.text[line.start : line.end]
    whole = Span(line.start + len(indent), line.start + len(text.rstrip().removesuffix(",")))
    chain = next((node for node in nodes if isinstance(node, ast.Call) and document.span(node) == whole), None)
    starts = {document.start(node) for node in nodes if isinstance(node, ast.stmt)}
    if chain is None or whole.start in starts:
        return []
    return _before_dots(document, chain, document.newline + indent)


def _chain_of_statement(
    document: Document, nodes: Sequence[ast.AST], line: Span, indent: str, width: Width
) -> list[Change]:
    """Put a chain that is assigned or returned into parentheses, a call a line."""
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return) and isinstance(
            node.value, ast.Call
        ):
            statement, value = document.span(node), document.span(node.value)
            inner = document.newline + indent + width.unit
            dots = _before_dots(document, node.value, inner)
            if dots and line.start <= statement.start and statement.end <= line.end and value.end == statement.end:
                opening = Change(value.start, value.start, "(" + inner)
                return [opening, *dots, Change(value.end, value.end, document.newline + indent + ")")]
    return []


def _before_dots(document: Document, chain: ast.expr, gap: str) -> list[Change]:
    """Return the changes that put `gap` before each call of a chain, or none where it has too few calls."""
    dots: list[int] = []
    node = chain
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        inner = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Attribute) and isinstance(inner, ast.Call | ast.Subscript):
            dots.append(document.text.index(".", document.end(inner)))
        node = inner
    return [Change(dot, dot, gap) for dot in reversed(dots)] if len(dots) > 1 else []


def _items_of_line(document: Document, nodes: Sequence[ast.AST], line: Span, indent: str, width: Width) -> list[Change]:
    """Give each item a line where all of a bracket's items are on this one."""
    outer = indent.removesuffix(width.unit)
    for node in nodes:
        for pair in _pairs(document, node):
            before, after = document.text[pair.opening + 1 : line.start], document.text[line.end : pair.closing]
            if pair.items > 1 and before in ("\n", "\r", "\r\n") and not after.strip() and pair.closing > line.end:
                return _split(document, pair, outer, width)
    return []


def _brackets(document: Document, nodes: Sequence[ast.AST], line: Span, indent: str, width: Width) -> list[Change]:
    """Break the brackets that a formatter would break first: a definition's, else the last that make the line fit."""
    pairs = [pair for node in nodes for pair in _pairs(document, node) if line.start <= pair.opening]
    pairs = [pair for pair in pairs if pair.closing < line.end and pair.items]
    outer = [pair for pair in pairs if not any(_inside(pair, other) for other in pairs)]
    last_first = sorted(outer, key=lambda pair: (pair.is_definition, pair.closing), reverse=True)
    if not last_first:
        return []
    helps = (pair for pair in last_first if pair.is_definition or _fits_around(document, pair, line, indent, width))
    return _split(document, next(helps, last_first[0]), indent, width)


def _fits_around(document: Document, pair: _Pair, line: Span, indent: str, width: Width) -> bool:
    """Tell whether what stands before and after the brackets fits on lines of its own."""
    head = document.text[line.start : pair.opening + 1]
    tail = indent + document.text[pair.closing : line.end]
    return max(_length(head), _length(tail)) <= width.limit


def _inside(pair: _Pair, other: _Pair) -> bool:
    return other.opening < pair.opening and pair.closing < other.closing


def _pairs(document: Document, node: ast.AST) -> Iterator[_Pair]:
    match node:
        case ast.Call():
            opening = document.text.find("(", document.end(node.func))
            yield _Pair(opening, document.end(node) - 1, len(node.args) + len(node.keywords), False)
        case ast.List(elts=items) | ast.Set(elts=items) | ast.Tuple(elts=items):
            if document.text[document.start(node)] in "([{":
                yield _Pair(document.start(node), document.end(node) - 1, len(items), False)
        case ast.Dict(keys=keys):
            yield _Pair(document.start(node), document.end(node) - 1, len(keys), False)
        case ast.ListComp() | ast.SetComp() | ast.DictComp():
            yield _Pair(document.start(node), document.end(node) - 1, 1, False)
        case ast.Subscript(value=value, slice=index):
            count = 1
            if isinstance(index, ast.Tuple) and document.text[document.start(index)] != "(":
                count = len(index.elts)
            yield _Pair(document.text.find("[", document.end(value)), document.end(node) - 1, count, False)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _parameters(document, node)


def _parameters(document: Document, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[_Pair]:
    args = node.args
    if node.type_params if hasattr(node, "type_params") else ():
        return
    items = len(args.posonlyargs) + len(args.args) + len(args.kwonlyargs) + bool(args.posonlyargs)
    items += bool(args.vararg or args.kwonlyargs) + bool(args.kwarg)
    opening = document.text.find("(", document.start(node))
    closing = _closing(document, opening)
    if items and closing is not None:
        yield _Pair(opening, closing, items, True)


def _closing(document: Document, opening: int) -> int | None:
    """Return where the bracket at `opening` closes."""
    depth = 0
    for token in _tokens(NEWLINE.sub("\n", document.text[opening:])):
        if token.type == tokenize.OP:
            depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
        if depth == 0:
            row, column = token.start
            return column + (opening if row == 1 else document.line_starts[document.line_at(opening) + row - 1])
    return None


def _split(document: Document, pair: _Pair, indent: str, width: Width) -> list[Change]:
    content = document.text[pair.opening + 1 : pair.closing].strip()
    inner = indent + width.unit
    commas = _commas(content) if pair.items > 1 else [len(content) - 1] * content.endswith(",")
    trailing = bool(commas) and not content[commas[-1] + 1 :].strip()
    if len(commas) - trailing != pair.items - 1:
        return []
    pieces = _pieces(content, commas)
    lone = len(pieces) == 1 and not trailing
    one_line = inner + content + ("," if lone and pair.is_definition else "")
    if lone or (not trailing and _length(one_line) <= width.limit):
        new = one_line
    else:
        new = document.newline.join(f"{inner}{piece}," for piece in pieces)
    return [Change(pair.opening + 1, pair.closing, document.newline + new + document.newline + indent)]


def _commas(content: str) -> list[int]:
    """Return where the commas of one line are that no bracket and no lambda's parameters hold."""
    depth, lambdas = 0, 0
    found: list[int] = []
    for token in _tokens(content):
        if token.string == "lambda":
            lambdas += 1
        elif token.string in ("(", "[", "{"):
            depth += 1
        elif token.string in (")", "]", "}"):
            depth -= 1
        elif token.string == ":" and depth == 0 and lambdas:
            lambdas -= 1
        elif token.string == "," and depth == 0 and not lambdas:
            found.append(token.start[1])
    return found


def _pieces(content: str, commas: Sequence[int]) -> list[str]:
    starts = [0, *(comma + 1 for comma in commas)]
    ends = [*commas, len(content)]
    return [piece for start, end in zip(starts, ends, strict=True) if (piece := content[start:end].strip())]


def _tokens(line: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(line).readline)
    except (tokenize.TokenError, SyntaxError):
        return
