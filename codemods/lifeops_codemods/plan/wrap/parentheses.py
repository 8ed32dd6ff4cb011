"""The brackets that a formatter adds where a statement needs them, and takes away where it does not."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.style import Formatter
from lifeops_codemods.plan.wrap.leaves import Leaf, UnreadableError

_ASSIGNMENTS = ("=", "+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//=")


Range = tuple[int, int]
"""Indexes of leaves, from the first up to but without the second."""


def with_optional(leaves: Sequence[Leaf], ranges: Iterable[Range]) -> list[Leaf]:
    """Return the leaves with brackets without text around `ranges`.

    Brackets that are there for no other reason than line breaks lose their text.
    """
    hidden: dict[int, Leaf] = {}
    opened: dict[int, list[Leaf]] = {}
    closed: dict[int, list[Leaf]] = {}
    taken: set[Range] = set()
    for first, end in ranges:
        if first >= end or (first, end) in taken:
            continue
        taken |= {(first, end), (first + 1, end - 1)}
        if leaves[end - 1].opening is leaves[first] and leaves[first].text == "(":
            if _is_redundant(leaves[first + 1 : end - 1]):
                hidden[first] = opening = replace(leaves[first], text="")
                hidden[end - 1] = replace(leaves[end - 1], text="", prefix="", opening=opening)
        else:
            opening = Leaf("", leaves[first].prefix, opens=True)
            opened.setdefault(first, []).append(opening)
            closed.setdefault(end - 1, []).insert(0, Leaf("", "", opening=opening))
    return list(_woven(leaves, hidden, opened, closed))


def of_statement(leaves: Sequence[Leaf], node: ast.AST) -> Iterator[Range]:
    """Yield what of a statement may be put into brackets. Raises UnreadableError where that is not known."""
    colon = max((index for index in _outside(leaves) if leaves[index].text == ":"), default=len(leaves))
    match node:
        case ast.Return() | ast.Delete():
            yield 1, len(leaves)
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            yield from _assigned(leaves, node)
        case ast.Assert():
            comma = next((i for i in _outside(leaves) if leaves[i].text == "," and i), len(leaves))
            yield 1, comma
            yield comma + 1, len(leaves)
        case ast.If() | ast.While():
            yield 1, colon
        case ast.For() | ast.AsyncFor():
            start = 1 + isinstance(node, ast.AsyncFor)
            within = next(i for i in _outside(leaves) if leaves[i].text == "in")
            yield start, within
            yield within + 1, colon
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            for index in _outside(leaves):
                if leaves[index].text == "->":
                    yield index + 1, colon
        case ast.Expr(value=ast.BinOp()):
            yield 0, len(leaves)
        case ast.With() | ast.AsyncWith() if len(node.items) > 1:
            raise UnreadableError("which brackets a with statement may have depends on the version of Python")
        case ast.Match() | ast.Try() | ast.ExceptHandler() | ast.match_case():
            raise UnreadableError("this kind of statement has brackets of its own")


def _assigned(leaves: Sequence[Leaf], node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[tuple[int, int]]:
    signs = [index for index in _outside(leaves) if leaves[index].text in _ASSIGNMENTS]
    if isinstance(node, ast.Assign) and any(leaves[index].text == "," for index in _outside(leaves[: signs[0]])):
        yield 0, signs[0]
    for start, end in zip(signs, [*signs, len(leaves)][1:], strict=True):
        yield start + 1, end


def _outside(leaves: Sequence[Leaf]) -> Iterator[int]:
    """Yield the indexes of the leaves that no bracket holds."""
    depth = 0
    for index, leaf in enumerate(leaves):
        depth -= leaf.closes
        if depth == 0 and not leaf.opens and not leaf.closes:
            yield index
        depth += leaf.opens


def within_items(
    leaves: Sequence[Leaf], document: Document, nodes: Iterable[ast.AST], formatter: Formatter
) -> list[Range]:
    """Return what may be put into brackets within other brackets: annotations, and for black conditions."""
    starts = {leaf.start: index for index, leaf in enumerate(leaves)}
    ends = {leaf.end: index for index, leaf in enumerate(leaves)}
    found: list[Range] = []
    for node in nodes:
        match node:
            case ast.arg(annotation=ast.expr() as value) if formatter == "black" or isinstance(value, ast.BinOp):
                pass
            case ast.IfExp() as value if formatter == "black":
                pass
            case _:
                continue
        first, last = starts.get(document.start(value)), ends.get(document.end(value))
        if first is not None and last is not None and not _is_alone(leaves, first, last):
            found.append((first, last + 1))
    return found


def _is_alone(leaves: Sequence[Leaf], first: int, last: int) -> bool:
    """Tell whether what is from `first` to `last` has round brackets to itself."""
    if first == 0 or last + 1 == len(leaves):
        return False
    return leaves[first - 1].text == "(" and leaves[last + 1].opening is leaves[first - 1]


def _woven(
    leaves: Sequence[Leaf],
    hidden: dict[int, Leaf],
    opened: dict[int, list[Leaf]],
    closed: dict[int, list[Leaf]],
) -> Iterator[Leaf]:
    for index, original in enumerate(leaves):
        leaf = hidden.get(index, original)
        if index in opened:
            yield from opened[index]
            leaf.prefix = ""
        if index in closed and leaf.comment:
            single = any(leaf.opening is None and pair.opening in opened.get(index, ()) for pair in closed[index])
            if not single:
                closed[index][-1].comment, leaf.comment = leaf.comment, ""
        yield leaf
        yield from closed.get(index, ())


def _is_redundant(inner: Sequence[Leaf]) -> bool:
    """Tell whether brackets around these leaves only hold line breaks."""
    if not inner or (inner[0].text == "(" and inner[-1].opening is inner[0]):
        return False
    return not any(inner[index].text in (",", ":=", "yield", "for") for index in _outside(inner))
