"""Whether something is looked up by what the client asked for, and not by what the endpoint itself has just made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.dependencies import depends_of
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function_node
from lifeops_codemods.project.locals import assigned_value

_DEPTH = 6


def is_asked_for(project: Project, ref: FunctionRef, node: ast.expr) -> bool:
    """Whether the arguments in an expression come from the endpoint's parameters, or there are none.

    What is injected counts by its attributes (`user.id`), and what an awaited call gave not at all: of an object that
    was created a line above there is one.
    """
    tree = function_node(project, ref)
    if tree is None:
        return False
    found = [_comes_from_client(project, ref, tree, one, _DEPTH) for one in _arguments(node)]
    given = [one for one in found if one is not None]
    return not given or any(given)


def _arguments(node: ast.expr) -> Iterator[ast.expr]:
    """The names, with attributes, in the arguments of all calls in an expression; of a bare name the name itself."""
    if isinstance(node, ast.Name):
        yield node
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                yield from _leaves(argument)


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.keyword | ast.comprehension) and not isinstance(node, ast.Lambda):
            yield from _leaves(child) if isinstance(child, ast.expr) else ()


def _comes_from_client(
    project: Project, ref: FunctionRef, tree: FunctionNode, node: ast.expr, depth: int
) -> bool | None:
    """None for what says nothing: classes, constants, the session."""
    root: ast.expr = node
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    if not isinstance(root, ast.Name) or not depth:
        return None
    parameters = {one.arg for one in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)}
    if root.id in parameters:
        injected = depends_of(project, ref, root.id) is not None
        return None if injected and root is node else True
    value = assigned_value(tree, root.id)
    if value is None:
        return None if root.id not in _bound(project, ref) else False
    if any(isinstance(one, ast.Await) for one in ast.walk(value)):
        return False
    inner = [_comes_from_client(project, ref, tree, one, depth - 1) for one in (*_leaves(value), *_arguments(value))]
    known = [one for one in inner if one is not None]
    return any(known) if known else None


@question
def _bound(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The names that the function assigns."""
    tree = function_node(project, ref)
    nodes = ast.walk(tree) if tree is not None else ()
    return frozenset(one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
