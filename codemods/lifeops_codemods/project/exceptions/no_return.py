"""Functions of the project that never return, as `_not_found() -> NoReturn`, and how bodies end that call them."""

from __future__ import annotations

import ast

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.project import Project, cyclic_question
from lifeops_codemods.project.exceptions.blocks import yields
from lifeops_codemods.project.exceptions.endings import Ending, Endings, endings
from lifeops_codemods.project.exceptions.reached import Callee, callees
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function, function_node, owner
from lifeops_codemods.project.trees import span_of

_NEVER = frozenset({"NoReturn", "Never"})


def ways(project: Project, ref: FunctionRef) -> Endings:
    """All ways in which a function may end; a call that never returns is one to raise."""
    node = function_node(project, ref)
    return endings(node.body, lambda call: _raises(project, ref, call)) if node is not None else frozenset()


def _raises(project: Project, ref: FunctionRef, call: ast.Call) -> bool:
    reached = callees(project, Callee(ref, owner(project, ref))).get(span_of(project, ref.path, call), ())
    return bool(reached) and all(_never_returns(project, one.ref) for one in reached)


@cyclic_question(False)
def _never_returns(project: Project, ref: FunctionRef) -> bool:
    row = function(project, ref)
    node = function_node(project, ref)
    if row.returns is not None and parts_of(row.returns)[-1:] and parts_of(row.returns)[-1] in _NEVER:
        return True
    if node is None or row.decorators or yields(node.body) or _is_for_subclasses(node):
        return False
    return not ways(project, ref) & {Ending.FALLS, Ending.RETURNS}


def _is_for_subclasses(node: FunctionNode) -> bool:
    """Whether a method says by `NotImplementedError` that others have to write it."""
    return any(isinstance(one, ast.Name) and one.id == "NotImplementedError" for one in ast.walk(node))
