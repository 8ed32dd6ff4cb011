"""Statements, in the order of the text: branches are run on copies of the names and joined, loops are run twice."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from lifeops_codemods.project.flow import applying, attributes, conditions, expressions, lifetimes, meanings, queries
from lifeops_codemods.project.flow.frame import UNGUARDED, Env, Frame, Step
from lifeops_codemods.project.flow.values import (
    NO_ARGUMENTS,
    NOTHING,
    Atom,
    Condition,
    Constant,
    Entity,
    Fixed,
    Fresh,
    FunctionValue,
    Guard,
    Items,
    Object,
    Outcome,
    Place,
    Record,
    Statement,
    Symbol,
    Value,
    bounded,
    guarded,
    join,
    one,
)
from lifeops_codemods.project.functions import function_at, methods
from lifeops_codemods.project.walking import children

_ROUNDS = 2


def run(frame: Frame, body: Sequence[ast.stmt]) -> bool:
    """Run statements; whether what follows them is reached."""
    before = frame.guard
    reached = True
    for node in body:
        runner = _KINDS.get(type(node))
        if runner is None:
            _expressions(frame, node)
        elif not runner(frame, node):
            reached = False
            break
    frame.guard = before
    return reached


def _expressions(frame: Frame, node: ast.stmt) -> None:
    for child in children(node):
        if isinstance(child, ast.expr):
            expressions.evaluate(frame, child)


def joined(environments: Sequence[Env]) -> Env:
    """The names after branches that may each have been taken."""
    if len(environments) == 1:
        return environments[0]
    names = dict.fromkeys(name for env in environments for name in env)
    found: Env = {}
    for name in names:
        held = [env[name] for env in environments if name in env]
        first = held[0]
        found[name] = first if all(value is first for value in held) else join(held)
    return found


def _branches(frame: Frame, bodies: Sequence[tuple[Guard, Sequence[ast.stmt]]]) -> bool:
    """Run each of several bodies from the same names, under its own conditions; what follows is under those left."""
    before, guard = frame.env, frame.guard
    after: list[Env] = []
    left: list[Guard] = []
    for own, body in bodies:
        frame.env, frame.guard = dict(before), guard | own
        if run(frame, body):
            after.append(frame.env)
            left.append(own)
    frame.env = joined(_told_apart(_without_plain(after, left), left)) if after else before
    frame.guard = guard | left[0] if len(left) == 1 else guard
    return bool(after)


def _told_apart(environments: list[Env], guards: list[Guard]) -> list[Env]:
    """The names after branches; where they differ, with the conditions under which it is the one or the other."""
    if len(environments) < 2 or not any(isinstance(test, Condition) for guard in guards for test in guard):
        return environments
    for name in environments[0]:
        held = [env.get(name, NOTHING) for env in environments]
        if any(value is not held[0] for value in held):
            held = [queries.beside(value, join(held)) for value in held]
        if all(held) and any(value is not held[0] for value in held):
            both = frozenset.intersection(*held)
            for env, guard, value in zip(environments, guards, held, strict=True):
                env[name] = both | guarded(value - both, guard)
    return environments


def _without_plain(environments: list[Env], guards: list[Guard]) -> list[Env]:
    """The names after branches, of `if options: stmt = stmt.options(*options)` only what was given the options.

    To be given none of them is the same as not to be given them.
    """
    asked = {test.parameter for guard in guards for test in guard if isinstance(test, Condition)}
    if len(environments) < 2 or not asked:
        return environments
    return [
        {
            name: frozenset(atom for atom in value if not _is_plain(atom, name, asked, environments))
            for name, value in env.items()
        }
        for env in environments
    ]


def _is_plain(atom: Atom, name: str, asked: set[str], environments: list[Env]) -> bool:
    """Whether another branch has the same statement with the options that were asked for."""
    if not isinstance(atom, Statement):
        return False
    others = {other for env in environments for other in env.get(name, NOTHING) if isinstance(other, Statement)}
    return any(
        more and {symbol.root for symbol in more} <= asked and other._replace(handed=atom.handed) == atom
        for other in others
        if (more := other.handed - atom.handed)
    )


def _if(frame: Frame, node: ast.If) -> bool:
    expressions.evaluate(frame, node.test)
    then, otherwise = conditions.conditions(frame, node.test), conditions.conditions(frame, node.test, False)
    return _branches(frame, ((then, node.body), (otherwise, node.orelse)))


def _match(frame: Frame, node: ast.Match) -> bool:
    expressions.evaluate(frame, node.subject)
    return _branches(frame, (*((UNGUARDED, case.body) for case in node.cases), (UNGUARDED, ())))


def _for(frame: Frame, node: ast.For | ast.AsyncFor) -> bool:
    """The items have a name of their own, so that what a commit in one round does to them is known in the next."""
    place = frame.place(node.iter)
    held = f"{place.start}:{place.end}"
    frame.env[held] = expressions.iterated(frame, expressions.evaluate(frame, node.iter), place)
    before = frame.env
    for _ in range(_ROUNDS):
        frame.env = dict(frame.env)
        assign(frame, node.target, frame.env[held])
        run(frame, node.body)
        frame.env = joined((before, frame.env))
    frame.env = {name: value for name, value in frame.env.items() if name != held}
    run(frame, node.orelse)
    return True


def _while(frame: Frame, node: ast.While) -> bool:
    before = frame.env
    for _ in range(_ROUNDS + 1):
        expressions.evaluate(frame, node.test)
        frame.env = dict(frame.env)
        run(frame, node.body)
        frame.env = joined((before, frame.env))
    run(frame, node.orelse)
    return True


def _with(frame: Frame, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value = expressions.evaluate(frame, item.context_expr)
        if item.optional_vars is not None:
            assign(frame, item.optional_vars, entered(frame, value, item.context_expr))
    return run(frame, node.body)


def entered(frame: Frame, value: Value, node: ast.expr) -> Value:
    """What `with value as x` binds: what a generator yields, else the thing itself."""
    items = [one(atom) for atom in value if isinstance(atom, Items)]
    if items:
        return expressions.iterated(frame, join(items), frame.place(node))
    return join(_entered(frame, atom, frame.place(node)) for atom in value)


def _entered(frame: Frame, atom: Atom, place: Place) -> Value:
    """What the `__aenter__` or `__enter__` of the project's class gives, else the thing itself."""
    if isinstance(atom, Object):
        for name in ("__aenter__", "__enter__"):
            for ref in methods(frame.project, atom.of, name):
                callee = FunctionValue(ref, one(atom), meanings.receiver_of(frame.engine, ref, atom.of))
                return applying.call_function(frame, callee, NO_ARGUMENTS, Step(place, "is entered")) or one(atom)
    return one(atom)


