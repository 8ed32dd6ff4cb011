"""Which functions of the project a call runs: by name, by the type of what a method is called on, by injection.

A method is that of the receiver's class and of all its subclasses; of a protocol, those of every class that has its
methods. What is not known reaches nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition
from lifeops_codemods.project.dependencies import attribute_provider, given_type, injected_type
from lifeops_codemods.project.functions import (
    FunctionRef,
    dispatched,
    function,
    function_node,
    functions_behind,
    methods,
    owner,
)
from lifeops_codemods.project.instances import attribute_type, inherits, value_type
from lifeops_codemods.project.locals import assigned_value
from lifeops_codemods.project.names import evaluate
from lifeops_codemods.project.trees import offsets, span_of
from lifeops_codemods.project.types import UNKNOWN, Instance, Type, alternatives, annotated, union

_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_DEPTH = 6


@question
def callees(project: Project, ref: FunctionRef) -> Mapping[tuple[int, int], tuple[FunctionRef, ...]]:
    """The functions that each call in a function may run, by the call's offsets."""
    tree = function_node(project, ref)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    found = {span_of(project, ref.path, call): tuple(dict.fromkeys(_reached(project, ref, call))) for call in calls}
    return {span: refs for span, refs in found.items() if refs}


def _reached(project: Project, ref: FunctionRef, call: ast.Call) -> Iterator[FunctionRef]:
    named = False
    for target in sorted(_targets(project, ref, call.func), key=repr):
        for one in functions_behind(project, target):  # type: ignore[arg-type]
            named = True
            yield from _overridden(project, one)
        for made in classes_behind(project, target):  # type: ignore[arg-type]
            named = True
            yield from methods(project, made, "__init__")
    if named or not isinstance(call.func, ast.Attribute):
        return
    if _is_super(call.func.value):
        yield from _of_super(project, ref, call.func.attr)
        return
    for item in alternatives(type_of(project, ref, call.func.value)):
        if isinstance(item, Instance) and isinstance(item.of, ClassRef):
            yield from _methods(project, item.of, call.func.attr)


def _targets(project: Project, ref: FunctionRef, node: ast.expr) -> frozenset[object]:
    expression = encode(node, offsets(project, ref.path).at)
    return frozenset(evaluate(project, ref.path, function(project, ref).own, expression, expression[1]))


def _overridden(project: Project, ref: FunctionRef) -> Iterator[FunctionRef]:
    """A method that was found by name (`self.save`), and what subclasses put in its place."""
    yield ref
    holder = owner(project, ref)
    if holder is not None:
        yield from _methods(project, holder, function(project, ref).name)


def _methods(project: Project, of: ClassRef, name: str) -> Iterator[FunctionRef]:
    yield from dispatched(project, of, name)
    if inherits(project, of, _PROTOCOLS):
        for other in implementations(project, of):
            yield from methods(project, other, name)


@question
def implementations(project: Project, protocol: ClassRef) -> tuple[ClassRef, ...]:
    """The classes of the project that have every method of a protocol."""
    own = project.facts(protocol.path).members_of.get(definition(project, protocol).own, ())
    wanted = sorted({row.name for row in own if row.kind == "def"})
    if not wanted:
        return ()
    found = []
    for path in project.mentioning([wanted[0]]):
        for row in range(len(project.facts(path).classes)):
            other = ClassRef(path, row)
            if other != protocol and all(methods(project, other, name) for name in wanted):
                found.append(other)
    return tuple(found)


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _of_super(project: Project, ref: FunctionRef, name: str) -> Iterator[FunctionRef]:
    holder = owner(project, ref)
    for base in ancestors(project, holder) if holder is not None else ():
        found = methods(project, base, name) if isinstance(base, ClassRef) else ()
        if found:
            yield from found
            return


# -- receivers


def type_of(project: Project, ref: FunctionRef, node: ast.expr, depth: int = _DEPTH) -> Type:
    """The type of an expression in a function, with what FastAPI injects and what coroutines give."""
    if not depth:
        return UNKNOWN
    match node:
        case ast.Await(value=ast.Call() as call):
            return _given_by(project, ref, call)
        case ast.Name(id=name):
            found = _of_name(project, ref, name, depth)
        case ast.Attribute(value=value, attr=attr):
            found = _of_attribute(project, ref, value, attr, depth)
        case _:
            found = UNKNOWN
    if found != UNKNOWN:
        return found
    expression = encode(node, offsets(project, ref.path).at)
    return value_type(project, ref.path, function(project, ref).own, expression, expression[1])


def _of_name(project: Project, ref: FunctionRef, name: str, depth: int) -> Type:
    tree = function_node(project, ref)
    if tree is None:
        return UNKNOWN
    parameters = [one.arg for one in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)]
    holder = owner(project, ref)
    if name in parameters:
        return UNKNOWN if holder is not None and name == parameters[0] else injected_type(project, ref, name)
    value = assigned_value(tree, name)
    return (
        type_of(project, ref, value, depth - 1) if isinstance(value, ast.Await | ast.Name | ast.Attribute) else UNKNOWN
    )


def _of_attribute(project: Project, ref: FunctionRef, value: ast.expr, attr: str, depth: int) -> Type:
    holder = owner(project, ref)
    if isinstance(value, ast.Name) and value.id == "self" and holder is not None:
        given = [given_type(project, one) for one in attribute_provider(project, holder, attr)]
        if given:
            return union(tuple(given))
        return attribute_type(project, Instance(holder), attr)
    return attribute_type(project, type_of(project, ref, value, depth - 1), attr)


def _given_by(project: Project, ref: FunctionRef, call: ast.Call) -> Type:
    """What awaiting a call gives, as the called function's annotation says."""
    found = []
    for callee in dict.fromkeys(_reached(project, ref, call)):
        row = function(project, callee)
        found.append(annotated(project, callee.path, row.scope, row.returns, row.start))
    return union(tuple(found))
