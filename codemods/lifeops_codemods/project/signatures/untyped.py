"""What a query parameter without a type may be given: the type of its default, if the function uses it as such."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function_node
from lifeops_codemods.project.parameters import Taken
from lifeops_codemods.project.types import NONE, alternatives

_TEXT_METHODS = frozenset(
    {
        "split", "lower", "upper", "strip", "isdigit", "isnumeric", "isdecimal", "startswith", "endswith", "replace",
        "casefold", "title", "join", "encode", "partition", "rpartition", "splitlines", "lstrip", "rstrip", "format",
    }
)  # fmt: skip


class Typed(NamedTuple):
    """The type that a default has."""

    name: str


class Untyped(NamedTuple):
    """Why no type is proven."""

    reason: str


def type_of_default(project: Project, ref: FunctionRef, taken: Taken) -> Typed | Untyped:
    """The type of a parameter's default, or of that in its `Query(…)`."""
    given = _default(project, ref, taken)
    if given is None:
        return Untyped("it has no default that tells a type, and is a text today")
    kind = type(given).__name__
    node = function_node(project, ref)
    if kind != "str" and node is not None and _is_used_as_text(node, taken.parameter.name):
        return Untyped(f"its default is an {kind}, and the function takes what is sent as a text")
    return Typed(kind)


def _default(project: Project, ref: FunctionRef, taken: Taken) -> int | float | bool | str | None:
    expression = taken.parameter.default
    if taken.marker is not None:
        if taken.marker.path != ref.path or taken.marker.expression != expression:
            return None
        named = dict(taken.marker.expression[5])
        expression = taken.marker.expression[4][0] if taken.marker.expression[4] else named.get("default")
    if expression is None:
        return None
    try:
        value = ast.literal_eval(project.text(ref.path)[expression[1] : expression[2]])
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, int | float | bool | str) else None


def _is_used_as_text(node: FunctionNode, name: str) -> bool:
    """Whether a function calls a text's method on a parameter, or compares it with a text."""
    for inner in ast.walk(node):
        match inner:
            case ast.Attribute(value=ast.Name(id=found), attr=method) if found == name and method in _TEXT_METHODS:
                return True
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                if any(isinstance(side, ast.Name) and side.id == name for side in sides) and any(
                    _has_text(side) for side in sides
                ):
                    return True
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=found), *_]) if found == name:
                return True
            case ast.Subscript(value=ast.Name(id=found)) if found == name:
                return True
            case ast.Match(subject=ast.Name(id=found)) if found == name:
                return True
            case ast.Subscript(slice=ast.Name(id=found)) if found == name:
                return True
    return False


def _has_text(node: ast.expr) -> bool:
    return any(isinstance(inner, ast.Constant) and isinstance(inner.value, str) for inner in ast.walk(node))


def is_bare_optional(taken: Taken) -> bool:
    """Whether a parameter may be None, and must be sent: its type has None, and it has no default."""
    has_none = NONE in alternatives(taken.type)
    return has_none and taken.parameter.annotation is not None and taken.parameter.default is None
