"""Whether an expression may be `None` because something was not found: by annotation, by query, by what is returned."""

from __future__ import annotations

import ast
from enum import Enum, auto
from typing import NamedTuple

from lifeops_codemods.project import Project, cyclic_question, question
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.exceptions.blocks import executed, yields
from lifeops_codemods.project.exceptions.demands import Demands, demands_at, demands_of_call, given
from lifeops_codemods.project.exceptions.endings import Ending, endings
from lifeops_codemods.project.exceptions.escapes import Place
from lifeops_codemods.project.exceptions.no_return import ways
from lifeops_codemods.project.exceptions.queries import is_of_query, models_named, selected
from lifeops_codemods.project.exceptions.reached import Callee, callees
from lifeops_codemods.project.exceptions.roots import parameters_of
from lifeops_codemods.project.exceptions.surroundings import surroundings
from lifeops_codemods.project.functions import FunctionNode, FunctionRef, function, function_node, owner
from lifeops_codemods.project.locals import assigned_value, is_examined
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.trees import span_of
from lifeops_codemods.project.types import NONE, Instance, Type, alternatives, annotated

_ONE_OR_NONE = frozenset({"scalar_one_or_none", "one_or_none", "first"})
_SCALARS = frozenset({"builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes"})
"""Of a plain value None says that there is none of it, and not that what it belongs to was not found."""


_MAKING = frozenset({"create", "insert", "add", "upsert", "register", "save", "store", "make", "build", "generate"})
"""First words of functions that make something: None says that it did not work."""
_CONTAINERS = frozenset({"builtins.list", "builtins.dict", "builtins.set", "builtins.tuple"})

_DISPLAYS = (ast.List, ast.ListComp, ast.Dict, ast.DictComp, ast.Set, ast.SetComp)


class Doubt(Enum):
    """Why None need not say that something was not found."""

    MADE = auto()
    LIST = auto()


class Absence(NamedTuple):
    """Why a value may be None: the places that say so, and the name of the class of which there may be no instance.

    demands: for each place of the called function that gives None what its arguments must be to get there; none where
    it may be anything.
    """

    places: tuple[Place, ...]
    of: str = ""
    doubt: Doubt | None = None
    demands: tuple[Demands, ...] = ()


def may_be_absent(project: Project, ref: FunctionRef, node: ast.expr) -> Absence | None:
    """Whether an expression in a function may be None; a local variable counts if no condition looks at it."""
    match node:
        case ast.Await(value=value):
            return may_be_absent(project, ref, value)
        case ast.Call():
            return _query(project, ref, node) or _called(project, ref, node)
        case ast.Name(id=name):
            tree = function_node(project, ref)
            given = assigned_value(tree, name) if tree is not None else None
            if tree is None or given is None or is_examined(tree, name):
                return None
            return may_be_absent(project, ref, given)
    return None


def _query(project: Project, ref: FunctionRef, call: ast.Call) -> Absence | None:
    """`session.get(Model, …)` and `….scalar_one_or_none()`."""
    if not isinstance(call.func, ast.Attribute):
        return None
    place = Place(ref.path, *span_of(project, ref.path, call), "gives None if there is none")
    if call.func.attr == "get" and len(call.args) >= 2:
        found = models_named(project, ref.path, call.args[0])
        return Absence((place,), found[0]) if found else None
    if (
        call.func.attr in _ONE_OR_NONE
        and not call.args
        and not call.keywords
        and is_of_query(project, ref, call.func.value)
    ):
        return Absence((place,), selected(project, ref, call.func.value))
    return None


def _called(project: Project, ref: FunctionRef, call: ast.Call) -> Absence | None:
    span = span_of(project, ref.path, call)
    for callee in callees(project, Callee(ref, owner(project, ref))).get(span, ()):
        found = returns_none(project, callee.ref)
        possible = found is not None and _can_be(project, ref, call, callee.ref, found.demands)
        if found is not None and possible and not _raises_instead(project, call, callee.ref):
            here = Place(ref.path, *span, "calls what may return None")
            made = function(project, callee.ref).name.lstrip("_").partition("_")[0] in _MAKING
            doubt = Doubt.MADE if made else found.doubt
            return Absence((here, *found.places), found.of or _model_name(project, callee.of), doubt)
    return None


