"""Where a formatter would break a line, from the tree: operators, comprehensions, chains of calls, strings in a row."""

from __future__ import annotations

import ast
import tokenize
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.wrap.leaves import COMPARATOR, COMPREHENSION, DOT, LOGIC, STRING, TERNARY, Leaf

_OPERATORS: dict[type[ast.operator], int] = {
    ast.BitOr: 9,
    ast.BitXor: 8,
    ast.BitAnd: 7,
    ast.LShift: 6,
    ast.RShift: 6,
    ast.Add: 5,
    ast.Sub: 5,
    ast.Mult: 4,
    ast.Div: 4,
    ast.FloorDiv: 4,
    ast.Mod: 4,
    ast.MatMult: 4,
    ast.Pow: 2,
}


def mark(document: Document, leaves: Sequence[Leaf], nodes: Iterable[ast.AST]) -> None:
    """Write to the leaves how readily a line breaks before each; `nodes` are those that the leaves belong to."""
    marker = _Marker(document, leaves)
    for node in nodes:
        marker.mark(node)
    for previous, leaf in pairwise(leaves):
        if leaf.text == "." and previous.closes:
            leaf.before = DOT
        elif leaf.kind == previous.kind == tokenize.STRING:
            leaf.before = STRING


class _Marker:
    def __init__(self, document: Document, leaves: Sequence[Leaf]) -> None:
        self._document = document
        self._leaves = leaves
        self._starts = [leaf.start for leaf in leaves]

    def mark(self, node: ast.AST) -> None:
        match node:
            case ast.BinOp(left=left, op=op):
                self._behind(left, _OPERATORS[type(op)])
            case ast.BoolOp(values=values):
                for value in values[:-1]:
                    self._behind(value, LOGIC)
            case ast.Compare(left=left, comparators=[*others, _]):
                for operand in (left, *others):
                    self._behind(operand, COMPARATOR)
            case ast.IfExp(body=body, test=test):
                self._behind(body, TERNARY)
                self._behind(test, TERNARY)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                for generator in node.generators:
                    self._clause(generator)
            case ast.Lambda():
                self._parameters(node)

    def _behind(self, node: ast.expr, priority: int) -> None:
        """Mark the operator behind an operand; the operand's own brackets stand between."""
        index = bisect_left(self._starts, self._document.end(node))
        while index < len(self._leaves) and self._leaves[index].text == ")":
            index += 1
        if index < len(self._leaves):
            self._leaves[index].before = priority

    def _clause(self, clause: ast.comprehension) -> None:
        index = self._before(clause.target)
        if clause.is_async:
            index -= 1
        self._leaves[index].before = COMPREHENSION
        self._unmark(clause.target)
        for condition in clause.ifs:
            self._leaves[self._before(condition)].before = COMPREHENSION

    def _before(self, node: ast.expr) -> int:
        """Return the index of the keyword before an expression and its brackets."""
        index = bisect_left(self._starts, self._document.start(node)) - 1
        while self._leaves[index].text == "(":
            index -= 1
        return index

    def _unmark(self, node: ast.expr) -> None:
        start, end = self._document.span(node)
        for leaf in self._leaves[bisect_left(self._starts, start) :]:
            if leaf.start >= end:
                break
            leaf.is_delimiter = False

    def _parameters(self, node: ast.Lambda) -> None:
        start, end = self._document.start(node), self._document.start(node.body)
        for leaf in self._leaves[bisect_left(self._starts, start) :]:
            if leaf.start >= end:
                break
            leaf.is_delimiter = False
