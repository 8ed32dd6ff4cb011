"""What a call gives: a new instance, what a function of the project returns, what is made of what it gets."""

from __future__ import annotations

import ast
from functools import partial
from typing import NamedTuple

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.project import Project, cyclic_question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition, own_bindings
from lifeops_codemods.project.creation.running import Run, State
from lifeops_codemods.project.creation.values import (
    NOTHING,
    OTHER,
    Answer,
    Atom,
    Handed,
    Made,
    Model,
    Value,
    mapped,
    one,
    part,
    put_together,
    union,
    whole,
)
from lifeops_codemods.project.exceptions.reached import Callee, callees
from lifeops_codemods.project.exceptions.receivers import is_first_parameter, type_of
from lifeops_codemods.project.functions import (
    FunctionRef,
    decorated_with,
    function,
    function_node,
    is_class_method,
    is_static,
)
from lifeops_codemods.project.instances import inherits
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, bindings_of, evaluate
from lifeops_codemods.project.schemas import schema_kind
from lifeops_codemods.project.serialisation import is_response
from lifeops_codemods.project.trees import offsets, span_of
from lifeops_codemods.project.types import (
    ClassObject,
    Instance,
    Type,
    alternatives,
    parameter_meanings,
    substituted,
)
from lifeops_codemods.project.walking import own_nodes

_SESSIONS = frozenset(
    f"{module}.{name}"
    for module in ("sqlalchemy.orm", "sqlalchemy.ext.asyncio", "sqlmodel", "sqlmodel.ext.asyncio.session",
                   "sqlalchemy.orm.session", "sqlalchemy.ext.asyncio.session", "sqlmodel.orm.session")
    for name in ("Session", "AsyncSession", "scoped_session", "async_scoped_session")
)  # fmt: skip
_LOOKS_LIKE_ONE = frozenset(
    {"db", "session", "db_session", "async_session", "_session", "_db", "sess", "database_session", "dbsession"}
)
_VALIDATING = frozenset({"model_validate", "from_orm", "parse_obj", "validate", "validate_python", "model_construct"})
_SAME = frozenset(
    {"model_dump", "dict", "to_dict", "as_dict", "_asdict", "model_copy", "copy", "model_dump_json", "json"}
)
_HANDING_ON = frozenset(
    {
        "fastapi.encoders.jsonable_encoder", "builtins.list", "builtins.dict", "builtins.tuple", "builtins.set",
        "builtins.sorted", "typing.cast", "asyncio.shield", "copy.copy", "copy.deepcopy",
    }
)  # fmt: skip
_PLAIN = frozenset({"builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.len", "builtins.repr"})
_KEEPS_ITS_ANSWER = (
    "staticmethod", "classmethod", "abstractmethod", "override", "inject", "wraps", "final", "deprecated", "retry",
)  # fmt: skip


class Summary(NamedTuple):
    """What a call of a function gives, in terms of its parameters, and which of these it always adds to a session."""

    returns: Value
    adds: frozenset[str]


NOTHING_KNOWN = Summary(OTHER, frozenset())


@cyclic_question(NOTHING_KNOWN)
def summary(project: Project, callee: Callee) -> Summary:
    """The summary of a function for a class of receiver; nothing is known of one that calls itself."""
    node = function_node(project, callee.ref)
    if node is None or _is_changed_by_a_decorator(project, callee.ref):
        return NOTHING_KNOWN
    if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in own_nodes(node)):
        return NOTHING_KNOWN
    names = {row[0]: one(Handed(row[0])) for row in function(project, callee.ref).parameters}
    run = run_on(project, callee, names)
    return Summary(run.returns, frozenset.intersection(*run.exits) if run.exits else frozenset())


def run_on(project: Project, callee: Callee, names: dict[str, Value]) -> Run:
    """A run of a function with values for its parameters."""
    node = function_node(project, callee.ref)
    run = Run(project, callee, State(names))
    if node is not None:
        run.block(node.body)
        run.end()
    return run


def _is_changed_by_a_decorator(project: Project, ref: FunctionRef) -> bool:
    decorators = len(function(project, ref).decorators)
    known = sum(decorated_with(project, ref, name) for name in _KEEPS_ITS_ANSWER)
    return known < decorators


