"""What comes back from a call of something: a function of the project or of a library, a class, a method."""

from __future__ import annotations

import ast

from lifeops_codemods.facts.model import Function
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow import (
    arguments,
    attributes,
    builtin,
    criteria,
    expressions,
    libraries,
    lifetimes,
    loaders,
    meanings,
    queries,
    responses,
)
from lifeops_codemods.project.flow.frame import Frame, Step
from lifeops_codemods.project.flow.substitution import Substitution
from lifeops_codemods.project.flow.values import (
    CALL,
    DEEPEST_OBJECT,
    LONGEST_PATH,
    NOTHING,
    Arguments,
    Atom,
    Attribute,
    ClassValue,
    Closure,
    Column,
    Constant,
    Entity,
    Foreign,
    Fresh,
    FunctionValue,
    Items,
    Method,
    Object,
    Outcome,
    Place,
    Statement,
    Symbol,
    Value,
    bounded,
    inside,
    join,
    one,
)
from lifeops_codemods.project.functions import FunctionRef, function, is_static, methods
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.serialisation import Trust
from lifeops_codemods.project.types import Instance

_DEEPEST_CLOSURE = 3
_SAFE_DECORATORS = frozenset(
    {
        "staticmethod", "classmethod", "property", "cached_property", "abstractmethod", "override", "cache",
        "lru_cache",
        "cached", "wraps", "asynccontextmanager", "contextmanager", "retry", "overload", "final", "singledispatch",
        "hybrid_property", "hybrid_method", "computed_field", "deprecated", "validates", "inject", "timeit", "fixture",
    }
)  # fmt: skip


def apply(
    frame: Frame,
    atom: Atom,
    given: Arguments,
    place: Place,
    node: ast.Call | None = None,
    *,
    awaited: bool = False,
) -> Value:
    """What a call of `atom` with `given` gives."""
    match atom:
        case FunctionValue():
            row = function(frame.project, atom.ref)
            found = call_function(frame, atom, given, Step(place, f"{row.name}() is called"))
            return awaited_later(found) if awaited and not row.is_async else found
        case ClassValue(of=of):
            return construct(frame, of, given, place)
        case Closure():
            return call_closure(frame, atom, given)
        case Symbol(path=(*before, "options")) if node is not None and _are_loaders(given):
            handed = Statement(atom._replace(path=tuple(before)), "select", ())
            positional = (*given.positional, given.spread) if given.spread else given.positional
            return one(loaders.with_options(frame, handed, positional))
        case Symbol(path=(*before, name)) if name in queries.OF_STATEMENTS:
            return one(atom._replace(path=tuple(before)))
        case Symbol() if len(atom.path) < LONGEST_PATH:
            made = atom._replace(path=(*atom.path, CALL))
            if node is not None:
                frame.defer(atom, given)
            if atom.path and atom.path[-1] in frame.engine.telling:
                frame.read(made, (Step(place, f"{atom.path[-1]}() is called"),))
            return one(made)
        case Entity() if len(atom.path) < LONGEST_PATH and atom.path:
            return one(atom._replace(path=(*atom.path, CALL)))
        case Foreign(name=name, instance=False):
            return _foreign(frame, name, given, place, node, awaited=awaited)
        case Method(of=of, name=name):
            return _method(frame, of, name, given, place, node)
        case Object(of=of):
            refs = methods(frame.project, of, "__call__")
            values = [FunctionValue(ref, one(atom), meanings.receiver_of(frame.engine, ref, of)) for ref in refs]
            return join([apply(frame, value, given, place) for value in values])
    return NOTHING


def _are_loaders(given: Arguments) -> bool:
    """Whether a method gets loader options, which only statements take; also where a list of them is empty."""
    return (
        not given.keywords
        and all(map(loaders.is_understood, given.positional))
        and bool(given.positional or not given.spread or loaders.is_understood(given.spread))
    )


def _foreign(frame: Frame, name: str, given: Arguments, place: Place, node: ast.Call | None, *, awaited: bool) -> Value:
    positional = (*given.positional, given.spread) if given.spread else given.positional
    if name in queries.SELECTS:
        return queries.made("query" if name.endswith("Query") else "select", positional, place)
    if name in queries.ALIASES:
        return queries.mapper_of(positional[0]) if positional else NOTHING
    if loaders.is_loader(name):
        made = loaders.loader(None, loaders.LOADERS[name], positional, is_plain=not given.keywords)
        if "recursion_depth" in dict(given.keywords):
            made = loaders.recursive(made)
        frame.engine.loader_made(frame, made)
        return made
    found = criteria.all_of(name, given) or builtin.call(frame, name, given, place, node)
    if found is not None:
        return found
    if libraries.is_paginate(name):
        return libraries.page(frame, given, _places(frame, node, place), is_async=awaited)
    return libraries.call(frame, name, given, place)


def _places(frame: Frame, node: ast.Call | None, place: Place) -> list[Place]:
    """Where the arguments of a call stand, in the order of their values."""
    if node is None or any(isinstance(item, ast.Starred) for item in node.args):
        return [place] * (len(node.args) + len(node.keywords) if node is not None else 0)
    named = [keyword.value for keyword in node.keywords if keyword.arg is not None]
    return [frame.place(item) for item in (*node.args, *named)]


