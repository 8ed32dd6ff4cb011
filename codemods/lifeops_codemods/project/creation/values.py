"""What an expression may be, as far as new instances go: a set of atoms; of constants it is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from lifeops_codemods.project.classes import ClassRef


class Made(NamedTuple):
    """A new instance of a model, or with `whole=False` something taken from one. added: to a session."""

    path: str
    start: int
    model: ClassRef
    whole: bool = True
    added: bool = False


class Handed(NamedTuple):
    """What the caller gives for a parameter, or something taken from it. added: the function adds it to a session."""

    name: str
    whole: bool = True
    added: bool = False


class Model(NamedTuple):
    """A model's class."""

    of: ClassRef


class Several(NamedTuple):
    """A tuple of so many values."""

    of: tuple[Value, ...]


class Other(NamedTuple):
    """Anything else: what was there before, what a library gives, None."""

    kind: str = "other"


class Answer(NamedTuple):
    """A response that is made by hand, with a status of its own."""

    kind: str = "answer"


Atom = Made | Handed | Model | Several | Other | Answer
Value = frozenset[Atom]
NOTHING: Value = frozenset()
OTHER: Value = frozenset({Other()})
NONE: Value = frozenset({Other("none")})
SENT: Value = frozenset({Other("sent")})
"""Beside something new: a constant, or what the request brought, on another way. A part of an answer it may be."""


def one(atom: Atom) -> Value:
    return frozenset({atom})


def union(values: Iterable[Value]) -> Value:
    return frozenset(atom for value in values for atom in value)


def flat(value: Value) -> Value:
    """A value with its tuples as what they hold."""
    found: set[Atom] = set()
    for atom in value:
        found |= flat(union(atom.of)) if isinstance(atom, Several) else {atom}
    return frozenset(found)


def part(value: Value) -> Value:
    """Something that is taken from a value."""
    return frozenset(atom._replace(whole=False) if isinstance(atom, Made | Handed) else atom for atom in flat(value))


def whole(value: Value) -> Value:
    """A schema that is made of nothing but a new instance stands for it."""
    return frozenset(atom._replace(whole=True) if isinstance(atom, Made | Handed) else atom for atom in value)


def put_together(values: Iterable[Value]) -> Value:
    """What is made of several values: it is about the new instance that it holds, else it must be of new ones alone."""
    found = [_without_sent(flat(value)) for value in values]
    for value in found:
        if value and all(isinstance(atom, Made) and atom.whole for atom in value):
            return value
    together = union(found)
    if any(isinstance(atom, Other) for atom in together):
        return OTHER
    return frozenset(atom for atom in together if isinstance(atom, Made | Handed))


def mapped(value: Value, change: Callable[[Atom], Value]) -> Value:
    """Each atom of a value changed, those in tuples too."""
    found: set[Atom] = set()
    for atom in value:
        if isinstance(atom, Several):
            found.add(Several(tuple(mapped(inner, change) for inner in atom.of)))
        else:
            found |= change(atom)
    return frozenset(found)


def _without_sent(value: Value) -> Value:
    is_part = all(not atom.whole for atom in value if isinstance(atom, Made | Handed))
    return value - SENT if is_part else value