def _try(frame: Frame, node: ast.Try) -> bool:
    before = dict(frame.env)
    reached = run(frame, node.body) and run(frame, node.orelse)
    after = [frame.env] if reached else []
    partial = joined((before, frame.env))
    for handler in node.handlers:
        frame.env = dict(partial)
        if run(frame, handler.body):
            after.append(frame.env)
    frame.env = joined(after) if after else partial
    return run(frame, node.finalbody) and bool(after)


def _return(frame: Frame, node: ast.Return) -> bool:
    returned = guarded(expressions.evaluate(frame, node.value), frame.guard)
    frame.returns = bounded(join((frame.returns, returned)))
    return False


def _leave(frame: Frame, node: ast.stmt) -> bool:
    _expressions(frame, node)
    return False


def _jump(frame: Frame, node: ast.stmt) -> bool:
    return True  # what a loop does after `continue` in one round, it does in another


def _assign(frame: Frame, node: ast.Assign) -> bool:
    value = expressions.evaluate(frame, node.value)
    for target in node.targets:
        assign(frame, target, value)
    return True


def _annotated(frame: Frame, node: ast.AnnAssign) -> bool:
    if node.value is not None:
        value = expressions.evaluate(frame, node.value)
        assign(frame, node.target, value or meanings.typed(frame.engine, frame, node.annotation))
    return True


