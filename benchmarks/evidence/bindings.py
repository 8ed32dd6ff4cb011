"""Which names each scope of a file binds, and by what: an index of its own, coarse and without flow."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound(scope: Scope) -> dict[str, list[ast.AST]]:
    """The nodes that bind each name in the scope itself, not in scopes inside it; star imports under `*`."""
    found: dict[str, list[ast.AST]] = {}
    for name, node in _parameters(scope):
        found.setdefault(name, []).append(node)
    for node in own_nodes(scope):
        for name in _names(node):
            found.setdefault(name, []).append(node)
    return found


def own_nodes(scope: Scope) -> Iterator[ast.AST]:
    """What stands in the scope itself."""
    body = scope.body if isinstance(scope.body, list) else [scope.body]
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.ClassDef, *FUNCTIONS)):
            waiting += ast.iter_child_nodes(node)


def _parameters(scope: Scope) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(scope, FUNCTIONS):
        given = scope.args
        rows = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        yield from ((row.arg, row) for row in rows if row)


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.asname or alias.name.split(".")[0] for alias in names]
        case ast.ImportFrom(names=names):
            return [alias.asname or alias.name for alias in names]
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
    return []


def scopes(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> list[Scope]:
    """The scopes in which a name at `node` is looked up, innermost first."""
    found: list[Scope] = []
    child = node
    inside_function = False
    while (parent := parents.get(child)) is not None:
        if _is_body(child, parent) and not (isinstance(parent, ast.ClassDef) and inside_function):
            found.append(parent)  # type: ignore[arg-type]
        inside_function |= isinstance(parent, FUNCTIONS) and _is_body(child, parent)
        child = parent
    return found


def _is_body(child: ast.AST, parent: ast.AST) -> bool:
    """Whether the child is evaluated inside the scope, not where it is defined (decorators, defaults, bases)."""
    match parent:
        case ast.Module():
            return True
        case ast.Lambda():
            return child is parent.body
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return any(child is item for item in parent.body)
    return False
