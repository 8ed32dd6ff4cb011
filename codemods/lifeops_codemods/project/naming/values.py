"""The values that evaluating a name goes through, beside plain strings, numbers, lists, tuples and dicts."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

MAX_TEXT: Final = 2_000
MAX_ITEMS: Final = 2_000
MAX_NUMBER: Final = 1_000_000_000

Definition: TypeAlias = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer: what was not understood, and the node where (None where the whole function is meant)."""

    reason: str
    node: ast.AST | None = field(default=None, compare=False)


class NotUnderstoodError(Exception):
    """Ends an evaluation; `evaluate` turns it into `Unknown`."""

    def __init__(self, reason: str, node: ast.AST | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.node = node


@dataclass(frozen=True, slots=True)
class External:
    """A name of a library, by the dotted path that it has whatever the code calls it: `re.sub`."""

    name: str


@dataclass(frozen=True, slots=True)
class Located:
    """What a name stands for, with the lookup of the module it is written in."""

    node: ast.FunctionDef | ast.expr
    lookup: Lookup


Lookup = Callable[[str], "ast.FunctionDef | ast.expr | Located | External | None"]
"""What a dotted name stands for in the module of the code: `PATTERN`, `utils.snake`, `cls.prefix`; None if unknown.

The class's own attributes are asked for as `cls.…`, whatever its parameter is called. A node without `Located` is taken
to be of the same module.
"""


@dataclass(frozen=True, slots=True)
class TheClass:
    """The class whose name is asked for."""

    name: str


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in function, or a method of `str` named through it (`str.lower`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a value, not yet called."""

    owner: object
    name: str


@dataclass(slots=True)
class Frame:
    """The local names of a call, those around it, and how to look up the rest."""

    names: dict[str, object]
    lookup: Lookup
    outer: Frame | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the project, or a lambda; `first` is the class for a class method."""

    node: Definition
    frame: Frame
    first: TheClass | None = None


NO_CALLS: Final[Mapping[str, object]] = {}


def bounded(value: object) -> object:
    """The value, if it is of a size that a name can have."""
    match value:
        case str() if len(value) > MAX_TEXT:
            raise NotUnderstoodError("the text gets too long")
        case bool():
            return value
        case int() if abs(value) > MAX_NUMBER:
            raise NotUnderstoodError("the number gets too large")
        case list() | tuple() | dict() if len(value) > MAX_ITEMS:
            raise NotUnderstoodError("the list gets too long")
    return value
