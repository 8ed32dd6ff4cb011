"""Local variables that are assigned once, and what a function returns."""

from __future__ import annotations

import ast
from collections import Counter
from functools import lru_cache

from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionNode

_TREES = 256
"""Functions whose statements are remembered: questions about one come one after another."""
_CONDITIONS = (ast.If, ast.While, ast.IfExp, ast.Assert, ast.BoolOp, ast.Match)


def assigned_value(tree: FunctionNode, name: str) -> ast.expr | None:
    """What a local variable is assigned, if that is done by one plain assignment."""
    statement = assignment_of(tree, name)
    return statement.value if statement is not None else None


def assignment_of(tree: FunctionNode, name: str) -> ast.Assign | ast.AnnAssign | None:
    """The one plain assignment that binds a local variable."""
    return _assignments(tree).get(name)


@lru_cache(maxsize=_TREES)
def _assignments(tree: FunctionNode) -> dict[str, ast.Assign | ast.AnnAssign]:
    """The one plain assignment of each local variable that one alone binds."""
    nodes = _executed(tree)
    stores = [one for one in nodes if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)]
    times = Counter(one.id for one in stores)
    once = {one for one in stores if times[one.id] == 1 and one.id not in _parameters(tree)}
    found: dict[str, ast.Assign | ast.AnnAssign] = {}
    for statement in nodes:
        match statement:
            case ast.Assign(targets=[ast.Name() as target]) if target in once:
                found[target.id] = statement
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr()) if target in once:
                found[target.id] = statement
    return found


@lru_cache(maxsize=_TREES)
def _executed(tree: FunctionNode) -> tuple[ast.AST, ...]:
    """All that runs where the function does."""
    return tuple(executed(tree.body))


def _parameters(tree: FunctionNode) -> set[str]:
    arguments = tree.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {one.arg for one in every if one is not None}


def returns_value(tree: FunctionNode) -> bool:
    """Whether a function returns anything but None."""
    values = [one.value for one in _executed(tree) if isinstance(one, ast.Return)]
    return any(one is not None and not (isinstance(one, ast.Constant) and one.value is None) for one in values)


def is_examined(tree: FunctionNode, name: str) -> bool:
    """Whether a condition of the function looks at a variable."""
    for node in _executed(tree):
        if isinstance(node, _CONDITIONS):
            subject: ast.AST = node
            if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
                subject = node.test
            elif isinstance(node, ast.Match):
                subject = node.subject
            if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(subject)):
                return True
    return False
