"""What a function returns on each way: instances of exactly one schema, lists of them, None, or something unknown.

A schema counts where the code makes an instance of it, by its constructor or by validation; an annotation may promise
less or more than what comes. What a called function of the project returns is read from its own `return`s.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.project import Project, cyclic_question
from lifeops_codemods.project.classes import ClassRef, classes_behind
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.exceptions.endings import Ending
from lifeops_codemods.project.exceptions.no_return import ways
from lifeops_codemods.project.exceptions.reached import Callee, callees
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, decorated_with, function, function_node
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Target, evaluate
from lifeops_codemods.project.schemas import SchemaKind, schema_kind
from lifeops_codemods.project.trees import offsets, span_of
from lifeops_codemods.project.types import own_parameters
from lifeops_codemods.project.walking import own_nodes

_MAKING = frozenset({"model_validate", "from_orm", "parse_obj", "model_construct", "model_validate_json", "parse_raw"})
_LISTS = frozenset({"builtins.list", "builtins.sorted"})
_KEEPS_ITS_ANSWER = ("staticmethod", "classmethod", "abstractmethod", "override", "final", "deprecated", "inject")


class Shape(NamedTuple):
    """What may be returned. of: the schema, None for an empty list. many: a list of them."""

    of: ClassRef | None
    many: bool = False


class Unproven(NamedTuple):
    """Something else; none: it is None."""

    none: bool


Shapes = frozenset[Shape | Unproven]
UNPROVEN: Shapes = frozenset({Unproven(False)})
NONE: Shapes = frozenset({Unproven(True)})
EMPTY = Shape(None, True)


@cyclic_question(UNPROVEN)
def shapes(project: Project, callee: Callee, is_endpoint: bool = False) -> Shapes:
    """What a function may return. A decorator that is not known may change it, but for those that register a route."""
    node = function_node(project, callee.ref)
    if node is None or not (is_endpoint or _keeps_its_answer(project, callee.ref)):
        return UNPROVEN
    inner = list(own_nodes(node))
    if any(isinstance(one, ast.Yield | ast.YieldFrom) for one in inner):
        return UNPROVEN
    found: set[Shape | Unproven] = set()
    for one in inner:
        if isinstance(one, ast.Return):
            found |= NONE if one.value is None else _shape(project, callee, node, one.value, 6)
    if Ending.FALLS in ways(project, callee.ref):
        found |= NONE
    return frozenset(found)


def _keeps_its_answer(project: Project, ref: FunctionRef) -> bool:
    known = sum(decorated_with(project, ref, name) for name in _KEEPS_ITS_ANSWER)
    return known == len(function(project, ref).decorators)


def _shape(project: Project, callee: Callee, tree: FunctionNode, node: ast.expr, depth: int) -> Shapes:
    if not depth:
        return UNPROVEN
    match node:
        case ast.Constant(value=None):
            return NONE
        case ast.Await(value=value):
            return _called(project, callee, value, depth, awaited=True)
        case ast.Call():
            made = _made(project, callee, node)
            if made is not None:
                return frozenset({Shape(made)})
            if _is_list_of(project, callee, node):
                return _shape(project, callee, tree, node.args[0], depth - 1)
            return _called(project, callee, node, depth, awaited=False)
        case ast.IfExp(body=body, orelse=orelse):
            return _shape(project, callee, tree, body, depth - 1) | _shape(project, callee, tree, orelse, depth - 1)
        case ast.List(elts=[]):
            return frozenset({EMPTY})
        case ast.List(elts=elements):
            return _several(one for item in elements for one in _shape(project, callee, tree, item, depth - 1))
        case ast.ListComp(elt=element):
            return _several(iter(_shape(project, callee, tree, element, depth - 1)))
        case ast.Name(id=name):
            return _of_name(project, callee, tree, name, depth)
    return UNPROVEN


def _several(shapes: Iterator[Shape | Unproven]) -> Shapes:
    """A list of what its items are."""
    found = frozenset(shapes)
    if any(not isinstance(one, Shape) or one.many for one in found):
        return UNPROVEN
    return frozenset(Shape(one.of, True) for one in found if isinstance(one, Shape))


def _called(project: Project, callee: Callee, node: ast.expr, depth: int, *, awaited: bool) -> Shapes:
    """What a function of the project gives, of several any; a coroutine gives it when it is awaited."""
    if not isinstance(node, ast.Call):
        return UNPROVEN
    reached = callees(project, callee).get(span_of(project, callee.ref.path, node), ())
    if not reached or any(function(project, one.ref).is_async is not awaited for one in reached):
        return UNPROVEN
    return frozenset(shape for one in reached for shape in shapes(project, one))


def _of_name(project: Project, callee: Callee, tree: FunctionNode, name: str, depth: int) -> Shapes:
    """What a variable holds: what every assignment gives it, with what is appended to it."""
    if name in {row[0] for row in function(project, callee.ref).parameters}:
        return UNPROVEN
    found: set[Shape | Unproven] = set()
    assigned: set[ast.expr] = set()
    nodes = list(executed(tree.body))
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=target) as place], value=value) if target == name:
                found |= _shape(project, callee, tree, value, depth - 1)
                assigned.add(place)
            case ast.AnnAssign(target=ast.Name(id=target) as place, value=ast.expr() as value) if target == name:
                found |= _shape(project, callee, tree, value, depth - 1)
                assigned.add(place)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr="append"), args=[value]) if target == name:
                found |= _several(iter(_shape(project, callee, tree, value, depth - 1)))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr="extend" | "insert")) if target == name:
                return UNPROVEN
    stores = {one for one in nodes if isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Store)}
    return frozenset(found) if found and stores == assigned else UNPROVEN


def _made(project: Project, callee: Callee, node: ast.Call) -> ClassRef | None:
    """The schema of which a call makes an instance."""
    named: ast.expr = node.func
    if isinstance(named, ast.Attribute) and named.attr in _MAKING:
        named = named.value
    found = {made for target in _targets(project, callee, named) for made in classes_behind(project, target)}
    only = found.pop() if len(found) == 1 else None
    if only is None or own_parameters(project, only):
        return None
    return only if schema_kind(project, only) in {SchemaKind.MODEL, SchemaKind.ROOT} else None


def _is_list_of(project: Project, callee: Callee, node: ast.Call) -> bool:
    outside = {one.name for one in _targets(project, callee, node.func) if isinstance(one, External)}
    return (
        bool(outside & _LISTS) and len(node.args) == 1 and isinstance(node.args[0], ast.Name | ast.List | ast.ListComp)
    )


def _targets(project: Project, callee: Callee, node: ast.expr) -> list[Target]:
    if not isinstance(node, ast.Name | ast.Attribute):
        return []
    expression = encode(node, offsets(project, callee.ref.path).at)
    own = function(project, callee.ref).own
    return sorted(evaluate(project, callee.ref.path, own, expression, expression[1]), key=repr)
