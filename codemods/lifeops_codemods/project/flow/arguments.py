"""What a call hands over, and which parameter of a function gets it."""

from __future__ import annotations

import ast

from lifeops_codemods.facts.model import Function
from lifeops_codemods.project.flow import (
    conditions,
    criteria,
    expressions,
    loaders,
)
from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.values import (
    NOTHING,
    Arguments,
    Fixed,
    Items,
    Known,
    Record,
    Value,
    join,
    one,
)


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
                items = join((expressions.iterated(frame, value, frame.place(argument)), loads_in(value)))
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


def loads_in(value: Value) -> Value:
    return frozenset(loaders.options_in(value))


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


_TELLING = frozenset({"constant", "tuple", "list"})
"""Defaults that are true, false or None for sure; a collection is true where it holds something."""


def known_of(row: Function, given: Arguments, has_receiver: bool) -> dict[str, Known]:
    """What is known of each parameter: constants that it is given, or that it has by default."""
    rows = row.parameters[1:] if has_receiver else row.parameters
    names = [item[0] for item in rows if item[1] in {"/", "."}]
    found: dict[str, Known] = {}
    if given.complete:
        passed = {*names[: len(given.positional)], *(key for key, _ in given.keywords)}
        for name, _, _, _, default in rows:
            if name not in passed and default is not None and default[0] in _TELLING:
                found[name] = (None if default[3] is None else bool(default[3]),)
    for key, value in given.known:
        name = names[key] if isinstance(key, int) and key < len(names) else key
        if isinstance(name, str):
            found[name] = value
    return found
