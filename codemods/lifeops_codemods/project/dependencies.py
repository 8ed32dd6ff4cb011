"""What FastAPI injects: which function or class provides the value of a parameter, and what that value is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Expression, Parameter
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.annotations import metadata
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition, own_bindings
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.functions import (
    FunctionRef,
    function,
    function_node,
    functions_behind,
    methods,
)
from lifeops_codemods.project.instances import returned_expressions, value_type
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, bindings_of, evaluate
from lifeops_codemods.project.registrations import callables
from lifeops_codemods.project.route_wrappers import bind
from lifeops_codemods.project.trees import call_at, offsets
from lifeops_codemods.project.types import UNKNOWN, Instance, Type, alternatives, annotated, union, without_none
from lifeops_codemods.project.walking import own_nodes

Provider = FunctionRef | ClassRef

_MARKS = frozenset({"Depends", "Security"})
_PARTIAL = frozenset({"functools.partial"})
_STREAMS = frozenset(
    f"collections.abc.{prefix}{name}" for prefix in ("", "Async") for name in ("Generator", "Iterator", "Iterable")
)
_DEPTH = 6


def provider(project: Project, ref: FunctionRef, name: str) -> tuple[Provider, ...]:
    """The functions or classes that FastAPI calls for the value of a parameter; nothing if it is not injected so."""
    mark = depends_of(project, ref, name)
    return () if mark is None else provided_by(project, mark, parameter_annotation(project, ref, name))


def parameter(project: Project, ref: FunctionRef, name: str) -> Parameter | None:
    """The row of a parameter."""
    rows = (Parameter._make(row) for row in function(project, ref).parameters)
    return next((row for row in rows if row.name == name), None)


def parameter_annotation(project: Project, ref: FunctionRef, name: str) -> Given | None:
    """The annotation of a parameter."""
    row = parameter(project, ref, name)
    return (
        None if row is None or row.annotation is None else Given(ref.path, function(project, ref).scope, row.annotation)
    )


@question
def depends_of(project: Project, ref: FunctionRef, name: str) -> Given | None:
    """The `Depends(…)` of a parameter: in its annotation, behind an alias of that, or as its default."""
    row = parameter(project, ref, name)
    if row is None:
        return None
    default = None if row.default is None else Given(ref.path, function(project, ref).scope, row.default)
    return depends_in(project, parameter_annotation(project, ref, name), default)


def depends_in(project: Project, annotation: Given | None, default: Given | None) -> Given | None:
    """The `Depends(…)` that an annotation and a default say; the default wins, then the last of the annotation."""
    marks = [] if annotation is None else list(metadata(project, annotation))
    for given in (default, *reversed(marks)):
        found = None if given is None else depends(project, given)
        if found is not None:
            return found
    return None


def depends(project: Project, given: Given, depth: int = _DEPTH) -> Given | None:
    """The call of `Depends` or `Security` that an expression is, a variable holds, or a project's function returns."""
    path, scope, expression = given
    if not depth:
        return None
    if expression[0] == "call":
        outside = evaluate(project, path, scope, expression[3], expression[1])
        names = {item.name.rpartition(".")[2] for item in outside if isinstance(item, External)}
        if names & _MARKS or (not outside and parts_of(expression[3])[-1:] in {(mark,) for mark in _MARKS}):
            return given
        return _made_mark(project, given, depth)
    if expression[0] in {"name", "attribute"}:
        for item in evaluate(project, path, scope, expression, expression[1]):
            for held in _held(project, item):
                found = depends(project, held, depth - 1)
                if found is not None:
                    return found
    return None


def _made_mark(project: Project, given: Given, depth: int) -> Given | None:
    """The mark that a function of the project returns: `def Needs(role): return Depends(check(role))`."""
    for ref in callables(project, given._replace(expression=given.expression[3])):
        named = bind(project, ref, given, False).named
        for expression in returned_expressions(project, ref):
            found = depends(project, Given(ref.path, function(project, ref).own, expression), depth - 1)
            if found is not None:
                first = found.expression[4][:1]
                meant = named.get(first[0][3]) if first and first[0][0] == "name" else None
                if meant is None:
                    return found
                return meant._replace(expression=(*found.expression[:4], (meant.expression,), found.expression[5]))
    return None


def _held(project: Project, item: object) -> Iterator[Given]:
    """What is assigned to a variable, in full."""
    if isinstance(item, Variable):
        for row in bindings_of(project, item):
            if row.kind == "assign" and row.value is not None:
                whole = call_at(project, item.path, row.value[1], row.value[2]) if row.value[0] == "call" else None
                yield Given(item.path, item.scope, whole or row.value)


@question
def provided_by(project: Project, mark: Given, annotation: Given | None) -> tuple[Provider, ...]:
    """What a `Depends(…)` calls; without an argument it is the class of the annotation."""
    given = dependency(mark)
    if given is not None:
        return tuple(dict.fromkeys(_callable(project, given, _DEPTH)))
    if annotation is None:
        return ()
    kind = annotated(project, annotation.path, annotation.scope, annotation.expression, annotation.span[0])
    found = (one.of for one in alternatives(without_none(kind)) if isinstance(one, Instance))
    return tuple(of for of in found if isinstance(of, ClassRef))


