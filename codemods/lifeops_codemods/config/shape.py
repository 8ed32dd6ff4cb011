"""What a configuration value may look like: each shape checks a TOML value, converts it, and describes itself.

A field's annotation says which shape its key has, so that there is one source for the check, the JSON schema and the
table that `init` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol, get_args, get_origin

from lifeops_codemods.config.error import did_you_mean


class WrongValueError(ValueError):
    """A value that does not fit its shape. `keys` leads from the value down to the part that does not fit."""

    def __init__(self, message: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.keys = keys


class Shape(Protocol):
    """The set of values that a key takes."""

    def convert(self, value: object) -> Any:
        """The Python value for a TOML value, or `WrongValueError`."""

    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def convert(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise WrongValueError(f"expected true or false, found {described(value)}")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number:
    """An integer, between bounds where it has them."""

    minimum: int | None = None
    maximum: int | None = None

    def convert(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise WrongValueError(f"expected an integer, found {described(value)}")
        if self.minimum is not None and value < self.minimum:
            raise WrongValueError(f"must be at least {self.minimum}, is {value}")
        if self.maximum is not None and value > self.maximum:
            raise WrongValueError(f"must be at most {self.maximum}, is {value}")
        return value

    def schema(self) -> dict[str, Any]:
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        return {"type": "integer"} | {name: bound for name, bound in bounds.items() if bound is not None}


@dataclass(frozen=True, slots=True)
class Text:
    """Any string."""

    def convert(self, value: object) -> str:
        if isinstance(value, str):
            return value
        raise WrongValueError(f"expected a string, found {described(value)}")

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some strings. `of` is the word for them in messages; `make` turns the string into the field's value."""

    values: tuple[str, ...]
    of: str = "value"
    make: Callable[[str], Any] = str

    def convert(self, value: object) -> Any:
        text = Text().convert(value)
        if text in self.values:
            return self.make(text)
        raise WrongValueError(f"`{text}` is no known {self.of}; {did_you_mean(text, self.values)}")

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items all have one shape."""

    item: Shape

    def convert(self, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise WrongValueError(f"expected a list, found {described(value)}")
        return tuple(self.item.convert(item) for item in value)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema()}


@dataclass(frozen=True, slots=True)
class TableOf:
    """A table with keys of the user's own, whose values all have one shape."""

    item: Shape

    def convert(self, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise WrongValueError(f"expected a table, found {described(value)}")
        return {key: self._entry(key, entry) for key, entry in value.items()}

    def _entry(self, key: str, value: object) -> Any:
        try:
            return self.item.convert(value)
        except WrongValueError as wrong:
            raise WrongValueError(str(wrong), (key, *wrong.keys)) from None

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.item.schema()}


def shape_of(annotation: Any, bounds: Mapping[str, Any], text: Shape) -> Shape:
    """The shape of a field. `bounds` may hold `minimum` and `maximum`; `text` is the shape of the strings in it."""
    match get_origin(annotation) or annotation, get_args(annotation):
        case (kind, ()) if kind is bool:
            return Flag()
        case (kind, ()) if kind is int:
            return Number(bounds.get("minimum"), bounds.get("maximum"))
        case (kind, ()) if kind is str:
            return text
        case (type() as kind, ()) if issubclass(kind, StrEnum):
            return Choice(tuple(member.value for member in kind), make=kind)
        case (kind, values) if kind is Literal:
            return Choice(tuple(values))
        case (kind, (item, end)) if kind is tuple and end is ...:
            return ListOf(shape_of(item, bounds, text))
        case (kind, (key, item)) if kind is not tuple and issubclass(kind, Mapping) and key is str:
            return TableOf(shape_of(item, bounds, text))
    raise TypeError(f"a configuration key cannot have the type {annotation!r}")


def described(value: object) -> str:
    """A TOML value in the words of a message."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'the string "{value}"'
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "a table"
    return f"a {type(value).__name__}"
