"""Two JSON schemas compared: which of them allows more, and where.

Names of schemas (`$ref`) are followed on both sides, so a schema that is only called otherwise is the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

Schema = Any
Document = Mapping[str, Any]

TEXTS = frozenset({"title", "description", "summary", "examples", "example", "externalDocs", "$comment"})
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_INNER = frozenset({"items", "additionalProperties", "propertyNames", "contains"})
_CHOICES = frozenset({"anyOf", "oneOf"})
_HANDLED = _LOWER | _UPPER | _INNER | _CHOICES | {"type", "enum", "const", "properties", "required", "allOf", "default"}
_ANY = {"array", "boolean", "integer", "null", "number", "object", "string"}


class Shift(StrEnum):
    """How a part of a schema differs afterwards."""

    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED = "changed"
    """Neither: some values more and some fewer."""
    FIELD_ADDED = "field added"
    FIELD_REMOVED = "field removed"
    DEFAULT = "default"
    TEXT = "text"
    NAME = "name"


class Shifted(NamedTuple):
    """One difference of two schemas, below the place where they stand."""

    shift: Shift
    place: str
    text: str


Names = set[tuple[str, str]]


class Schemas:
    """Compares schemas of two documents. Each pair of names is looked into once, as schemas may hold themselves."""

    def __init__(self, before: Document, after: Document) -> None:
        self._before = before
        self._after = after
        self._different: dict[tuple[str, str], bool] = {}

    def compare(self, before: Schema, after: Schema) -> list[Shifted]:
        """All differences of two schemas, each at the first place where it is met."""
        return list(dict.fromkeys(self._compared(before, after, "", set())))

    def _compared(self, before: Schema, after: Schema, place: str, seen: Names) -> Iterator[Shifted]:
        before, after = _plain(before), _plain(after)
        names = _name(before), _name(after)
        if names[0] and names[1]:
            if names[0] != names[1]:
                yield Shifted(Shift.NAME, place, f"{names[0]} is called {names[1]}")
            if names in seen:
                return
            seen.add(names)
        before, after = self._resolved(self._before, before), self._resolved(self._after, after)
        if before == after and "$ref" not in repr(before):
            return
        for key in sorted(before.keys() | after.keys()):
            if key in TEXTS:
                if before.get(key) != after.get(key):
                    yield Shifted(Shift.TEXT, f"{place}/{key}", _change(before.get(key), after.get(key)))
            elif key not in _HANDLED and before.get(key) != after.get(key):
                yield Shifted(_presence(key in before, key in after), f"{place}/{key}", _change_of(key, before, after))
        yield from _types(before, after, place)
        yield from _values(before, after, place)
        yield from _bounds(before, after, place)
        if before.get("default") != after.get("default") or ("default" in before) != ("default" in after):
            yield Shifted(Shift.DEFAULT, f"{place}/default", _change_of("default", before, after))
        yield from self._fields(before, after, place, seen)
        for key in sorted(_INNER & (before.keys() | after.keys())):
            yield from self._compared(before.get(key, {}), after.get(key, {}), f"{place}/{key}", seen)
        for key in sorted((_CHOICES | {"allOf"}) & (before.keys() | after.keys())):
            yield from self._lists(before.get(key), after.get(key), f"{place}/{key}", key == "allOf", seen)

    def _fields(self, before: Schema, after: Schema, place: str, seen: Names) -> Iterator[Shifted]:
        old, new = before.get("properties", {}), after.get("properties", {})
        demanded_before, demanded_after = set(before.get("required", ())), set(after.get("required", ()))
        for name in sorted(old.keys() | new.keys()):
            here = f"{place}/properties/{name}"
            if name not in old:
                yield Shifted(Shift.FIELD_ADDED, here, "a new field")
            elif name not in new:
                yield Shifted(Shift.FIELD_REMOVED, here, "the field is gone")
            else:
                yield from self._compared(old[name], new[name], here, seen)
        for name in sorted(demanded_before ^ demanded_after):
            shift = Shift.NARROWED if name in demanded_after else Shift.WIDENED
            yield Shifted(shift, f"{place}/required/{name}", "required" if name in demanded_after else "not required")

    def _lists(
        self, before: list[Schema] | None, after: list[Schema] | None, place: str, together: bool, seen: Names
    ) -> Iterator[Shifted]:
        """Alternatives (`anyOf`), or with `together` conditions that all hold (`allOf`)."""
        if before is None or after is None:
            yield Shifted(_presence(before is not None, after is not None), place, _change(before, after))
            return
        old, new = list(before), list(after)
        for one in before:
            same = next((other for other in new if not self._differ(one, other)), None)
            if same is not None:
                old.remove(one)
                new.remove(same)
                yield from self._compared(one, same, place, seen)
        if len(old) == len(new) == 1:
            yield from self._compared(old[0], new[0], place, seen)
        elif old or new:
            shift = Shift.CHANGED if old and new else Shift.WIDENED if bool(new) is not together else Shift.NARROWED
            yield Shifted(shift, place, _change(old, new))

    def _differ(self, one: Schema, other: Schema) -> bool:
        """Whether two schemas differ in more than their texts and names; those that hold themselves do not by that."""
        key = repr(one), repr(other)
        if key not in self._different:
            self._different[key] = False
            found = self._compared(one, other, "", set())
            self._different[key] = any(shifted.shift not in {Shift.TEXT, Shift.NAME} for shifted in found)
        return self._different[key]

    def _resolved(self, document: Document, schema: Schema) -> Schema:
        """The schema that a `$ref` names, with what is written beside it."""
        for _ in range(20):
            if "$ref" not in schema:
                return schema
            found: Any = document
            for part in str(schema["$ref"]).removeprefix("#/").split("/"):
                found = found.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = _plain({**found, **beside} if isinstance(found, Mapping) else beside)
        return schema


def _plain(schema: Schema) -> Schema:
    """The same schema written one way: true and false as schemas, `allOf` of one thing as that thing."""
    if schema is True:
        return {}
    if schema is False:
        return {"not": {}}
    if not isinstance(schema, Mapping):
        return {"?": schema}
    match schema:
        case {"allOf": [{"$ref": str(reference)}]}:
            return {"$ref": reference, **{key: value for key, value in schema.items() if key != "allOf"}}
    return dict(schema)


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _types(before: Schema, after: Schema, place: str) -> Iterator[Shifted]:
    old, new = _type_set(before), _type_set(after)
    if old != new:
        shift = Shift.NARROWED if new < old else Shift.WIDENED if old < new else Shift.CHANGED
        yield Shifted(shift, f"{place}/type", _change_of("type", before, after))


def _type_set(schema: Schema) -> frozenset[str]:
    given = schema.get("type")
    if given is None:
        return frozenset(_ANY)
    found = {given} if isinstance(given, str) else set(given)
    return frozenset(found | {"integer"} if "number" in found else found)


def _values(before: Schema, after: Schema, place: str) -> Iterator[Shifted]:
    old, new = _allowed(before), _allowed(after)
    if old == new:
        return
    if old is None or new is None:
        shift = Shift.NARROWED if old is None else Shift.WIDENED
    else:
        shift = Shift.NARROWED if new < old else Shift.WIDENED if old < new else Shift.CHANGED
    yield Shifted(shift, f"{place}/enum", _change(old and sorted(old), new and sorted(new)))


def _allowed(schema: Schema) -> frozenset[str] | None:
    if "const" in schema:
        return frozenset({repr(schema["const"])})
    return frozenset(map(repr, schema["enum"])) if "enum" in schema else None


def _bounds(before: Schema, after: Schema, place: str) -> Iterator[Shifted]:
    for key in sorted((_LOWER | _UPPER) & (before.keys() | after.keys())):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if isinstance(old, int | float) and isinstance(new, int | float):
            shift = Shift.NARROWED if (new > old) is (key in _LOWER) else Shift.WIDENED
        else:
            shift = _presence(old is not None, new is not None)
        yield Shifted(shift, f"{place}/{key}", _change(old, new))


def _presence(before: bool, after: bool) -> Shift:
    """How a condition differs that is there before or after, or both times."""
    return Shift.CHANGED if before and after else Shift.NARROWED if after else Shift.WIDENED


def _change_of(key: str, before: Schema, after: Schema) -> str:
    return _change(before.get(key), after.get(key))


def _change(before: Any, after: Any) -> str:
    return f"{before!r} became {after!r}"
