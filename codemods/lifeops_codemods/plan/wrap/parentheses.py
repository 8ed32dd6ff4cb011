"""The brackets that a formatter adds where a statement needs them, and takes away where it does not."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.wrap.leaves import Leaf, UnreadableError

_ASSIGNMENTS = ("=", "+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//=")


def with_optional(leaves: Sequence[Leaf], node: ast.AST, document: Document, nodes: Iterable[ast.AST]) -> list[Leaf]:
    """Return a statement's leaves with brackets without text around what may be put into brackets.

    Brackets that are there for no other reason lose their text. Raises UnreadableError where a statement has kinds of
    brackets that are not known.
    """
    return _with_pairs(leaves, [*_children(leaves, node), *_ternaries(leaves, document, nodes)])


def with_ternaries(leaves: Sequence[Leaf], document: Document, nodes: Iterable[ast.AST]) -> list[Leaf]:
    """The same for one item between brackets."""
    return _with_pairs(leaves, list(_ternaries(leaves, document, nodes)))


def _children(leaves: Sequence[Leaf], node: ast.AST) -> Iterator[tuple[int, int]]:
    """Yield the ranges of leaves that may be put into brackets."""
    colon = len(leaves) - 1
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
    for start, end in zip(signs, [*signs[1:], len(leaves)], strict=True):
        yield start + 1, end


def _outside(leaves: Sequence[Leaf]) -> Iterator[int]:
    """Yield the indexes of the leaves that no bracket holds."""
    depth = 0
    for index, leaf in enumerate(leaves):
        depth -= leaf.closes
        if depth == 0 and not leaf.opens and not leaf.closes:
            yield index
        depth += leaf.opens


def _ternaries(leaves: Sequence[Leaf], document: Document, nodes: Iterable[ast.AST]) -> Iterator[tuple[int, int]]:
    starts = {leaf.start: index for index, leaf in enumerate(leaves)}
    ends = {leaf.end: index for index, leaf in enumerate(leaves)}
    for node in nodes:
        if isinstance(node, ast.IfExp):
            first, last = starts.get(document.start(node)), ends.get(document.end(node))
            if first is not None and last is not None and first and leaves[first - 1].text != "(":
                yield first, last + 1


def _with_pairs(leaves: Sequence[Leaf], ranges: Sequence[tuple[int, int]]) -> list[Leaf]:
    hidden: dict[int, Leaf] = {}
    opened: dict[int, list[Leaf]] = {}
    closed: dict[int, list[Leaf]] = {}
    taken: set[tuple[int, int]] = set()
    for first, end in ranges:
        if first >= end or (first, end) in taken:
            continue
        taken |= {(first, end), (first + 1, end - 1)}
        whole = leaves[end - 1].opening is leaves[first]
        if whole and leaves[first].text == "(":
            if not _is_redundant(leaves[first + 1 : end - 1]):
                continue
            hidden[first] = opening = replace(leaves[first], text="", is_trailer=False)
            hidden[end - 1] = replace(leaves[end - 1], text="", prefix="", opening=opening, is_trailer=False)
        else:
            opening = Leaf("", leaves[first].prefix, opens=True)
            opened.setdefault(first, []).append(opening)
            closed.setdefault(end - 1, []).insert(0, Leaf("", "", opening=opening))
    return list(_woven(leaves, hidden, opened, closed))


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
