"""Context managers of the project, and whether they end exceptions."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, decorated_with, function, methods, owner


def is_context_manager(project: Project, ref: FunctionRef) -> bool:
    """Whether the function is a generator that `contextlib` makes a context manager of."""
    return decorated_with(project, ref, "contextmanager", "asynccontextmanager")


def enters(project: Project, ref: FunctionRef, item: ast.withitem, reached: Iterable[object]) -> list[FunctionRef]:
    """What ends the `with`: the generators that its expression calls, or the `__exit__` of the class it makes."""
    found: list[FunctionRef] = []
    for callee in reached:
        if not isinstance(callee, FunctionRef):
            continue
        if is_context_manager(project, callee):
            found.append(callee)
        made = owner(project, callee)
        if made is not None and function(project, callee).name == "__init__":
            found += _exits(project, made)
    return found


def _exits(project: Project, made: ClassRef) -> list[FunctionRef]:
    return [ref for name in ("__exit__", "__aexit__") for ref in methods(project, made, name)]


def may_swallow(node: FunctionNode) -> bool:
    """Whether an `__exit__` may return something true."""
    returns = [one for one in executed(node.body) if isinstance(one, ast.Return)]
    return any(one.value is not None and not _is_false(one.value) for one in returns)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value
