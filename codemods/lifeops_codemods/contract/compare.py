"""Two OpenAPI documents compared as a client sees them: operations, parameters, bodies, answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from lifeops_codemods.contract.change import Change, Difference
from lifeops_codemods.contract.schemas import TEXTS, Document, Schemas, Shift

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_PARTS = frozenset({"parameters", "requestBody", "responses", "operationId"})


class _Words(NamedTuple):
    """How the shifts of a schema are called where it stands."""

    narrowed: Change
    widened: Change
    field_added: Change
    field_removed: Change
    default: Change


_PARAMETER = _Words(
    Change.PARAMETER_NARROWED,
    Change.PARAMETER_WIDENED,
    Change.PARAMETER_WIDENED,
    Change.PARAMETER_NARROWED,
    Change.PARAMETER_DEFAULT,
)
_BODY = _Words(
    Change.BODY_NARROWED, Change.BODY_WIDENED, Change.BODY_WIDENED, Change.BODY_NARROWED, Change.BODY_DEFAULT
)
_RESPONSE = _Words(
    Change.RESPONSE_NARROWED,
    Change.RESPONSE_WIDENED,
    Change.RESPONSE_NARROWED,
    Change.RESPONSE_WIDENED,
    Change.DESCRIPTION,  # an answer is sent with its fields: a default only tells what they usually are
)


def compared(before: Document, after: Document) -> tuple[Difference, ...]:
    """All differences that a client can see, by place. The order of keys and of parameters is none."""
    return tuple(dict.fromkeys(sorted(_document(before, after), key=lambda one: (one.place, one.change, one.text))))


def _document(before: Document, after: Document) -> Iterator[Difference]:
    schemas = Schemas(before, after)
    yield from _rest(before, after, "", {"paths", "components", "info"})
    yield from _rest(before.get("info", {}), after.get("info", {}), "info", set())
    yield from _rest(before.get("components", {}), after.get("components", {}), "components", {"schemas"})
    old, new = before.get("paths", {}), after.get("paths", {})
    for path in sorted(old.keys() | new.keys()):
        yield from _path(schemas, old.get(path, {}), new.get(path, {}), path)


def _path(schemas: Schemas, before: Document, after: Document, path: str) -> Iterator[Difference]:
    yield from _rest(before, after, path, _METHODS)
    for method in sorted(_METHODS & (before.keys() | after.keys())):
        place = f"{method.upper()} {path}"
        if method not in before:
            yield Difference(Change.OPERATION_ADDED, place, "is new")
        elif method not in after:
            yield Difference(Change.OPERATION_REMOVED, place, "is gone")
        else:
            yield from _operation(schemas, before[method], after[method], place)


def _operation(schemas: Schemas, before: Document, after: Document, place: str) -> Iterator[Difference]:
    yield from _rest(before, after, place, _PARTS)
    if before.get("operationId") != after.get("operationId"):
        text = _became(before.get("operationId"), after.get("operationId"))
        yield Difference(Change.OPERATION_ID, place, text)
    yield from _parameters(schemas, before.get("parameters", []), after.get("parameters", []), place)
    yield from _body(schemas, before.get("requestBody"), after.get("requestBody"), f"{place} body")
    yield from _responses(schemas, before.get("responses", {}), after.get("responses", {}), place)


def _parameters(schemas: Schemas, before: list[Any], after: list[Any], place: str) -> Iterator[Difference]:
    old, new = _by_name(before), _by_name(after)
    for key in sorted(old.keys() | new.keys()):
        here = f"{place} {' '.join(key)}"
        if key not in new:
            yield Difference(Change.PARAMETER_REMOVED, here, "is gone")
        elif key not in old:
            change = Change.PARAMETER_REQUIRED if new[key].get("required") else Change.PARAMETER_ADDED
            yield Difference(change, here, "is new")
        else:
            yield from _parameter(schemas, old[key], new[key], here)


def _by_name(parameters: list[Any]) -> dict[tuple[str, str], Document]:
    return {(str(one.get("in")), str(one.get("name", one.get("$ref")))): one for one in parameters}


def _parameter(schemas: Schemas, before: Document, after: Document, place: str) -> Iterator[Difference]:
    yield from _rest(before, after, place, {"required", "schema", "content"})
    if bool(before.get("required")) != bool(after.get("required")):
        change = Change.PARAMETER_REQUIRED if after.get("required") else Change.PARAMETER_OPTIONAL
        yield Difference(change, place, "must be sent" if after.get("required") else "may be left out")
    yield from _schema(schemas, before.get("schema", {}), after.get("schema", {}), place, _PARAMETER)
    yield from _content(schemas, before.get("content", {}), after.get("content", {}), place, _PARAMETER)


def _body(schemas: Schemas, before: Document | None, after: Document | None, place: str) -> Iterator[Difference]:
    if before is None or after is None:
        if before != after:
            required = after is not None and after.get("required")
            change = Change.BODY_WIDENED if after is not None and not required else Change.BODY_NARROWED
            yield Difference(change, place, "is new" if after is not None else "is gone")
        return
    yield from _rest(before, after, place, {"required", "content"})
    if bool(before.get("required")) != bool(after.get("required")):
        change = Change.BODY_NARROWED if after.get("required") else Change.BODY_WIDENED
        yield Difference(change, place, "must be sent" if after.get("required") else "may be left out")
    yield from _content(schemas, before.get("content", {}), after.get("content", {}), place, _BODY)


def _responses(schemas: Schemas, before: Document, after: Document, place: str) -> Iterator[Difference]:
    moved = _moved(before, after)
    if moved is not None:
        yield Difference(Change.SUCCESS_STATUS, place, _became(*moved))
        yield from _response(schemas, before[moved[0]], after[moved[1]], f"{place} {moved[1]}")
    for status in sorted((before.keys() | after.keys()) - set(moved or ())):
        here = f"{place} {status}"
        if status not in before:
            yield Difference(Change.RESPONSE_ADDED, here, "is new")
        elif status not in after:
            yield Difference(Change.RESPONSE_REMOVED, here, "is gone")
        else:
            yield from _response(schemas, before[status], after[status], here)


def _moved(before: Document, after: Document) -> tuple[str, str] | None:
    """The status of success before and after, where it is another one."""
    gone = [status for status in before if status not in after and status.startswith("2")]
    new = [status for status in after if status not in before and status.startswith("2")]
    return (gone[0], new[0]) if len(gone) == len(new) == 1 else None


def _response(schemas: Schemas, before: Document, after: Document, place: str) -> Iterator[Difference]:
    yield from _rest(before, after, place, {"content"})
    yield from _content(schemas, before.get("content", {}), after.get("content", {}), place, _RESPONSE)


def _content(schemas: Schemas, before: Document, after: Document, place: str, words: _Words) -> Iterator[Difference]:
    for kind in sorted(before.keys() | after.keys()):
        here = f"{place} {kind}"
        if kind not in before:
            yield Difference(words.field_added, here, "is new")
        elif kind not in after:
            yield Difference(words.field_removed, here, "is gone")
        else:
            yield from _rest(before[kind], after[kind], here, {"schema"})
            yield from _schema(schemas, before[kind].get("schema", {}), after[kind].get("schema", {}), here, words)


def _schema(schemas: Schemas, before: Any, after: Any, place: str, words: _Words) -> Iterator[Difference]:
    for shift, inner, text in schemas.compare(before, after):
        for change in _changes(shift, words):
            yield Difference(change, f"{place}{' ' if inner else ''}{inner}", text)


def _changes(shift: Shift, words: _Words) -> tuple[Change, ...]:
    match shift:
        case Shift.NARROWED:
            return (words.narrowed,)
        case Shift.WIDENED:
            return (words.widened,)
        case Shift.CHANGED:
            return words.narrowed, words.widened
        case Shift.FIELD_ADDED:
            return (words.field_added,)
        case Shift.FIELD_REMOVED:
            return (words.field_removed,)
        case Shift.DEFAULT:
            return (words.default,)
        case Shift.TEXT:
            return (Change.DESCRIPTION,)
        case Shift.NAME:
            return (Change.SCHEMA_NAME,)


def _rest(before: Document, after: Document, place: str, but: set[str] | frozenset[str]) -> Iterator[Difference]:
    """What is compared as it is: texts for people, and everything that has no words of its own."""
    for key in sorted((before.keys() | after.keys()) - but):
        if before.get(key) != after.get(key) or (key in before) != (key in after):
            change = Change.DESCRIPTION if key in TEXTS else Change.OTHER
            yield Difference(change, f"{place} {key}".strip(), _became(before.get(key), after.get(key)))


def _became(before: Any, after: Any) -> str:
    return f"{before!r} became {after!r}"
