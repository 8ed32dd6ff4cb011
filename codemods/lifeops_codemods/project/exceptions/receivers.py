"""The types of expressions in a function, with what FastAPI injects and what coroutines give when they are awaited."""

from __future__ import annotations

import ast

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.dependencies import attribute_provider, given_type, injected_type
from lifeops_codemods.project.functions import (
    FunctionRef,
    function,
    function_node,
    functions_behind,
    is_static,
    methods,
    owner,
)
from lifeops_codemods.project.instances import attribute_type, value_type
from lifeops_codemods.project.locals import assigned_value
from lifeops_codemods.project.names import evaluate
from lifeops_codemods.project.trees import offsets
from lifeops_codemods.project.types import UNKNOWN, Instance, Type, alternatives, annotated, union

_DEPTH = 6


def type_of(project: Project, ref: FunctionRef, node: ast.expr, of: ClassRef | None, depth: int = _DEPTH) -> Type:
    """The type of an expression in a function that runs for an instance of `of`."""
    if not depth:
        return UNKNOWN
    found: Type = UNKNOWN
    match node:
        case ast.Await(value=ast.Call() as call):
            return _awaited(project, ref, call, of, depth)
        case ast.Name(id=name):
            found = _of_name(project, ref, name, of, depth)
        case ast.Attribute(value=value, attr=attr):
            found = _of_attribute(project, ref, value, attr, of, depth)
    if found != UNKNOWN:
        return found
    expression = encode(node, offsets(project, ref.path).at)
    return value_type(project, ref.path, function(project, ref).own, expression, expression[1])


def is_first_parameter(project: Project, ref: FunctionRef, node: ast.expr) -> bool:
    """Whether an expression is `self` or `cls` of a method."""
    rows = function(project, ref).parameters
    in_method = owner(project, ref) is not None and not is_static(project, ref)
    return in_method and bool(rows) and isinstance(node, ast.Name) and node.id == rows[0][0]


def _of_name(project: Project, ref: FunctionRef, name: str, of: ClassRef | None, depth: int) -> Type:
    tree = function_node(project, ref)
    if tree is None:
        return UNKNOWN
    if name in {row[0] for row in function(project, ref).parameters}:
        return injected_type(project, ref, name)
    value = assigned_value(tree, name)
    followed = isinstance(value, ast.Await | ast.Name | ast.Attribute)
    return type_of(project, ref, value, of, depth - 1) if value is not None and followed else UNKNOWN


def _of_attribute(
    project: Project, ref: FunctionRef, value: ast.expr, attr: str, of: ClassRef | None, depth: int
) -> Type:
    if not is_first_parameter(project, ref, value):
        return attribute_type(project, type_of(project, ref, value, of, depth - 1), attr)
    receiver = of or owner(project, ref)
    if receiver is None:
        return UNKNOWN
    given = [given_type(project, one) for one in attribute_provider(project, receiver, attr)]
    return union(tuple(given)) if given else attribute_type(project, Instance(receiver), attr)


def _awaited(project: Project, ref: FunctionRef, call: ast.Call, of: ClassRef | None, depth: int) -> Type:
    """What awaiting a call gives, as the annotation of the called function says."""
    found = []
    for callee in _called(project, ref, call, of, depth):
        row = function(project, callee)
        found.append(annotated(project, callee.path, row.scope, row.returns, row.start))
    return union(tuple(found))


def _called(project: Project, ref: FunctionRef, call: ast.Call, of: ClassRef | None, depth: int) -> list[FunctionRef]:
    if isinstance(call.func, ast.Attribute):
        receiver = of or owner(project, ref)
        held: Type = Instance(receiver) if receiver is not None else UNKNOWN
        if not is_first_parameter(project, ref, call.func.value):
            held = type_of(project, ref, call.func.value, of, depth - 1)
        kinds = [one.of for one in alternatives(held) if isinstance(one, Instance) and isinstance(one.of, ClassRef)]
        found = [one for kind in kinds for one in methods(project, kind, call.func.attr)]
        if found:
            return found
    expression = encode(call.func, offsets(project, ref.path).at)
    targets = evaluate(project, ref.path, function(project, ref).own, expression, expression[1])
    return [one for target in sorted(targets, key=repr) for one in functions_behind(project, target)]