def _augmented(frame: Frame, node: ast.AugAssign) -> bool:
    value = expressions.evaluate(frame, node.value)
    if isinstance(node.target, ast.Name):
        held = frame.env.get(node.target.id, NOTHING)
        grown = [one(atom) for atom in value if isinstance(atom, (Items, Fixed))]
        frame.env[node.target.id] = bounded(join((held, *grown)))
    else:
        expressions.evaluate(frame, _as_read(node.target))
    return True


def _as_read(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Attribute):
        return ast.copy_location(ast.Attribute(node.value, node.attr, ast.Load()), node)
    return node.value if isinstance(node, ast.Subscript) else node


def assign(frame: Frame, target: ast.expr, value: Value) -> None:
    """Bind what stands on the left to what stands on the right."""
    match target:
        case ast.Name(id=name):
            frame.env[name] = value
        case ast.Tuple(elts=items) | ast.List(elts=items):
            _unpack(frame, items, value, target)
        case ast.Attribute():
            _store(frame, target, value)
        case ast.Subscript(value=ast.Name(id=name)):
            expressions.evaluate(frame, target.slice)
            if name in frame.env and value:
                frame.env[name] = bounded(join((frame.env[name], _kept(frame, target, value))))
        case ast.Starred(value=inner):
            assign(frame, inner, one(Items(value)))
        case _:
            expressions.evaluate(frame, target)


def _kept(frame: Frame, target: ast.Subscript, value: Value) -> Value:
    """What `found[key] = value` adds to a mapping."""
    if isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
        return one(Record(((target.slice.value, value),)))
    return one(Items(value))


def _unpack(frame: Frame, targets: Sequence[ast.expr], value: Value, node: ast.expr) -> None:
    for index, target in enumerate(targets):
        assign(frame, target, join([_part(frame, atom, index, len(targets), node) for atom in value]))


def _part(frame: Frame, atom: Any, index: int, count: int, node: ast.expr) -> Value:
    if isinstance(atom, Fixed) and len(atom.of) == count:
        return atom.of[index]
    if isinstance(atom, Outcome) and atom.kind == "row":
        return queries.row_value(atom, index)
    if isinstance(atom, Symbol):
        return expressions.at(frame, atom, one(Constant(index)), frame.place(node))
    return expressions.iterated(frame, one(atom), frame.place(node))


def _store(frame: Frame, target: ast.Attribute, value: Value) -> None:
    owner = expressions.evaluate(frame, target.value)
    for atom in owner:
        if isinstance(atom, Symbol) and atom.root == frame.self_name and not atom.path:
            frame.stores[target.attr] = join((frame.stores.get(target.attr, NOTHING), value))
        elif isinstance(atom, Fresh) and not atom.path:
            lifetimes.assigned(frame.engine, atom, {target.attr: value})
        elif isinstance(atom, (Entity, Symbol)):
            _overwrite(frame, atom, target)


def _overwrite(frame: Frame, atom: Entity | Symbol, target: ast.Attribute) -> None:
    """To replace a collection, SQLAlchemy loads the old one: that is a read too."""
    if lifetimes.replaces_collection(frame.engine, frame, atom, target.attr):
        attributes.attribute(frame, one(atom), target.attr, frame.place(target))


def _define(frame: Frame, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    frame.env[node.name] = expressions.closure(frame, node)
    return True


def _class(frame: Frame, node: ast.ClassDef) -> bool:
    return True


def _import(frame: Frame, node: ast.Import | ast.ImportFrom) -> bool:
    return True


def _delete(frame: Frame, node: ast.Delete) -> bool:
    return True


def _expression(frame: Frame, node: ast.Expr) -> bool:
    expressions.evaluate(frame, node.value)
    return True


_KINDS: dict[type[ast.stmt], Callable[[Frame, Any], bool]] = {
    ast.Expr: _expression,
    ast.If: _if,
    ast.Match: _match,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Return: _return,
    ast.Raise: _leave,
    ast.Break: _jump,
    ast.Continue: _jump,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Delete: _delete,
}

__all__ = ["assign", "entered", "function_at", "joined", "run"]
