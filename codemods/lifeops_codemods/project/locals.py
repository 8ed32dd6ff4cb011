"""Local variables that are assigned once, and what a function returns."""

from __future__ import annotations

import ast
from functools import lru_cache

from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionNode

_CONDITIONS = (ast.If, ast.While, ast.IfExp, ast.Assert, ast.BoolOp, ast.Match)


def assigned_value(tree: FunctionNode, name: str) -> ast.expr | None:
    """What a local variable is assigned, if that is done by one plain assignment."""
    statement = assignment_of(tree, name)
    return statement.value if statement is not None else None


def assignment_of(tree: FunctionNode, name: str) -> ast.Assign | ast.AnnAssign | None:
    """The one plain assignment that binds a local variable."""
    return _assignments(tree).get(name)


@lru_cache(maxsize=128)
def _assignments(tree: FunctionNode) -> dict[str, ast.Assign | ast.AnnAssign]:
    """The plain assignments of a function's local variables that are bound once.

    Remembered, as a function is asked for many of its variables; not for long, as that keeps its tree.
    """
    bound: dict[str, int] = {}
    found: dict[str, ast.Assign | ast.AnnAssign] = {}
    for node in executed(tree.body):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                bound[name] = bound.get(name, 0) + 1
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                found[name] = node
    own = _parameters(tree)
    return {name: node for name, node in found.items() if bound.get(name) == 1 and name not in own}


def _parameters(tree: FunctionNode) -> set[str]:
    arguments = tree.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {one.arg for one in every if one is not None}


def returns_value(tree: FunctionNode) -> bool:
    """Whether a function returns anything but None."""
    values = [one.value for one in executed(tree.body) if isinstance(one, ast.Return)]
    return any(one is not None and not (isinstance(one, ast.Constant) and one.value is None) for one in values)


def is_examined(tree: FunctionNode, name: str) -> bool:
    """Whether a condition of the function looks at a variable."""
    for node in executed(tree.body):
        if isinstance(node, _CONDITIONS):
            subject: ast.AST = node
            if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
                subject = node.test
            elif isinstance(node, ast.Match):
                subject = node.subject
            if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(subject)):
                return True
    return False
