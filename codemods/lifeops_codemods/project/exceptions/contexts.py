"""Context managers of the project, and whether they end exceptions."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.exceptions.reached import Callee
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, decorated_with, function, methods


def is_context_manager(project: Project, ref: FunctionRef) -> bool:
    """Whether the function is a generator that `contextlib` makes a context manager of."""
    return decorated_with(project, ref, "contextmanager", "asynccontextmanager")


def enters(project: Project, reached: Iterable[Callee]) -> list[Callee]:
    """What ends the `with`: the generators that its expression calls, or the `__exit__` of the class it makes."""
    found: list[Callee] = []
    for callee in reached:
        if is_context_manager(project, callee.ref):
            found.append(callee)
        elif callee.of is not None and function(project, callee.ref).name == "__init__":
            for name in ("__exit__", "__aexit__"):
                found += [Callee(ref, callee.of) for ref in methods(project, callee.of, name)]
    return found


def may_swallow(node: FunctionNode) -> bool:
    """Whether an `__exit__` may return something true."""
    returns = [one for one in executed(node.body) if isinstance(one, ast.Return)]
    return any(one.value is not None and not _is_false(one.value) for one in returns)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value
