"""Whether a query's functions keep anything between files: then its files cannot be shared out among processes."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Iterator
from io import IOBase
from itertools import count
from typing import Any

from bowler import Query
from fissix.fixer_base import BaseFix

_VALUES = (int, float, complex, str, bytes, bool, type(None))
_DEPTH = 12
_MARKS = count()
_OPAQUE = ("bowler.", "fissix.")


def snapshot(query: Query, more: Iterable[object] = ()) -> tuple[str, ...]:
    """What the functions of the query can reach and change, as text that is equal as long as nothing changes.

    Compare only within one process, and with processes forked from it. more: further functions to look at.
    """
    roots: list[object] = [BaseFix.used_names, *query.processors, *more]
    for transform in query.transforms:
        roots += [*transform.filters, *transform.callbacks, transform.fixer]
    return tuple(_Walk().of(roots, 0))


class _Walk:
    """Goes over objects, each once."""

    def __init__(self) -> None:
        self._seen: dict[int, object] = {}  # held, so that no other object gets its id

    def of(self, value: object, depth: int) -> Iterator[str]:
        if isinstance(value, _VALUES):
            yield repr(value)
            return
        plain = isinstance(value, list | tuple | dict | set | frozenset)
        yield type(value).__name__ if plain else f"{type(value).__name__} {id(value)}"
        if _is_unknowable(value):
            yield f"unknowable {next(_MARKS)}"
        if id(value) in self._seen or depth > _DEPTH:
            return
        self._seen[id(value)] = value
        for part in _parts(value):
            yield from self.of(part, depth + 1)


def _is_unknowable(value: object) -> bool:
    """Whether something has a state that does not show: open files, generators."""
    return isinstance(value, IOBase) or (hasattr(value, "__next__") and type(value).__module__ != "itertools")


def _is_the_scripts(module: types.ModuleType) -> bool:
    """Whether a module is neither Python's nor installed, so that a script may keep things there."""
    top = module.__name__.partition(".")[0]
    file = getattr(module, "__file__", None) or ""
    installed = "site-packages" in file or not file
    return not installed and top not in sys.stdlib_module_names and top not in {"bowler", "fissix", "lifeops_codemods"}


def _parts(value: Any) -> Iterator[object]:
    """What an object consists of, as far as it can change."""
    match value:
        case list() | tuple():
            yield len(value)
            yield from value
        case set() | frozenset():
            yield from (len(value), *sorted(value, key=repr))
        case dict():
            yield len(value)
            for key, item in value.items():
                yield from (key, item)
        case types.FunctionType():
            yield from _parts_of_function(value)
        case types.MethodType():
            yield from (value.__self__, value.__func__)
        case types.ModuleType() if _is_the_scripts(value):
            yield {name: item for name, item in vars(value).items() if not name.startswith("__")}
        case types.ModuleType():
            return
        case type():
            if not (value.__module__ + ".").startswith(("builtins.", *_OPAQUE)):
                yield dict(vars(value))
        case _:
            yield from _parts_of_instance(value)


def _parts_of_function(function: types.FunctionType) -> Iterator[object]:
    yield from (function.__defaults__, function.__kwdefaults__, function.__dict__)
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not bound yet
            continue
    if not (function.__module__ or "").startswith(_OPAQUE):
        names = set(_names(function.__code__))
        yield {name: function.__globals__[name] for name in sorted(names & function.__globals__.keys())}


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _parts_of_instance(value: Any) -> Iterator[object]:
    yield getattr(value, "__dict__", None)
    for owner in type(value).__mro__:
        slots = owner.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            yield getattr(value, name, None)
    if isinstance(value, Iterable) and hasattr(value, "__len__"):  # a deque, a collection of the script's own
        yield from value
    elif type(value).__module__ in {"itertools", "random"}:
        yield repr(value)
