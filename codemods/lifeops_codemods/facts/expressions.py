"""Expressions as plain nested tuples `(kind, start, end, …)`.

    ("name", s, e, id)                 ("attribute", s, e, value, name)      ("call", s, e, function, arguments, keywords)
    ("string", s, e, value)            ("constant", s, e, value)             ("subscript", s, e, value, index)
    ("list" | "tuple" | "set", s, e, items)      ("dict", s, e, keys, values)      ("operator", s, e, symbol, operands)
    ("starred", s, e, value)           ("lambda", s, e, body)                ("?", s, e)

`keywords` are `(name | None, expression)`. What no rule reasons about is `?`; a rule that meets it says so.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from lifeops_codemods.facts.model import Expression, Parts

Locate = Callable[[int, int], int]
_SYMBOLS = {ast.BitOr: "|", ast.Add: "+", ast.Mod: "%", ast.Sub: "-", ast.Mult: "*", ast.BitAnd: "&"}


def encode(node: ast.expr, at: Locate, depth: int = 12) -> Expression:
    """`node` as a nested tuple; `at` turns a line and a column into an offset."""
    start, end = at(node.lineno, node.col_offset), at(node.end_lineno or node.lineno, node.end_col_offset or 0)
    if depth == 0:
        return ("?", start, end)

    def inner(child: ast.expr) -> Expression:
        return encode(child, at, depth - 1)

    match node:
        case ast.Name(id=name):
            return ("name", start, end, name)
        case ast.Attribute(value=value, attr=name):
            return ("attribute", start, end, inner(value), name)
        case ast.Constant(value=str(value)):
            return ("string", start, end, value)
        case ast.Constant(value=value):
            return ("constant", start, end, value if isinstance(value, (int, float, bool, type(None))) else repr(value))
        case ast.Call(func=function, args=arguments, keywords=keywords):
            return (
                "call",
                start,
                end,
                inner(function),
                tuple(inner(argument) for argument in arguments),
                tuple((keyword.arg, inner(keyword.value)) for keyword in keywords),
            )
        case ast.Subscript(value=value, slice=index):
            return ("subscript", start, end, inner(value), inner(index))
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return (type(node).__name__.lower(), start, end, tuple(inner(item) for item in items))
        case ast.Dict(keys=keys, values=values):
            return (
                "dict",
                start,
                end,
                tuple(None if key is None else inner(key) for key in keys),
                tuple(inner(value) for value in values),
            )
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _SYMBOLS:
            return ("operator", start, end, _SYMBOLS[type(operator)], (inner(left), inner(right)))
        case ast.Starred(value=value):
            return ("starred", start, end, inner(value))
        case ast.Lambda(body=body):
            return ("lambda", start, end, inner(body))
    return ("?", start, end)


def parts(expression: Expression | None) -> Parts:
    """The dotted name that `expression` is, root first; `()` if it is none."""
    names: list[str] = []
    while expression is not None and expression[0] == "attribute":
        names.append(expression[4])
        expression = expression[3]
    if expression is None or expression[0] != "name":
        return ()
    return (expression[3], *reversed(names))
