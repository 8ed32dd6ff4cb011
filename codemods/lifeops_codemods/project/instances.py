"""What the value of an expression is an instance of, as far as names, constructors and annotations say.

Of values that are made once and kept: applications, routers, adapters. How data flows through statements is not looked
at: a variable with several bindings is any of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.facts.model import Binding, Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, own_bindings
from lifeops_codemods.project.functions import (
    FunctionRef,
    decorated_with,
    function,
    function_node,
    functions_behind,
    is_static,
    methods,
    owner,
)
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Target, Variable, bindings_of, denoted, evaluate, in_order, variable
from lifeops_codemods.project.trees import class_tree, offsets
from lifeops_codemods.project.types import (
    UNKNOWN,
    Instance,
    Type,
    Unknown,
    alternatives,
    annotated,
    external_name,
    union,
)
from lifeops_codemods.project.walking import own_nodes

_DEPTH = 8
"""So many variables, attributes and calls behind each other are followed."""


def value_type(
    project: Project, path: str, scope: int, expression: Expression | None, start: int, depth: int = _DEPTH
) -> Type:
    """The type of the value of `expression`; a class, a function or a module by itself is `UNKNOWN`."""
    if expression is None or depth <= 0:
        return UNKNOWN
    match expression:
        case ("name", _, _, name):
            found = variable(project, path, scope, name, start)
            return UNKNOWN if found is None else _type_behind(project, found, depth - 1)
        case ("attribute", _, _, value, name):
            held = value_type(project, path, scope, value, start, depth - 1)
            if not isinstance(held, Unknown):
                return attribute_type(project, held, name, depth - 1)
            found_here = evaluate(project, path, scope, expression, start)
            return _union(_type_behind(project, item, depth - 1) for item in in_order(found_here))
        case ("call", _, _, called, *_):
            return _made(project, path, scope, called, start, depth - 1)
    return UNKNOWN


def attribute_type(project: Project, held: Type, name: str, depth: int = _DEPTH) -> Type:
    """The type of `value.name` for a value of type `held`."""
    found = []
    for item in alternatives(held):
        if isinstance(item, Instance) and isinstance(item.of, ClassRef):
            found.append(_attribute_of(project, item.of, name, depth))
        elif isinstance(item, Instance):
            found.append(Instance(f"{item.of}().{name}"))
    return union(tuple(found))


@question
def returned_type(project: Project, ref: FunctionRef, depth: int = _DEPTH) -> Type:
    """The type of what a call of the function gives: as annotated, else as its `return` statements say."""
    row = function(project, ref)
    if row.is_async:
        return UNKNOWN
    if row.returns is not None:
        return annotated(project, ref.path, row.scope, row.returns, row.start)
    return _union(
        value_type(project, ref.path, row.own, expression, -1, depth - 1)
        for expression in returned_expressions(project, ref)
    )


@question
def returned_expressions(project: Project, ref: FunctionRef) -> tuple[Expression, ...]:
    """What the `return` statements of a function return, nested functions apart."""
    node = function_node(project, ref)
    if node is None:
        return ()
    at = offsets(project, ref.path).at
    values = [item.value for item in own_nodes(node) if isinstance(item, ast.Return)]
    return tuple(encode(value, at) for value in values if value is not None)


def _union(types: Iterator[Type]) -> Type:
    return union(tuple(dict.fromkeys(types)))


@question
def _type_behind(project: Project, target: Target, depth: int) -> Type:
    """Remembered, since a variable that is made from itself many times is asked for once for each way to it."""
    return _union(_behind(project, target, depth))


def _behind(project: Project, target: Target, depth: int) -> Iterator[Type]:
    if depth <= 0:
        yield UNKNOWN
        return
    for item in in_order(denoted(project, target)):
        match item:
            case External(name=name) if name.endswith("()"):
                yield Instance(external_name(name.removesuffix("()")))
            case Variable():
                for binding in bindings_of(project, item):
                    yield _bound(project, item, binding, depth)
            case _:
                yield UNKNOWN


def _bound(project: Project, item: Variable, binding: Binding, depth: int) -> Type:
    facts = project.facts(item.path)
    if binding.kind == "parameter":
        row = facts.function_of_scope.get(item.scope)
        if row is None:
            return UNKNOWN
        ref = FunctionRef(item.path, facts.functions.index(row))
        if row.parameters and row.parameters[0][0] == item.name:
            holder = owner(project, ref)
            if holder is not None and not is_static(project, ref):
                return Instance(holder)
        return annotated(project, item.path, row.scope, binding.annotation, row.start)
    if binding.kind in {"assign", "declare"}:
        if binding.annotation is not None:
            return annotated(project, item.path, item.scope, binding.annotation, binding.start)
        return value_type(project, item.path, item.scope, binding.value, binding.start, depth)
    if binding.kind == "def":
        ref = FunctionRef(item.path, binding.row)
        if decorated_with(project, ref, "property", "cached_property"):
            return returned_type(project, ref, depth)
    return UNKNOWN


def _made(project: Project, path: str, scope: int, called: Expression, start: int, depth: int) -> Type:
    """The type of what calling `called` makes."""
    targets = in_order(evaluate(project, path, scope, called, start))
    found: list[Type] = []
    for target in targets:
        if isinstance(target, External):
            found.append(Instance(external_name(target.name)))
            continue
        found += [Instance(ref) for ref in classes_behind(project, target)]
        found += [returned_type(project, ref, depth) for ref in functions_behind(project, target)]
    if not found and called[0] == "attribute":
        held = value_type(project, path, scope, called[3], start, depth)
        for item in alternatives(held):
            if isinstance(item, Instance) and isinstance(item.of, ClassRef):
                found += [returned_type(project, ref, depth) for ref in methods(project, item.of, called[4])]
            elif isinstance(item, Instance):
                found.append(Instance(f"{item.of}().{called[4]}"))
    return union(tuple(found))


def _attribute_of(project: Project, ref: ClassRef, name: str, depth: int) -> Type:
    for item in (ref, *ancestors(project, ref)):
        if not isinstance(item, ClassRef):
            continue
        rows = own_bindings(project, item, name)
        if rows:
            held = Variable(item.path, project.facts(item.path).classes[item.row].own, name)
            return _union(_bound(project, held, row, depth) for row in rows) if depth > 0 else UNKNOWN
        given = assigned_to_self(project, item).get(name, ())
        if given:
            return _union(
                annotated(project, item.path, scope, annotation)
                if annotation is not None
                else value_type(project, item.path, scope, value, -1, depth - 1)
                for scope, value, annotation in given
            )
    return UNKNOWN


@question
def assigned_to_self(
    project: Project, ref: ClassRef
) -> dict[str, tuple[tuple[int, Expression | None, Expression | None], ...]]:
    """What the methods of a class assign to attributes of their first parameter: `(scope, value, annotation)` each."""
    node = class_tree(project, ref)
    if node is None:
        return {}
    facts, at = project.facts(ref.path), offsets(project, ref.path).at
    scopes = {facts.scopes[row.own].start: row.own for row in facts.functions}
    found: dict[str, list[tuple[int, Expression | None, Expression | None]]] = {}
    for method in node.body:
        if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) or not method.args.args:
            continue
        scope, first = scopes[at(method.lineno, method.col_offset)], method.args.args[0].arg
        for item in own_nodes(method):
            if not isinstance(item, (ast.Assign, ast.AnnAssign)):
                continue
            value = None if item.value is None else encode(item.value, at)
            annotation = encode(item.annotation, at) if isinstance(item, ast.AnnAssign) else None
            for target in item.targets if isinstance(item, ast.Assign) else [item.target]:
                if (
                    isinstance(target, ast.Attribute)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == first
                ):
                    found.setdefault(target.attr, []).append((scope, value, annotation))
    return {name: tuple(rows) for name, rows in found.items()}


def is_a(project: Project, held: Type, names: frozenset[str]) -> bool:
    """Whether one of the alternatives is an instance of a class outside called so, or of one below such a class."""
    return any(isinstance(item, Instance) and inherits(project, item.of, names) for item in alternatives(held))


def inherits(project: Project, of: ClassRef | str, names: frozenset[str]) -> bool:
    """Whether a class is or inherits from one of the outside classes called so."""
    if isinstance(of, str):
        return of in names
    return any(isinstance(item, External) and item.name in names for item in ancestors(project, of))