def dependency(mark: Given) -> Given | None:
    """The argument of `Depends(…)`; None without one."""
    arguments, keywords = mark.expression[4], dict(mark.expression[5])
    expression = arguments[0] if arguments else keywords.get("dependency")
    if expression is None or (expression[0] == "constant" and expression[3] is None):
        return None
    return mark._replace(expression=expression)


def _callable(project: Project, given: Given, depth: int) -> Iterator[Provider]:
    """What calling the value of an expression calls: a function, a class, the `__call__` of an instance."""
    path, scope, expression = given
    if not depth:
        return
    if expression[0] == "call":
        yield from _called(project, given, depth)
        return
    targets = sorted(evaluate(project, path, scope, expression, expression[1]), key=repr)
    found: list[Provider] = []
    for target in targets:
        found += functions_behind(project, target)
        found += classes_behind(project, target)
        for held in _held(project, target):
            found += _callable(project, held, depth - 1)
    yield from found
    if not found and expression[0] == "attribute":
        yield from callables(project, given)
    if not found:
        yield from _calls_of(project, given)


def _called(project: Project, given: Given, depth: int) -> Iterator[Provider]:
    """What a call makes that can itself be called: `partial(f)`, `Checker("x")`, `make(x)` with a function in it."""
    called = given._replace(expression=given.expression[3])
    outside = evaluate(project, called.path, called.scope, called.expression, called.span[0])
    if any(isinstance(item, External) and item.name in _PARTIAL for item in outside) and given.expression[4]:
        yield from _callable(project, given._replace(expression=given.expression[4][0]), depth - 1)
        return
    instances = list(_calls_of(project, given))
    if instances:
        yield from instances
        return
    for ref in callables(project, called):
        named = bind(project, ref, given, called.expression[0] == "attribute").named
        for expression in returned_expressions(project, ref):
            meant = named.get(expression[3]) if expression[0] == "name" else None
            inner = meant or Given(ref.path, function(project, ref).own, expression)
            yield from _callable(project, inner, depth - 1)


def _calls_of(project: Project, given: Given) -> Iterator[FunctionRef]:
    held = value_type(project, given.path, given.scope, given.expression, given.span[0])
    for one in alternatives(held):
        if isinstance(one, Instance) and isinstance(one.of, ClassRef):
            yield from methods(project, one.of, "__call__")


def signature(project: Project, item: Provider) -> FunctionRef | None:
    """The function whose parameters are injected when FastAPI calls a provider; None for classes without `__init__`."""
    if isinstance(item, FunctionRef):
        return item
    found = methods(project, item, "__init__")
    return found[0] if found else None


@question
def yielded_expressions(project: Project, ref: FunctionRef) -> tuple[Expression, ...]:
    """What the `yield` statements of a function yield, nested functions apart."""
    node = function_node(project, ref)
    if node is None:
        return ()
    at = offsets(project, ref.path).at
    values = [item.value for item in own_nodes(node) if isinstance(item, ast.Yield)]
    return tuple(encode(value, at) for value in values if value is not None)


@question
def given_type(project: Project, item: Provider) -> Type:
    """The type of the value that a provider gives, as its annotation says: what a generator yields."""
    if isinstance(item, ClassRef):
        return Instance(item)
    row = function(project, item)
    kind = annotated(project, item.path, row.scope, row.returns, row.start)
    if not yielded_expressions(project, item):
        return kind
    streams = [one for one in alternatives(kind) if isinstance(one, Instance) and one.of in _STREAMS]
    return union(tuple(one.arguments[0] for one in streams if one.arguments))


def injected_type(project: Project, ref: FunctionRef, name: str) -> Type:
    """The type of a parameter: as it is annotated, else what its providers give."""
    annotation = parameter_annotation(project, ref, name)
    if annotation is not None:
        found = annotated(project, annotation.path, annotation.scope, annotation.expression, annotation.span[0])
        if found != UNKNOWN:
            return found
    return union(tuple(given_type(project, item) for item in provider(project, ref, name)))


@question
def attribute_provider(project: Project, ref: ClassRef, name: str) -> tuple[Provider, ...]:
    """What provides an attribute of a class-based controller: `db: Session = Depends(get_db)` in the class body."""
    for item in (ref, *ancestors(project, ref)):
        if isinstance(item, ClassRef):
            for row in own_bindings(project, item, name):
                scope = definition(project, item).own
                annotation = None if row.annotation is None else Given(item.path, scope, row.annotation)
                default = None if row.value is None else Given(item.path, scope, row.value)
                mark = depends_in(project, annotation, default)
                if mark is not None:
                    return provided_by(project, mark, annotation)
    return ()
