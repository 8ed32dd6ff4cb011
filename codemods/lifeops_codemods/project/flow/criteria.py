"""What a query is filtered by: that its rows belong to an instance at hand, which the session then holds.

`Quest.hero_id == hero.id` selects the quests of `hero`: reading `quest.hero` finds it in the session, without a query,
as long as something else keeps `hero` alive: to the session this is a weak reference.
A `Criteria` says what holds for certain: of a list of filters, what stands in it whichever branch was taken.
"""

from __future__ import annotations

import ast

from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow import attributes, expressions
from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.values import (
    NOTHING,
    Arguments,
    Attribute,
    Column,
    Criteria,
    Criterion,
    Entity,
    Fresh,
    Items,
    Key,
    Statement,
    Symbol,
    Value,
    certain,
    join,
    one,
    within,
    without_criteria,
)
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.types import class_of

_ALL_OF = frozenset({"sqlalchemy.and_", "sqlalchemy.sql.and_", "sqlalchemy.sql.expression.and_"})
_FILTERS = frozenset({"where", "filter"})


def compared(frame: Frame, node: ast.Compare) -> Value:
    """What `Quest.hero_id == hero.id` or `Quest.hero == hero` says."""
    left, *rest = [expressions.evaluate(frame, item) for item in (node.left, *node.comparators)]
    if len(rest) != 1 or not isinstance(node.ops[0], ast.Eq):
        return NOTHING
    return _equal(frame, left, rest[0]) or _equal(frame, rest[0], left)


def _equal(frame: Frame, column: Value, key: Value) -> Value:
    named = next(iter(column), None) if len(column) == 1 else None
    keys = {_key(frame, atom, isinstance(named, Attribute)) for atom in key}
    found = keys.pop() if len(keys) == 1 else None
    if not isinstance(named, (Column, Attribute)) or found is None:
        return NOTHING
    return one(Criteria(frozenset((Criterion(named.model, named.name, *found),))))


def _key(frame: Frame, atom: object, whole: bool) -> Key | None:
    """The key that is compared, or that of the instance which is compared as a whole."""
    if not whole:
        return atom if isinstance(atom, Key) else None
    if isinstance(atom, (Entity, Fresh)):
        model = attributes.model_behind(frame, atom)
        return Key(model, None) if model is not None else None
    found = class_of(attributes.symbol_type(frame, atom)) if isinstance(atom, Symbol) else None
    if found is None or model_of(frame.project, found) is None or not isinstance(atom, Symbol):
        return None
    return Key(found, atom)


def among(frame: Frame, column: Column, keys: Value) -> Value:
    """What `Quest.hero_id.in_([hero.id for hero in heroes])` says, by what is in the list."""
    return _equal(frame, one(column), keys)


def all_of(name: str, given: Arguments) -> Value | None:
    """What `and_(…)` says; None where another function is called."""
    if name not in _ALL_OF:
        return None
    return one(Criteria(said(given)))


def said(given: Arguments) -> frozenset[Criterion]:
    """What all arguments of a call say together, those of a list that is unpacked as well."""
    return frozenset[Criterion]().union(*(certain(value) for value in given.positional), within(given.spread))


def filtered(statement: Statement, name: str, given: Arguments) -> Statement:
    """A statement, with what a method of it filters it by."""
    found: frozenset[Criterion] = frozenset()
    if name in _FILTERS:
        found = said(given)
    elif name == "filter_by" and len(statement.entities) == 1:
        found = _by_keywords(statement.entities[0], given)
    return statement._replace(held=statement.held | found) if found else statement


def _by_keywords(model: object, given: Arguments) -> frozenset[Criterion]:
    """`filter_by(hero_id=hero.id)`"""
    if not isinstance(model, ClassRef):
        return frozenset()
    keys = [(key, next(iter(value))) for key, value in given.keywords if len(value) == 1]
    return frozenset(Criterion(model, key, *atom) for key, atom in keys if isinstance(atom, Key))


def listed(items: list[Value]) -> Value:
    """The values of a list that is written out; of what its items say, all holds."""
    together = frozenset[Criterion]().union(*(certain(item) for item in items))
    return _with(join(without_criteria(item) for item in items), together)


def unpacked(spread: Value, value: Value, items: Value) -> Value:
    """What `*filters` adds to the arguments of a call, where `items` are those of `value`."""
    only = next(iter(value)) if len(value) == 1 else None
    more = within(only.of) if isinstance(only, Items) else frozenset()
    return _with(join((without_criteria(spread), items)), within(spread) | more)


def grown(held: Value, by: Value) -> Value:
    """A list to which the items of another were added."""
    both = join((held, by))
    only = next(iter(both)) if len(both) == 1 else None
    together = frozenset[Criterion]().union(*(within(atom.of) for atom in (*held, *by) if isinstance(atom, Items)))
    return one(Items(_with(without_criteria(only.of), together))) if isinstance(only, Items) else both


def _with(value: Value, together: frozenset[Criterion]) -> Value:
    return value | one(Criteria(together)) if together else value
