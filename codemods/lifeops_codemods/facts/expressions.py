"""Expressions as plain nested tuples `(kind, start, end, …)`.

    ("name", s, e, id)           ("attribute", s, e, value, name)     ("call", s, e, function, arguments, keywords)
    ("string", s, e, value)      ("constant", s, e, value)            ("subscript", s, e, value, index)
    ("starred", s, e, value)     ("lambda", s, e, body)               ("list" | "tuple" | "set", s, e, items)
    ("dict", s, e, keys, values)   ("operator", s, e, symbol, operands)   ("?", s, e)

`keywords` are `(name | None, expression)`. What no rule reasons about is `?`; a rule that meets it says so.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lifeops_codemods.facts.model import Expression, Parts

Locate = Callable[[int, int], int]
_SYMBOLS: dict[type[ast.operator], str] = {
    ast.BitOr: "|",
    ast.Add: "+",
    ast.Mod: "%",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.BitAnd: "&",
}


def encode(node: ast.expr, at: Locate, depth: int = 12) -> Expression:
    """`node` as a nested tuple; `at` turns a line and a column into an offset."""
    start, end = at(node.lineno, node.col_offset), at(node.end_lineno or node.lineno, node.end_col_offset or 0)
    kind = type(node)
    if kind is ast.Name:  # the two commonest kinds, before anything is looked up
        return ("name", start, end, node.id)  # type: ignore[attr-defined]
    if kind is ast.Attribute and depth:
        return ("attribute", start, end, encode(node.value, at, depth - 1), node.attr)  # type: ignore[attr-defined]
    encoder = _ENCODERS.get(kind)
    if encoder is None or not depth:
        return ("?", start, end)
    return encoder(node, start, end, at, depth - 1)


def _constant(node: ast.Constant, start: int, end: int, at: Locate, depth: int) -> Expression:
    value = node.value
    if isinstance(value, str):
        return ("string", start, end, value)
    return ("constant", start, end, value if value is None or isinstance(value, (int, float)) else repr(value))


def _call(node: ast.Call, start: int, end: int, at: Locate, depth: int) -> Expression:
    arguments = tuple([encode(argument, at, depth) for argument in node.args])
    keywords = tuple([(keyword.arg, encode(keyword.value, at, depth)) for keyword in node.keywords])
    return ("call", start, end, encode(node.func, at, depth), arguments, keywords)


def _subscript(node: ast.Subscript, start: int, end: int, at: Locate, depth: int) -> Expression:
    return ("subscript", start, end, encode(node.value, at, depth), encode(node.slice, at, depth))


def _items(node: ast.List | ast.Tuple | ast.Set, start: int, end: int, at: Locate, depth: int) -> Expression:
    return (type(node).__name__.lower(), start, end, tuple([encode(item, at, depth) for item in node.elts]))


def _dict(node: ast.Dict, start: int, end: int, at: Locate, depth: int) -> Expression:
    keys = tuple([None if key is None else encode(key, at, depth) for key in node.keys])
    return ("dict", start, end, keys, tuple([encode(value, at, depth) for value in node.values]))


def _operator(node: ast.BinOp, start: int, end: int, at: Locate, depth: int) -> Expression:
    symbol = _SYMBOLS.get(type(node.op))
    if symbol is None:
        return ("?", start, end)
    return ("operator", start, end, symbol, (encode(node.left, at, depth), encode(node.right, at, depth)))


def _starred(node: ast.Starred, start: int, end: int, at: Locate, depth: int) -> Expression:
    return ("starred", start, end, encode(node.value, at, depth))


def _lambda(node: ast.Lambda, start: int, end: int, at: Locate, depth: int) -> Expression:
    return ("lambda", start, end, encode(node.body, at, depth))


_ENCODERS: dict[type[ast.expr], Callable[[Any, int, int, Locate, int], Expression]] = {
    ast.Constant: _constant,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.List: _items,
    ast.Tuple: _items,
    ast.Set: _items,
    ast.Dict: _dict,
    ast.BinOp: _operator,
    ast.Starred: _starred,
    ast.Lambda: _lambda,
}


def parts(expression: Expression | None) -> Parts:
    """The dotted name that `expression` is, root first; `()` if it is none."""
    names: list[str] = []
    while expression is not None and expression[0] == "attribute":
        names.append(expression[4])
        expression = expression[3]
    if expression is None or expression[0] != "name":
        return ()
    return (expression[3], *reversed(names))
