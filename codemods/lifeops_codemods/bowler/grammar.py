"""Why Bowler cannot read a file: its grammar ends before today's Python, so the construct is named, not the token."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from fissix.pgen2.parse import ParseError
from fissix.pgen2.tokenize import TokenError

from lifeops_codemods.collecting import parse_error
from lifeops_codemods.plan.document import parse

_BY_HAND = "change this file by hand"


class Unreadable(Exception):  # noqa: N818 - what Bowler cannot read, Python may well read
    """A file that Bowler cannot read. line: from 1, 0 where it is not known."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class _Beyond(NamedTuple):
    """A construct that the grammar lacks, and where it begins."""

    line: int
    column: int
    name: str


def unreadable(text: str, error: Exception) -> Unreadable:
    """Say where and why. text: with `\\n` line ends. error: what fissix raised."""
    line, column = _place(error)
    try:
        tree = parse(text)
    except SyntaxError:
        return _unreadable_twice(text, line, error)
    found = sorted(_beyond(tree, text))
    near = [item for item in found if (item.line, item.column) <= (line, column)] if line else []
    if near or found:
        item = near[-1] if near else found[0]
        return Unreadable(item.line, f"Bowler's grammar has no {item.name}; {_BY_HAND}")
    return Unreadable(line, f"Bowler's grammar does not know what stands here ({_token(error)}); {_BY_HAND}")


def _unreadable_twice(text: str, line: int, error: Exception) -> Unreadable:
    """Of a file that this Python cannot read either. A newer one might, but it would not help Bowler."""
    known = parse_error(text)
    if known is None:
        return Unreadable(line, f"Bowler cannot read it: {error}")
    said, colon, _ = known[1].partition(": run lifeops-migrate under")
    return Unreadable(known[0], f"{said}, which Bowler's grammar lacks; {_BY_HAND}" if colon else known[1])


def _place(error: Exception) -> tuple[int, int]:
    match error:
        case ParseError():
            line, column = error.context[1]
            return int(line), int(column)
        case TokenError() if len(error.args) > 1:
            line, column = error.args[1]
            return int(line), int(column)
        case SyntaxError():  # an indentation that fits nowhere
            return error.lineno or 0, error.offset or 0
    return 0, 0


def _token(error: Exception) -> str:
    return f"at {error.value!r}" if isinstance(error, ParseError) else str(error) or type(error).__name__


def _beyond(tree: ast.Module, text: str) -> Iterator[_Beyond]:
    """Everything in a file that Bowler's grammar lacks."""
    lines = text.split("\n")
    for node in ast.walk(tree):
        for place, name in _of(node, lines):
            yield _Beyond(place.lineno, len(lines[place.lineno - 1].encode()[: place.col_offset].decode()), name)


_Place = ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.alias | ast.keyword


def _of(node: ast.AST, lines: list[str]) -> Iterator[tuple[_Place, str]]:
    """What of one node the grammar lacks, in the order of Python's own versions."""
    yield from _of_newer_python(node, lines)
    match node:
        case ast.Match():
            yield node, "`match` statement (Python 3.10)"
        case ast.TryStar():
            yield node.handlers[0], "`except*` (Python 3.11)"
        case ast.arguments(posonlyargs=[first, *_]):
            yield first, "positional-only parameters, `/` (Python 3.8)"
        case ast.With(items=items) | ast.AsyncWith(items=items) if _in_parentheses(node, lines):
            yield items[0].context_expr, "`with` in parentheses (Python 3.10)"
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for decorator in node.decorator_list:
                if not _is_plain_decorator(decorator, lines):
                    yield decorator, "such decorators: only a dotted name, called or not (PEP 614, Python 3.9)"
        case ast.Attribute(attr="exec", value=value):
            yield value, f"{_EXEC} an attribute"
        case ast.Name(id="exec"):
            yield node, f"{_EXEC} a name in an expression"
        case ast.Subscript(slice=ast.Tuple(elts=elements)) if any(isinstance(one, ast.Starred) for one in elements):
            yield elements[0], "`*` in a subscript (PEP 646, Python 3.11)"
        case ast.Subscript(slice=ast.NamedExpr() as value):
            yield value, "`:=` in a subscript (Python 3.10)"
        case ast.arg(annotation=ast.Starred() as value):
            yield value, "`*` in an annotation (PEP 646, Python 3.11)"
        case ast.Set(elts=elements) if any(isinstance(one, ast.NamedExpr) for one in elements):
            yield elements[0], "`:=` in a set (Python 3.9)"
        case ast.For(iter=ast.Tuple(elts=elements)) if any(isinstance(one, ast.Starred) for one in elements):
            yield elements[0], "`*` in the head of a `for` (Python 3.9)"
        case ast.alias(name="exec") | ast.alias(asname="exec") | ast.arg(arg="exec") | ast.keyword(arg="exec"):
            yield node, f"{_EXEC} a name"


_EXEC = "`exec` but the statement of Python 2: here it is"


def _of_newer_python(node: ast.AST, lines: list[str]) -> Iterator[tuple[_Place, str]]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            if getattr(node, "type_params", None):
                yield node, "type parameters in brackets (PEP 695, Python 3.12)"
            if node.name == "exec":
                yield node, f"{_EXEC} a name"
        case ast.JoinedStr() if (inner := _nested_quotes(node, lines)) is not None:
            yield inner, "quotes of an f-string within itself (PEP 701, Python 3.12)"
        case ast.stmt() if type(node).__name__ == "TypeAlias":
            yield node, "`type` statement (PEP 695, Python 3.12)"


def _in_parentheses(node: ast.With | ast.AsyncWith, lines: list[str]) -> bool:
    """Whether the items stand in parentheses of the statement itself; `with (a):` is an expression in parentheses."""
    first = node.items[0].context_expr
    before = "\n".join(lines[node.lineno - 1 : first.lineno])
    head = before[node.col_offset : len(before) - len(lines[first.lineno - 1]) + first.col_offset]
    several = len(node.items) > 1 or node.items[0].optional_vars is not None
    return several and re.search(r"\bwith\s*\(", head) is not None


def _is_plain_decorator(node: ast.expr, lines: list[str]) -> bool:
    if lines[node.lineno - 1][: node.col_offset].rstrip().endswith("("):
        return False
    name = node.func if isinstance(node, ast.Call) else node
    while isinstance(name, ast.Attribute):
        name = name.value
    return isinstance(name, ast.Name)


def _nested_quotes(node: ast.JoinedStr, lines: list[str]) -> ast.expr | None:
    """A string within the f-string that has its quotes. Columns within f-strings are right from Python 3.12 on."""
    quote = _quote(node, lines)
    if quote is None:
        return None
    for inner in ast.walk(node):
        if inner is not node and isinstance(inner, ast.Constant | ast.JoinedStr):
            is_text = isinstance(inner, ast.JoinedStr) or isinstance(inner.value, str | bytes)
            if is_text and inner.lineno == node.lineno and _quote(inner, lines) == quote:
                return inner
    return None


def _quote(node: ast.expr, lines: list[str]) -> str | None:
    """The quote that a string begins with at its place, if one begins there."""
    text = lines[node.lineno - 1].encode()[node.col_offset :].decode(errors="replace")
    found = re.match(r"[A-Za-z]{0,2}('''|\"\"\"|'|\")", text)
    return found[1] if found else None
