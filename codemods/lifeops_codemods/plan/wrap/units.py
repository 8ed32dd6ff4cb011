"""What is laid out at a time: a statement's header, or one item that has lines of its own within its brackets."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.document import NEWLINE, Document, first_offset
from lifeops_codemods.plan.regions import inner_blocks
from lifeops_codemods.plan.style import Formatter
from lifeops_codemods.plan.wrap.leaves import Leaf, UnreadableError, copied, read_leaves
from lifeops_codemods.plan.wrap.line import Format, Line, is_magic
from lifeops_codemods.plan.wrap.parentheses import of_statement, with_optional, within_items
from lifeops_codemods.plan.wrap.priorities import mark
from lifeops_codemods.plan.wrap.splits import lay_out

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases", "decorator_list")


@dataclass(frozen=True, slots=True)
class Unit:
    """Leaves that own their lines. statement: what they are of. nodes: those of it that brackets may be put around."""

    document: Document
    statement: ast.stmt
    nodes: tuple[ast.AST, ...]
    leaves: tuple[Leaf, ...]
    is_whole: bool

    @property
    def span(self) -> Span:
        """From the first leaf to the end of the last one's line."""
        return Span(self.leaves[0].start, self.document.line_end(self.leaves[-1].end))

    @property
    def text(self) -> str:
        return self.document.text[self.span.start : self.span.end]

    def laid_out(self, limit: int, formatter: Formatter = "black") -> str:
        """Return the unit as a formatter writes it. Raises UnreadableError where that is not known."""
        leaves = copied(self.leaves)
        if any(leaf.keeps_lines for leaf in leaves[1:]) or NEWLINE.search(leaves[0].text):
            raise UnreadableError("there is something within that keeps its lines")
        indent = self.document.indent_at(leaves[0].start)
        if indent is None:
            raise UnreadableError("it shares its first line")
        within = within_items(leaves, self.document, self.nodes, formatter)
        ranges = [*of_statement(leaves, self.statement), *within] if self.is_whole else within
        if formatter == "ruff" and any(leaves[first].text == "lambda" for first, end in ranges if first < end):
            raise UnreadableError("how a lambda is broken depends on the version of ruff")
        form = Format(limit, self.document.indent_unit, formatter)
        line = Line(with_optional(leaves, ranges), indent, form, inside=not self.is_whole and leaves[0].text != "@")
        lines = lay_out(line)
        if any(leaf.comment for one in lines for leaf in one.leaves[:-1]):
            raise UnreadableError("a comment would stand behind other code")
        return self.document.newline.join(map(str, lines))[len(indent) :]


def units_at(document: Document, line: int) -> list[Unit]:
    """Return the units that a line is in, the widest first. Raises UnreadableError."""
    statement = _statement_at(document, line)
    if statement is None or isinstance(statement, ast.Import | ast.ImportFrom):
        return []
    whole = _read(document, statement, _decorator_at(statement, line))
    if line > whole.leaves[-1].line:
        raise UnreadableError("the line is between the statement and its block")
    return [whole, *(replace(whole, leaves=item, is_whole=False) for item in _items(whole.leaves, line))]


@lru_cache(maxsize=4)
def _read(document: Document, statement: ast.stmt, decorator: ast.expr | None) -> Unit:
    """Return a decorator or a statement's header; kept, as a long one may have many lines that are asked for."""
    nodes = tuple(_walk(decorator) if decorator is not None else _header_nodes(statement))
    leaves = read_leaves(document, _header(document, statement, decorator))
    mark(document, leaves, nodes)
    rest = document.text[leaves[-1].end : document.line_end(leaves[-1].end)].strip()
    if rest.startswith("#"):
        leaves[-1].comment = f"  {rest}"
    elif rest == "..." and leaves[-1].text == ":":
        leaves.append(Leaf("...", " ", document.text.index("...", leaves[-1].end), line=leaves[-1].line))
    elif rest:
        raise UnreadableError("it shares its last line")
    bracketed = tuple(node for node in nodes if isinstance(node, ast.IfExp | ast.arg))
    return Unit(document, statement, bracketed, tuple(leaves), is_whole=decorator is None)