def called(run: Run, node: ast.Call) -> Value:
    """What a call may give. What it is handed is looked at once, since that may add something as well."""
    values = [run.value(argument) for argument in node.args]
    named = {keyword.arg: run.value(keyword.value) for keyword in node.keywords}
    if _is_of_session(run, node):
        return _of_session(run, node, [*values, *named.values()])
    run.fill(node, values)
    held = run.value(node.func) if isinstance(node.func, ast.Name) else NOTHING
    model = _model(run, node, held)
    if model is not None:
        place = span_of(run.project, run.callee.ref.path, node)
        return one(Made(run.callee.ref.path, place[0], model))
    reached = callees(run.project, run.callee).get(span_of(run.project, run.callee.ref.path, node), ())
    if reached and not any(function(run.project, one_.ref).name == "__init__" for one_ in reached):
        return _of_functions(run, node, reached, values, named)
    return _of_library(run, node, [*values, *named.values()])


def class_named(run: Run, node: ast.expr, otherwise: Value | None = OTHER) -> Value:
    """The models that a name outside the function stands for."""
    found = [made for made in _classes(run, node) if model_of(run.project, made) is not None]
    return frozenset(Model(made) for made in found) if found else (otherwise or NOTHING)


def class_of_table(run: Run, node: ast.Subscript) -> Value:
    """`CHANNELS[kind]`, where the dictionary is written once and holds nothing but models."""
    project = run.project
    if not isinstance(node.value, ast.Name) or node.value.id in run.state.names:
        return NOTHING
    found: list[ClassRef] = []
    for target in _targets(run, node.value):
        rows = bindings_of(project, target) if isinstance(target, Variable) else ()
        if len(rows) != 1 or rows[0].value is None or rows[0].value[0] != "dict" or not isinstance(target, Variable):
            return NOTHING
        for value in rows[0].value[4]:
            behind = evaluate(project, target.path, target.scope, value, value[1])
            made = [one_ for item in behind for one_ in classes_behind(project, item)]
            if not made or any(model_of(project, one_) is None for one_ in made):
                return NOTHING
            found += made
    return frozenset(Model(made) for made in found)


# -- sessions


def _is_of_session(run: Run, node: ast.Call) -> bool:
    """Whether a method is called on a session: by its type, or by its name where no type is known."""
    if not isinstance(node.func, ast.Attribute):
        return False
    receiver = node.func.value
    held = type_of(run.project, run.callee.ref, receiver, run.callee.of)
    kinds = [one_ for one_ in alternatives(held) if isinstance(one_, Instance)]
    if kinds:
        return any(one_.of in _SESSIONS or inherits(run.project, one_.of, _SESSIONS) for one_ in kinds)
    name = receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
    return name in _LOOKS_LIKE_ONE


def _of_session(run: Run, node: ast.Call, values: list[Value]) -> Value:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in {"add", "add_all"}:
        run.add(union(values))
    return OTHER


# -- models


def _model(run: Run, node: ast.Call, held: Value) -> ClassRef | None:
    """The model of which a call makes an instance; of one of several the first, as they are all new."""
    models = sorted(atom.of for atom in held if isinstance(atom, Model))
    if models and len(models) == len(held):
        return models[0]
    project, callee = run.project, run.callee
    if isinstance(node.func, ast.Name) and held - {atom for atom in held if isinstance(atom, Handed)}:
        return None
    if is_first_parameter(project, callee.ref, node.func) and is_class_method(project, callee.ref):
        return callee.of if callee.of is not None and model_of(project, callee.of) is not None else None
    if isinstance(node.func, ast.Attribute) and node.func.attr in _VALIDATING:
        made = [one_ for one_ in _classes(run, node.func.value) if model_of(project, one_) is not None]
        return made[0] if made else None
    kind = type_of(project, callee.ref, node.func, callee.of)
    if callee.of is not None:
        kind = substituted(kind, parameter_meanings(project, Instance(callee.of)))
    found = [one_ for one_ in (*_held(run, node.func), *_instances(kind)) if model_of(project, one_) is not None]
    named = [one_ for one_ in _classes(run, node.func) if model_of(project, one_) is not None]
    return next(iter((*named, *found)), None)


def _held(run: Run, node: ast.expr) -> list[ClassRef]:
    """The class that a class of the project holds as `model = Item`, for `self.model`."""
    project, callee = run.project, run.callee
    if not isinstance(node, ast.Attribute) or not is_first_parameter(project, callee.ref, node.value):
        return []
    for item in (callee.of, *ancestors(project, callee.of)) if callee.of is not None else ():
        rows = own_bindings(project, item, node.attr) if isinstance(item, ClassRef) else ()
        values = [row.value for row in rows if row.value is not None]
        if values and isinstance(item, ClassRef):
            behind = evaluate(project, item.path, definition(project, item).own, values[0], values[0][1])
            return [one_ for target in sorted(behind, key=repr) for one_ in classes_behind(project, target)]
    return []