def _raises_instead(project: Project, call: ast.Call, callee: FunctionRef) -> bool:
    """Whether a call asks a function to raise where it would return None: `find(name, must_exist=True)`."""
    arguments = given(project, call, callee)
    flags = {
        name for name, value in arguments.by_name.items() if isinstance(value, ast.Constant) and value.value is True
    }
    return bool(flags & _flags_to_raise(project, callee))


@question
def _flags_to_raise(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The parameters of which each lets a function raise instead of returning None.

    `if row is None and must_exist: raise …` before `return row`, which is the only thing that is returned.
    """
    node = function_node(project, ref)
    if node is None:
        return frozenset()
    returned = {one.value.id if isinstance(one.value, ast.Name) else "" for one in _returns(node)}
    if len(returned) != 1 or "" in returned or Ending.FALLS in endings(node.body):
        return frozenset()
    known = parameters_of(project, ref) or frozenset()
    found: set[str] = set()
    for raised, around in surroundings(project, ref).items():
        if isinstance(raised, ast.Raise):
            tests = [part for one in around.conditions if one.holds is True for part in _all_of(one.test)]
            flags = {one.id for one in tests if isinstance(one, ast.Name)} & known
            absent = {_absent(one) for one in tests} - {""}
            is_all = all(one.holds is True for one in around.conditions) and len(tests) == 2
            found |= flags if is_all and len(flags) == 1 and absent == returned else set()
    return frozenset(found)


def _returns(node: FunctionNode) -> list[ast.Return]:
    return [one for one in executed(node.body) if isinstance(one, ast.Return)]


def _all_of(test: ast.expr) -> list[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]


def _absent(test: ast.expr) -> str:
    """The variable that is looked at in `not row` and `row is None`."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            return name
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return name
    return ""


def _can_be(
    project: Project, ref: FunctionRef, call: ast.Call, callee: FunctionRef, demands: tuple[Demands, ...]
) -> bool:
    """Whether the arguments of a call can be what some place that gives None demands of them."""
    return not demands or any(demands_of_call(project, ref, call, callee, one) is not None for one in demands)


def _model_name(project: Project, of: ClassRef | None) -> str:
    """The model whose own class method looks it up: `Item.get(db, …)`."""
    return definition(project, of).name if of is not None and model_of(project, of) is not None else ""


@cyclic_question(None)
def returns_none(project: Project, ref: FunctionRef) -> Absence | None:
    """Whether a function returns something or None: as annotated, else as its statements say."""
    row = function(project, ref)
    node = function_node(project, ref)
    if node is None or yields(node.body):
        return None
    said = annotated(project, ref.path, row.scope, row.returns, row.start)
    if row.returns is not None and NONE in alternatives(said):
        if all(one == NONE or (isinstance(one, Instance) and one.of in _SCALARS) for one in alternatives(said)):
            return None
        place = Place(ref.path, row.returns[1], row.returns[2], "says that there may be none")
        others = [one for one in alternatives(said) if one != NONE]
        is_list = bool(others) and all(isinstance(one, Instance) and one.of in _CONTAINERS for one in others)
        return Absence((place,), _class_name(project, said), Doubt.LIST if is_list else None)
    found = _returned(project, ref, node)
    return found and found._replace(of=found.of or _class_name(project, said))


def _returned(project: Project, ref: FunctionRef, node: FunctionNode) -> Absence | None:
    returns = _returns(node)
    values = [one.value for one in returns if one.value is not None and not _is_none(one.value)]
    for value in values:
        found = may_be_absent(project, ref, value)
        if found is not None:
            return found
    nothing = [one for one in returns if one.value is None or _is_none(one.value)]
    doubt = Doubt.LIST if values and all(isinstance(one, _DISPLAYS) for one in values) else None
    falls = Ending.FALLS in ways(project, ref)
    if values and nothing:
        demands = [demands_at(project, ref, one) for one in nothing]
        possible = [one for one, demanded in zip(nothing, demands, strict=True) if demanded is not None]
        if possible:
            place = Place(ref.path, *span_of(project, ref.path, possible[0]), "returns None")
            known = () if falls else tuple(one for one in demands if one is not None)
            return Absence((place,), doubt=doubt, demands=known)
    if values and falls:
        place = Place(ref.path, *span_of(project, ref.path, node.body[-1]), "may end without a `return`")
        return Absence((place,), doubt=doubt)
    return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _class_name(project: Project, said: Type) -> str:
    refs = [one.of for one in alternatives(said) if isinstance(one, Instance) and isinstance(one.of, ClassRef)]
    return definition(project, refs[0]).name if len(refs) == 1 else ""
