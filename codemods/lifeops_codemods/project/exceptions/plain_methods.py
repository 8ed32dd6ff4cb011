"""Methods that work out a value of their arguments, and of nothing that is loaded."""

from __future__ import annotations

import ast

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, dispatched, function_node, owner

PURE = frozenset(
    {
        "get", "keys", "values", "items", "copy", "strip", "lstrip", "rstrip", "lower", "upper", "casefold", "title",
        "split", "rsplit", "partition", "rpartition", "splitlines", "startswith", "endswith", "replace", "format",
        "join", "encode", "decode", "removeprefix", "removesuffix", "isdigit", "isalnum", "isalpha", "isspace",
        "isidentifier", "count", "index", "find", "isoformat", "timestamp", "total_seconds", "date", "hex",
        "get_secret_value", "model_dump", "model_dump_json", "model_copy", "dict", "json", "union", "intersection",
        "difference", "issubset", "fullmatch", "match", "search",
    }
)  # fmt: skip
"""Methods that make one plain value of another, and load nothing."""
_BUILTINS = frozenset({"len", "str", "int", "float", "bool", "isinstance", "any", "all", "set", "sorted", "min", "max"})


def loads_nothing(project: Project, ref: FunctionRef, call: ast.Call) -> bool:
    """Whether a call is one of the object's own methods that looks at its arguments and at constants only."""
    of = owner(project, ref)
    match call.func:
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if of is not None:
            found = dispatched(project, of, name)
            return bool(found) and all(_is_plain(project, one) for one in found)
    return False


@question
def _is_plain(project: Project, ref: FunctionRef) -> bool:
    tree = function_node(project, ref)
    return isinstance(tree, ast.FunctionDef) and not tree.args.kwarg and all(map(_reads_no_state, _inside(tree)))


def _inside(tree: FunctionNode) -> list[ast.AST]:
    return [node for statement in tree.body for node in ast.walk(statement)]


def _reads_no_state(node: ast.AST) -> bool:
    match node:
        case ast.Name(id="self" | "cls") | ast.Await() | ast.Yield() | ast.YieldFrom() | ast.Global() | ast.Nonlocal():
            return False
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in PURE
        case ast.Call(func=ast.Name(id=name)):
            return name in _BUILTINS
        case ast.Call():
            return False
    return True