def _instances(kind: Type) -> list[ClassRef]:
    """The classes of the project that a type is the class object of."""
    inner = [one_.of for one_ in alternatives(kind) if isinstance(one_, ClassObject)]
    return [one_.of for one_ in inner if isinstance(one_, Instance) and isinstance(one_.of, ClassRef)]


def _classes(run: Run, node: ast.expr) -> list[ClassRef]:
    return [made for target in _targets(run, node) for made in classes_behind(run.project, target)]  # type: ignore[arg-type]


def _targets(run: Run, node: ast.expr) -> list[object]:
    path = run.callee.ref.path
    if not isinstance(node, ast.Name | ast.Attribute):
        return []
    expression = encode(node, offsets(run.project, path).at)
    own = function(run.project, run.callee.ref).own
    return sorted(evaluate(run.project, path, own, expression, expression[1]), key=repr)


# -- functions of the project


def _of_functions(
    run: Run, node: ast.Call, reached: tuple[Callee, ...], values: list[Value], named: dict[str | None, Value]
) -> Value:
    """What one of several functions returns; what all of them add is added."""
    found: list[Value] = []
    adding: list[Value] = []
    for index, callee in enumerate(reached):
        said = summary(run.project, callee)
        given = _bound(run, node, callee, values, named)
        found.append(mapped(said.returns, partial(_meant, given)))
        added = union(given.get(name, NOTHING) for name in said.adds)
        adding = [added] if index == 0 else [adding[0] & added]
    run.add(adding[0])
    return union(found)


def _bound(
    run: Run, node: ast.Call, callee: Callee, values: list[Value], named: dict[str | None, Value]
) -> dict[str, Value]:
    """The values for the parameters of a function that is called."""
    rows = [row[0] for row in function(run.project, callee.ref).parameters if row[1] in {"/", "."}]
    given = {name: value for name, value in named.items() if name is not None}
    if callee.of is not None and not is_static(run.project, callee.ref) and rows:
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        given[rows[0]] = run.value(receiver) if isinstance(receiver, ast.Name) else OTHER
        rows = rows[1:]
    given |= dict(zip(rows, values, strict=False))
    return given


def _meant(given: dict[str, Value], atom: Atom) -> Value:
    if not isinstance(atom, Handed):
        return one(atom)
    value = given.get(atom.name, NOTHING)
    if atom.added:
        value = frozenset(item._replace(added=True) if isinstance(item, Made | Handed) else item for item in value)
    return value if atom.whole else part(value)


# -- everything else


def _of_library(run: Run, node: ast.Call, values: list[Value]) -> Value:
    """What a schema is made of; what is handed on; what is taken from a value."""
    targets = _targets(run, node.func)
    names = {item.name for item in targets if isinstance(item, External)}
    if _makes_a_schema(run, node):
        return whole(put_together(values))
    if names & _HANDING_ON:
        return union(values)
    if names & _PLAIN:
        return put_together(part(value) for value in values)
    if _makes_a_response(run, node, names):
        return one(Answer())
    if isinstance(node.func, ast.Attribute) and not names:
        receiver = run.value(node.func.value)
        if receiver and not (receiver & OTHER) and not any(isinstance(atom, Model) for atom in receiver):
            return receiver if node.func.attr in _SAME else part(receiver)
    return OTHER


def _makes_a_schema(run: Run, node: ast.Call) -> bool:
    """`ItemOut(…)`, `ItemOut.model_validate(item)`, `Page[ItemOut](…)`, `TypeAdapter(…).validate_python(item)`"""
    callee: ast.expr = node.func
    if isinstance(callee, ast.Attribute) and callee.attr in _VALIDATING:
        callee = callee.value
        if isinstance(callee, ast.Call):
            return node.func.attr == "validate_python" if isinstance(node.func, ast.Attribute) else False
    if isinstance(callee, ast.Subscript):
        callee = callee.value
    return any(schema_kind(run.project, made) is not None for made in _classes(run, callee))


def _makes_a_response(run: Run, node: ast.Call, names: set[str]) -> bool:
    if any(name.rpartition(".")[2].endswith("Response") for name in names):
        return True
    kinds = [Instance(made) for made in _classes(run, node.func)]
    return any(is_response(run.project, kind) for kind in kinds)
