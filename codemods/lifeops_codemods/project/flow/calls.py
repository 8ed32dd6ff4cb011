"""Which functions a call reaches, what they get, and what comes back."""

from __future__ import annotations

import ast
from contextlib import nullcontext

from lifeops_codemods.facts.model import Function
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow import (
    attributes,
    builtin,
    conditions,
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
    Execution,
    Fixed,
    Foreign,
    Fresh,
    FunctionValue,
    Items,
    Known,
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
    given = arguments(frame, node)
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
    return bounded(join([apply(frame, atom, given, place, node, awaited=awaited) for atom in behind]))


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _of_super(frame: Frame, node: ast.Call, name: str, place: Place) -> Value:
    """`super().name(…)`; what a constructor above stores is stored in the same object."""
    behind = meanings.super_methods(frame.engine, frame, name)
    given = arguments(frame, node)
    if name == "__init__":
        for atom in behind:
            if isinstance(atom, FunctionValue):
                _take_over_stores(frame, atom, given, place)
    return join([apply(frame, atom, given, place, node) for atom in behind])


def _take_over_stores(frame: Frame, callee: FunctionValue, given: Arguments, place: Place) -> None:
    summary = frame.engine.summary(callee.ref, callee.owner)
    bound = bind(frame, function(frame.project, callee.ref), given, callee.receiver, True)
    swap = Substitution(frame, bound, Step(place, "is made"))
    for name, held in summary.stores.items():
        frame.stores[name] = join((frame.stores.get(name, NOTHING), swap.value(held)))


def _is_session_like(name: str, receiver: Value) -> bool:
    """Whether a symbol is used as a session: what is read of it is of no interest."""
    return name in queries.RUNS and all(isinstance(atom, Symbol) for atom in receiver)


def _is_project_function(behind: Value) -> bool:
    return any(isinstance(atom, (FunctionValue, ClassValue, Closure)) for atom in behind)


def arguments(frame: Frame, node: ast.Call) -> Arguments:
    """The values of a call's arguments."""
    positional: list[Value] = []
    spread: Value = NOTHING
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = expressions.evaluate(frame, argument.value)
            only = next(iter(value)) if len(value) == 1 else None
            if isinstance(only, Fixed) and not spread:
                positional += only.of
            elif not value:
                positional.append(NOTHING)  # it may be anything, and so may what takes it
            else:
                items = join((expressions.iterated(frame, value, frame.place(argument)), _loads_in(value)))
                spread = criteria.unpacked(spread, value, items)
        else:
            positional.append(expressions.evaluate(frame, argument))
    keywords = []
    known: list[tuple[int | str, Known]] = []
    written: list[tuple[int | str, ast.expr]] = [*enumerate(node.args)]
    written += [(keyword.arg or "", keyword.value) for keyword in node.keywords]
    for key, item in written:
        said = conditions.known_value(frame, item)
        if said is not None:
            known.append((key, said))
    for keyword in node.keywords:
        value = expressions.evaluate(frame, keyword.value)
        if keyword.arg is not None:
            keywords.append((keyword.arg, value))
        else:
            keywords += [pair for atom in value if isinstance(atom, Record) for pair in atom.fields]
    complete = not any(isinstance(item, ast.Starred) for item in node.args) and all(
        keyword.arg for keyword in node.keywords
    )
    return Arguments(tuple(positional), tuple(keywords), spread, tuple(known), complete)


def _loads_in(value: Value) -> Value:
    return frozenset(loaders.options_in(value))


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
        return join([apply(frame, atom, inner, place, node) for atom in given.positional[0]])
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
    goes_on = join(
        [loaders.loader(load, name, (*given.positional, given.spread)) for load in loads if len(load.path) == longest]
    )
    return join((goes_on, frozenset(loads)))


# -- what is called


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
        made = loaders.loader(None, loaders.LOADERS[name], positional)
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
    bound = bind(frame, row, given, receiver, _is_plain(frame, callee.ref))
    known = known_of(row, given, bool(receiver)) if _is_plain(frame, callee.ref) else {}
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


def bind(frame: Frame, row: Function, given: Arguments, receiver: Value, plain: bool) -> dict[str, Value]:
    """The value of each parameter. Of a decorated function only keywords are sure to arrive where they are sent."""
    parameters = [(item[0], item[1]) for item in row.parameters]
    bound: dict[str, Value] = {}
    names = [name for name, kind in parameters if kind in {"/", "."}]
    if receiver and names:
        bound[names.pop(0)] = receiver
    rest: list[Value] = []
    if plain:
        for index, value in enumerate(given.positional):
            if index < len(names):
                bound[names[index]] = value
            else:
                rest.append(value)
        if given.spread:
            rest.append(given.spread)
            for name in names[len(given.positional) :]:
                bound.setdefault(name, given.spread)
    known = {name for name, _ in parameters}
    bound |= {key: value for key, value in given.keywords if key in known}
    for name, kind in parameters:
        if kind == "*":
            bound[name] = one(Items(join(rest)))
        elif kind == "**":
            bound[name] = one(Record(tuple(pair for pair in given.keywords if pair[0] not in known)))
    return bound


def known_of(row: Function, given: Arguments, has_receiver: bool) -> dict[str, Known]:
    """What is known of each parameter: constants that it is given, or that it has by default."""
    rows = row.parameters[1:] if has_receiver else row.parameters
    names = [item[0] for item in rows if item[1] in {"/", "."}]
    found: dict[str, Known] = {}
    if given.complete:
        passed = {*names[: len(given.positional)], *(key for key, _ in given.keywords)}
        for name, _, _, _, default in rows:
            if name not in passed and default is not None and default[0] == "constant":
                found[name] = (None if default[3] is None else bool(default[3]),)
    for key, value in given.known:
        name = names[key] if isinstance(key, int) and key < len(names) else key
        if isinstance(name, str):
            found[name] = value
    return found


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
        bound = bind(frame, row, given, NOTHING, True) if not row.parameters else _bind_init(frame, row, given)
        swap = Substitution(frame, bound, Step(place, "is made"))
        swap.reads(summary.reads)
        stored |= {name: value for name, held in summary.stores.items() if (value := swap.value(held))}
    kept = ((name, bounded(value, DEEPEST_OBJECT)) for name, value in sorted(stored.items(), key=lambda pair: pair[0]))
    return one(Object(ref, tuple(kept), True))


def _bind_init(frame: Frame, row: Function, given: Arguments) -> dict[str, Value]:
    shifted = Arguments((NOTHING, *given.positional), given.keywords, given.spread)
    return bind(frame, row, shifted, NOTHING, True)


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
        value = join((expressions.iterated(frame, value, frame.place(node)), _loads_in(value)))
    if value:
        frame.env[target.id] = bounded(criteria.grown(held, one(Items(value))))


def executed_at(frame: Frame, node: ast.expr, *, is_async: bool) -> Execution:
    return Execution(frame.place(node), is_async)
