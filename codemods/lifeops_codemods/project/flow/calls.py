"""What a call reads, runs and gives: what is called is found first, then what it gets, then what comes back."""

from __future__ import annotations

import ast
from contextlib import nullcontext

from lifeops_codemods.project.flow import (
    applying,
    arguments,
    attributes,
    criteria,
    expressions,
    lifetimes,
    loaders,
    meanings,
    queries,
    responses,
)
from lifeops_codemods.project.flow.frame import Frame, Step
from lifeops_codemods.project.flow.substitution import Substitution
from lifeops_codemods.project.flow.values import (
    NOTHING,
    Arguments,
    ClassValue,
    Closure,
    Constant,
    Entity,
    Fixed,
    Foreign,
    Fresh,
    FunctionValue,
    Items,
    Load,
    Method,
    Object,
    Outcome,
    Place,
    Record,
    Statement,
    Symbol,
    Value,
    bounded,
    join,
    one,
)
from lifeops_codemods.project.functions import function


def call(frame: Frame, node: ast.Call, *, awaited: bool = False) -> Value:
    """What a call gives."""
    place = frame.place(node)
    receiver, name = NOTHING, ""
    if isinstance(node.func, ast.Attribute):
        if _is_super(node.func.value):
            return _of_super(frame, node, node.func.attr, place)
        receiver, name = expressions.evaluate(frame, node.func.value), node.func.attr
        if name in {"append", "add", "extend", "insert", "update", "setdefault", "appendleft"}:
            _fill(frame, node, name)
        with frame.silence() if _is_session_like(name, receiver) else nullcontext():
            behind = attributes.attribute(frame, receiver, name, frame.place(node.func))
        if not behind:
            behind = one(Method(Foreign("", True), name))
    else:
        behind = expressions.evaluate(frame, node.func)
    given = arguments.arguments(frame, node)
    if name and not _is_project_function(behind):
        found = _session(frame, node, receiver, name, given, place, awaited=awaited)
        if found is not None:
            return found
    validated = responses.validated(frame, node, behind, given)
    if validated is not None:
        return validated
    if any(isinstance(atom, Method) and isinstance(atom.of, Load) for atom in behind):
        longer = _longer_loader(receiver, name, given)
        frame.engine.loader_made(frame, longer)
        return longer
    return bounded(join([applying.apply(frame, atom, given, place, node, awaited=awaited) for atom in behind]))


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _of_super(frame: Frame, node: ast.Call, name: str, place: Place) -> Value:
    """`super().name(…)`; what a constructor above stores is stored in the same object."""
    behind = meanings.super_methods(frame.engine, frame, name)
    given = arguments.arguments(frame, node)
    if name == "__init__":
        for atom in behind:
            if isinstance(atom, FunctionValue):
                _take_over_stores(frame, atom, given, place)
    return join([applying.apply(frame, atom, given, place, node) for atom in behind])


def _take_over_stores(frame: Frame, callee: FunctionValue, given: Arguments, place: Place) -> None:
    summary = frame.engine.summary(callee.ref, callee.owner)
    bound = arguments.bind(frame, function(frame.project, callee.ref), given, callee.receiver, True)
    swap = Substitution(frame, bound, Step(place, "is made"))
    for name, held in summary.stores.items():
        frame.stores[name] = join((frame.stores.get(name, NOTHING), swap.value(held)))


def _is_session_like(name: str, receiver: Value) -> bool:
    """Whether a symbol is used as a session: what is read of it is of no interest."""
    return name in queries.RUNS and all(isinstance(atom, Symbol) for atom in receiver)


def _is_project_function(behind: Value) -> bool:
    return any(isinstance(atom, (FunctionValue, ClassValue, Closure)) for atom in behind)


def _session(
    frame: Frame, node: ast.Call, receiver: Value, name: str, given: Arguments, place: Place, *, awaited: bool
) -> Value | None:
    """The call as one of a session's methods, if what it gets shows that it is one."""
    structural = all(isinstance(atom, (Statement, Outcome, Items, Record, Fixed, Constant, Load)) for atom in receiver)
    if receiver and structural:
        return None
    if name in {"commit", "expire_all", "rollback"} and not node.args:
        is_async = awaited or queries.is_async_session(receiver)
        if lifetimes.expires_on_commit(frame.project, is_async):
            lifetimes.forget(frame.engine, frame, place)
        return NOTHING
    if name == "refresh" and node.args:
        is_async = awaited or queries.is_async_session(receiver)
        return lifetimes.refreshed(frame.engine, frame, node, given, place, is_async=is_async)
    if name == "run_sync" and given.positional:
        inner = Arguments((NOTHING, *given.positional[1:]), given.keywords, given.spread)
        return join([applying.apply(frame, atom, inner, place, node) for atom in given.positional[0]])
    positional = given.positional or tuple(
        value for key, value in given.keywords if key in {"statement", "entity", "ident"}
    )
    first = frame.place(node.args[0] if node.args else node)
    found = queries.session_method(frame, receiver, name, positional, place, first, awaited=awaited)
    if found is not None and name in {"get", "get_one"}:
        return _with_get_options(frame, found, given)
    return found


def _with_get_options(frame: Frame, found: Value, given: Arguments) -> Value:
    options = dict(given.keywords).get("options")
    if options is None:
        return found
    return frozenset(
        atom._replace(statement=loaders.with_options(frame, atom.statement, (options,)))
        for atom in found
        if isinstance(atom, Entity)
    )


def _longer_loader(receiver: Value, name: str, given: Arguments) -> Value:
    """`selectinload(A.b).joinedload(B.c)`: the last step of the chain goes on, the former load as well."""
    loads = [atom for atom in receiver if isinstance(atom, Load)]
    longest = max(len(load.path) for load in loads)
    positional, is_plain = (*given.positional, given.spread), not given.keywords
    goes_on = join(
        [loaders.loader(load, name, positional, is_plain=is_plain) for load in loads if len(load.path) == longest]
    )
    return join((goes_on, frozenset(loads)))


def _fill(frame: Frame, node: ast.Call, name: str) -> None:
    """`found.append(x)` puts `x` into what the variable holds."""
    target = node.func.value if isinstance(node.func, ast.Attribute) else None
    while isinstance(target, (ast.Subscript, ast.Call, ast.Attribute)):
        if isinstance(target, ast.Attribute):
            return
        target = target.value if isinstance(target, ast.Subscript) else getattr(target.func, "value", None)
    if not isinstance(target, ast.Name) or target.id not in frame.env or not node.args:
        return
    held = frame.env[target.id]
    if any(isinstance(atom, (Entity, Fresh, Symbol, Object)) for atom in held):
        return
    value = expressions.evaluate(frame, node.args[-1])
    if name in {"extend", "update"}:
        value = join((expressions.iterated(frame, value, frame.place(node)), arguments.loads_in(value)))
    if value:
        frame.env[target.id] = bounded(criteria.grown(held, one(Items(value))))
