"""Local variables that are assigned once, and what a function returns."""

from __future__ import annotations

import ast

from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionNode

_CONDITIONS = (ast.If, ast.While, ast.IfExp, ast.Assert, ast.BoolOp, ast.Match)


def assigned_value(tree: FunctionNode, name: str) -> ast.expr | None:
    """What a local variable is assigned, if that is done by one plain assignment."""
    statement = assignment_of(tree, name)
    return statement.value if statement is not None else None


def assignment_of(tree: FunctionNode, name: str) -> ast.Assign | ast.AnnAssign | None:
    """The one plain assignment that binds a local variable."""
    stores = [one for one in executed(tree.body) if isinstance(one, ast.Name) and one.id == name and _is_bound(one)]
    if len(stores) != 1 or name in _parameters(tree):
        return None
    for statement in executed(tree.body):
        match statement:
            case ast.Assign(targets=[ast.Name() as target]) if target is stores[0]:
                return statement
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr()) if target is stores[0]:
                return statement
    return None


def _is_bound(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store | ast.Del)


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