def _method(frame: Frame, of: Atom, name: str, given: Arguments, place: Place, node: ast.Call | None) -> Value:
    match of:
        case Statement():
            positional = (*given.positional, given.spread) if given.spread else given.positional
            receiver = node.func.value if node is not None and isinstance(node.func, ast.Attribute) else None
            at = frame.place(receiver) if receiver is not None else Place(place.path, place.start, place.start)
            return queries.statement_method(frame, criteria.filtered(of, name, given), name, positional, place, at)
        case Outcome():
            position = 0
            if name == "scalars" and given.positional:
                numbers = [item.value for item in given.positional[0] if isinstance(item, Constant)]
                position = numbers[0] if len(numbers) == 1 and isinstance(numbers[0], int) else 0
            return queries.result_method(of, name, position)
        case ClassValue(of=ref) if name in attributes.VALIDATING:
            responses.validate(frame, join(given.positional), Instance(ref), Trust.OWN)
            return NOTHING
        case Column() if name == "in_" and given.positional:
            return criteria.among(frame, of, expressions.iterated(frame, given.positional[0], place))
        case Attribute():
            return one(of) if name in {"of_type", "and_"} else NOTHING
    return builtin.method(frame, of, name, given, place)


def call_function(frame: Frame, callee: FunctionValue, given: Arguments, step: Step) -> Value:
    """What a function of the project gives for these arguments; what it reads of them counts as read here."""
    engine = frame.engine
    summary = engine.summary(callee.ref, callee.owner)
    row = function(frame.project, callee.ref)
    receiver = callee.receiver if row.parameters and not is_static(frame.project, callee.ref) else NOTHING
    bound = arguments.bind(frame, row, given, receiver, _is_plain(frame, callee.ref))
    known = arguments.known_of(row, given, bool(receiver)) if _is_plain(frame, callee.ref) else {}
    swap = Substitution(frame, bound, step, known)
    swap.reads(summary.reads, known)
    swap.calls(summary.pending, known)
    for run in summary.runs:
        for statement in swap.statements(run.statement):
            frame.ran(statement, run.execution)
    if summary.forgets is not None:
        lifetimes.forget(engine, frame, step.place)
    returned = swap.value(summary.returns)
    if summary.yields:
        returned = join((returned, one(Items(swap.value(summary.yields)))))
    return bounded(returned or meanings.declared_return(engine, callee.ref, callee.owner))


def awaited_later(value: Value) -> Value:
    """What a plain function hands on from an async session: it is the caller that awaits it."""
    return frozenset(
        atom._replace(execution=atom.execution._replace(is_async=True))
        if isinstance(atom, (Entity, Outcome))
        else inside(atom, awaited_later)
        for atom in value
    )


def _is_plain(frame: Frame, ref: FunctionRef) -> bool:
    """Whether nothing wraps the function that might hand it other arguments than the caller does."""
    return meanings.is_plain(frame.engine, ref, _SAFE_DECORATORS)


def construct(frame: Frame, ref: ClassRef, given: Arguments, place: Place) -> Value:
    """What a call of a class of the project makes."""
    project = frame.project
    if model_of(project, ref) is not None:
        lifetimes.assigned(frame.engine, Fresh(ref, place), dict(given.keywords))
        return one(Fresh(ref, place))
    refs = methods(project, ref, "__init__")
    if not refs:
        fields = meanings.field_names(frame.engine, ref)
        named = [*zip(fields, given.positional, strict=False), *given.keywords]
        return one(Object(ref, tuple((name, bounded(value, DEEPEST_OBJECT)) for name, value in named if value), True))
    stored: dict[str, Value] = {}
    for item in refs:
        holder = meanings.receiver_of(frame.engine, item, ref)
        summary = frame.engine.summary(item, holder)
        row = function(project, item)
        bound = (
            arguments.bind(frame, row, given, NOTHING, True) if not row.parameters else _bind_init(frame, row, given)
        )
        swap = Substitution(frame, bound, Step(place, "is made"))
        swap.reads(summary.reads)
        stored |= {name: value for name, held in summary.stores.items() if (value := swap.value(held))}
    kept = ((name, bounded(value, DEEPEST_OBJECT)) for name, value in sorted(stored.items(), key=lambda pair: pair[0]))
    return one(Object(ref, tuple(kept), True))


def _bind_init(frame: Frame, row: Function, given: Arguments) -> dict[str, Value]:
    shifted = Arguments((NOTHING, *given.positional), given.keywords, given.spread)
    return arguments.bind(frame, row, shifted, NOTHING, True)


def call_closure(frame: Frame, closure: Closure, given: Arguments) -> Value:
    """A function within this one is run in place, with the names that it finds around it."""
    known = frame.closures.get(closure.start) if closure.path == frame.path else None
    if known is None or frame.depth >= _DEEPEST_CLOSURE:
        return NOTHING
    node, around = known
    names = [item.arg for item in (*node.args.posonlyargs, *node.args.args)]
    inner = {**around, **frame.env}
    inner |= dict.fromkeys(names, NOTHING)
    inner |= dict(zip(names, given.positional, strict=False))
    inner |= {key: value for key, value in given.keywords if key in names}
    return expressions.run_inside(frame, node, inner)
