"""The code that runs when a block runs: its own statements and expressions, not the bodies of what it defines."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.functions import FunctionRef, function_node
from lifeops_codemods.project.walking import children

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def executed(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes and all below them, without the bodies of functions and lambdas, in the order of the text."""
    rest = list(nodes)[::-1]
    while rest:
        node = rest.pop()
        yield node
        rest += _inside(node)[::-1]


def _inside(node: ast.AST) -> list[ast.AST]:
    """What runs where a node does: of a function that is defined only its decorators and defaults."""
    if isinstance(node, _FUNCTIONS):
        defaults = [one for one in node.args.kw_defaults if one is not None]
        return [*getattr(node, "decorator_list", ()), *node.args.defaults, *defaults]
    return children(node)


def suspends(nodes: Iterable[ast.AST]) -> bool:
    """Whether running the block may stop at an `await`, where a cancellation arrives."""
    kinds = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    return any(
        isinstance(node, kinds) or (isinstance(node, ast.comprehension) and node.is_async) for node in executed(nodes)
    )


@question
def is_generator(project: Project, ref: FunctionRef) -> bool:
    """Whether calling a function makes a generator and runs nothing of its body."""
    if not project.mentions(ref.path, "yield"):
        return False
    node = function_node(project, ref)
    return node is not None and yields(node.body)


def yields(nodes: Iterable[ast.AST]) -> bool:
    """Whether running the block may stop at a `yield`, where a generator is closed."""
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in executed(nodes))