def _statement_at(document: Document, line: int) -> ast.stmt | None:
    """Return the innermost statement whose lines hold a line."""
    found: ast.stmt | None = None
    blocks: Sequence[list[ast.stmt]] = [document.tree.body]
    while True:
        inner = next((node for block in blocks for node in block if _holds(document, node, line)), None)
        if inner is None or document.indent_at(first_offset(document, inner)) is None:
            return found
        found = inner
        blocks = list(inner_blocks(inner))


def _holds(document: Document, node: ast.stmt, line: int) -> bool:
    last = (node.end_lineno or 0) - 1
    return line <= last and document.line_at(first_offset(document, node)) <= line


def _decorator_at(statement: ast.stmt, line: int) -> ast.expr | None:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return next((node for node in decorators if node.lineno - 1 <= line <= (node.end_lineno or 0) - 1), None)


def _header(document: Document, statement: ast.stmt, decorator: ast.expr | None) -> Span:
    """Return where a decorator is, or what a statement has before the blocks that it holds."""
    if decorator is not None:
        return Span(document.text.rindex("@", 0, document.start(decorator)), document.end(decorator))
    span = document.span(statement)
    blocks = list(inner_blocks(statement))
    if not blocks:
        return span
    first = first_offset(document, min(blocks, key=lambda block: block[0].lineno)[0])
    return Span(span.start, _colon(document, Span(span.start, first)) + 1)


def _header_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield a statement and what is in it, without the blocks that it holds."""
    yield statement
    holds_blocks = any(inner_blocks(statement))
    for name, value in ast.iter_fields(statement):
        if name not in _BLOCKS or not holds_blocks:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _walk(child)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and what is in it, but for the code in f-strings, which is one token to us."""
    yield node
    if not isinstance(node, ast.JoinedStr) and type(node).__name__ != "TemplateStr":
        for child in ast.iter_child_nodes(node):
            yield from _walk(child)


def _colon(document: Document, span: Span) -> int:
    """Return where the colon is that ends a header."""
    depth = 0
    found = -1
    for leaf in read_leaves(document, span):
        depth += leaf.opens - leaf.closes
        if leaf.text == ":" and leaf.kind == tokenize.OP and depth == 0:
            found = leaf.start
    if found < 0:
        raise UnreadableError("the header's end is not found")
    return found


def _items(leaves: tuple[Leaf, ...], line: int) -> Iterator[tuple[Leaf, ...]]:
    """Yield the items with lines of their own that a line is in, the widest first."""
    for start, end in _all_items(leaves):
        if leaves[start].line <= line <= leaves[end - 1].line:
            yield leaves[start:end]


@lru_cache(maxsize=4)
def _all_items(leaves: tuple[Leaf, ...]) -> list[tuple[int, int]]:
    """Return the items of all brackets with an item a line, in their order."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for index, leaf in enumerate(leaves):
        if leaf.opens:
            opened.append(index)
        elif leaf.closes:
            opening = opened.pop()
            if leaves[opening].line < leaf.line and _has_item_a_line(leaves, opening, index):
                found += _pieces(leaves, opening, index)
    return sorted(found, key=lambda item: (item[0], -item[1]))


def _pieces(leaves: Sequence[Leaf], opening: int, closing: int) -> list[tuple[int, int]]:
    """Return the items between brackets, each with its comma."""
    found: list[tuple[int, int]] = []
    depth, start = 0, opening + 1
    for index in range(opening + 1, closing):
        leaf = leaves[index]
        depth += leaf.opens - leaf.closes
        if depth == 0 and leaf.text == "," and leaf.is_delimiter:
            found.append((start, index + 1))
            start = index + 1
    return [*found, (start, closing)] if start < closing else found


def _has_item_a_line(leaves: Sequence[Leaf], opening: int, closing: int) -> bool:
    """Tell whether each item between brackets starts a line, and a comma asks for that."""
    if leaves[closing - 1].text != "," or not is_magic(leaves, closing):
        return False
    starts = [first for first, _ in _pieces(leaves, opening, closing)]
    return all(leaves[index].line > leaves[index - 1].line for index in (*starts, closing))
