"""A plan as plain values, and back: what `marshal` takes, which can hold data and nothing that runs.

A value of one of the classes below becomes `(number of the class, field, …)`, a plain tuple `(-1, item, …)`. What
several values share is written once and shared again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum
from types import ModuleType
from typing import Any

from lifeops_codemods import operation, outcome, rule
from lifeops_codemods.plan import model, style

_PLAIN = -1
_ATOMS = (str, bytes, int, float, type(None))


class UnknownClassError(Exception):
    """A value of a class that is not among those of a plan."""


def _classes(*modules: ModuleType) -> tuple[type, ...]:
    """The classes of values that modules define: dataclasses, named tuples and enumerations."""
    return tuple(
        found
        for module in modules
        for _, found in sorted(vars(module).items())
        if isinstance(found, type)
        and found.__module__ == module.__name__
        and (dataclasses.is_dataclass(found) or hasattr(found, "_fields") or issubclass(found, Enum))
    )


CLASSES = _classes(operation, outcome, rule, model, style)
"""The classes of the values that a plan holds, and of what rewriting is asked for."""
_NUMBERS = {found: number for number, found in enumerate(CLASSES)}
NAMES = tuple(found.__name__ for found in CLASSES)
"""What the numbers stand for; values written under other names cannot be read."""


def to_plain(value: Any) -> Any:
    """The value without classes. Raises UnknownClassError."""
    return _Writer().write(value)


class _Writer:
    def __init__(self) -> None:
        self._written: dict[int, tuple[Any, ...]] = {}
        self._alive: list[Any] = []

    def write(self, value: Any) -> Any:
        kind = type(value)
        if kind in _ATOMS or kind is bool:
            return value
        if kind is dict:
            return {key: self.write(item) for key, item in value.items()}
        known = self._written.get(id(value))
        if known is None:
            known = self._written[id(value)] = self._object(value, kind)
            self._alive.append(value)  # its id must not be given to another value
        return known

    def _object(self, value: Any, kind: type) -> tuple[Any, ...]:
        if kind is tuple:
            return (_PLAIN, *map(self.write, value))
        number = _NUMBERS.get(kind)
        if number is None:
            raise UnknownClassError(kind.__name__)
        if isinstance(value, Enum):
            return (number, value.value)
        if isinstance(value, tuple):
            return (number, *map(self.write, value))
        return (number, *(self.write(getattr(value, name)) for name in _field_names(kind)))


def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def from_plain(plain: Any) -> Any:
    """The value that `to_plain` made this of. Raises TypeError, ValueError, IndexError, KeyError for anything else."""
    return _Reader().read(plain)


class _Reader:
    def __init__(self) -> None:
        self._made: dict[int, Any] = {}

    def read(self, plain: Any) -> Any:
        if type(plain) is not tuple:
            return {key: self.read(item) for key, item in plain.items()} if type(plain) is dict else plain
        known = self._made.get(id(plain))
        if known is None:
            number, *rest = plain
            made = map(self.read, rest)
            known = self._made[id(plain)] = tuple(made) if number == _PLAIN else _MAKERS[number](*made)
        return known


def _maker(kind: type) -> Callable[..., Any]:
    """How a value of a class is made of its fields in their order."""
    if not dataclasses.is_dataclass(kind):
        return kind
    keyword_only = {field.name for field in dataclasses.fields(kind) if field.kw_only}
    if not keyword_only:
        return kind
    names = _field_names(kind)
    return lambda *values: kind(**dict(zip(names, values, strict=True)))


_MAKERS = tuple(_maker(found) for found in CLASSES)
