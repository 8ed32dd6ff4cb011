"""What the comparison of two OpenAPI documents calls a difference, each made on one document by one change."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Header, Path, Query
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from lifeops_codemods.contract.change import Change, Impact, worst
from lifeops_codemods.contract.compare import compared

Document = dict[str, Any]


class Tag(BaseModel):
    name: str = Field(description="What it is called")
    parent: Tag | None = None


class Item(BaseModel):
    title: str = Field(max_length=20)
    price: float = 0
    tags: list[Tag] = []


def document() -> Document:
    app = FastAPI(title="Shop")

    @app.get("/items/{item_id}", response_model=Item)
    def read(
        item_id: Annotated[int, Path(ge=1)],
        kind: str,
        limit: Annotated[int, Query(le=10)] = 5,
        language: Annotated[str | None, Header()] = None,
    ) -> None: ...

    @app.post("/items", responses={404: {"description": "No such shop"}})
    def create(item: Item) -> None: ...

    @app.delete("/items/{item_id}", status_code=204)
    def delete(item_id: int) -> None: ...

    return get_openapi(title=app.title, version="1", routes=app.routes, separate_input_output_schemas=False)


DOCUMENT = document()
ITEM = ("paths", "/items/{item_id}", "get")
LIMIT = (*ITEM, "parameters", 2)
CREATE = ("paths", "/items", "post")
SCHEMAS = ("components", "schemas")


def at(document: Any, place: tuple[Any, ...]) -> Any:
    for part in place:
        document = document[part]
    return document


def put(place: tuple[Any, ...], value: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        at(document, place[:-1])[place[-1]] = value

    return change


def drop(*place: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        del at(document, place[:-1])[place[-1]]

    return change


def append(place: tuple[Any, ...], value: Any) -> Callable[[Document], None]:
    return lambda document: at(document, place).append(value)


def move(place: tuple[Any, ...], old: str, new: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        held = at(document, place)
        held[new] = held.pop(old)

    return change


def rename(document: Document) -> None:
    """Call the schema of items otherwise, wherever it is named."""
    text = json.dumps(document).replace('schemas/Item"', 'schemas/Thing"').replace('"Item": {', '"Thing": {')
    document.clear()
    document.update(json.loads(text))


def shuffle(document: Document) -> None:
    at(document, ITEM)["parameters"].reverse()
    document["paths"] = dict(reversed(document["paths"].items()))


OPTIONAL = {"name": "skip", "in": "query", "schema": {"type": "integer", "default": 0}}
CHANGES = [
    ("text of an operation", put((*ITEM, "description"), "One."), {Change.DESCRIPTION}),
    ("text of a parameter", put((*LIMIT, "description"), "How many."), {Change.DESCRIPTION}),
    ("text of a field", drop(*SCHEMAS, "Tag", "properties", "name", "description"), {Change.DESCRIPTION}),
    ("title of the service", put(("info", "title"), "Market"), {Change.DESCRIPTION}),
    ("order of things", shuffle, set()),
    ("name of a schema", rename, {Change.SCHEMA_NAME}),
    ("name of an operation", put((*ITEM, "operationId"), "read"), {Change.OPERATION_ID}),
    ("an operation", move(("paths",), "/items", "/things"), {Change.OPERATION_ADDED, Change.OPERATION_REMOVED}),
    ("optional parameter", append((*ITEM, "parameters"), OPTIONAL), {Change.PARAMETER_ADDED}),
    ("new required one", append((*ITEM, "parameters"), OPTIONAL | {"required": True}), {Change.PARAMETER_REQUIRED}),
    ("parameter gone", drop(*LIMIT), {Change.PARAMETER_REMOVED}),
    ("required now", put((*LIMIT, "required"), True), {Change.PARAMETER_REQUIRED}),
    ("optional now", put((*ITEM, "parameters", 1, "required"), False), {Change.PARAMETER_OPTIONAL}),
    ("lower bound", put((*LIMIT, "schema", "minimum"), 1), {Change.PARAMETER_NARROWED}),
    ("lower maximum", put((*LIMIT, "schema", "maximum"), 9), {Change.PARAMETER_NARROWED}),
    ("higher maximum", put((*LIMIT, "schema", "maximum"), 11), {Change.PARAMETER_WIDENED}),
    ("no maximum", drop(*LIMIT, "schema", "maximum"), {Change.PARAMETER_WIDENED}),
    ("any type", drop(*LIMIT, "schema", "type"), {Change.PARAMETER_WIDENED}),
    ("wider type", put((*LIMIT, "schema", "type"), "number"), {Change.PARAMETER_WIDENED}),
    (
        "another type",
        put((*LIMIT, "schema", "type"), "string"),
        {Change.PARAMETER_NARROWED, Change.PARAMETER_WIDENED},
    ),
    ("default", put((*LIMIT, "schema", "default"), 6), {Change.PARAMETER_DEFAULT}),
    ("no default", drop(*LIMIT, "schema", "default"), {Change.PARAMETER_DEFAULT}),
    ("values", put((*LIMIT, "schema", "enum"), [1, 2]), {Change.PARAMETER_NARROWED}),
    ("format", put((*LIMIT, "schema", "format"), "int32"), {Change.PARAMETER_NARROWED}),
    (
        "null no more",
        put((*ITEM, "parameters", 3, "schema", "anyOf"), [{"type": "string"}]),
        {Change.PARAMETER_NARROWED},
    ),
    ("body gone", drop(*CREATE, "requestBody"), {Change.BODY_NARROWED}),
    ("body optional", put((*CREATE, "requestBody", "required"), False), {Change.BODY_WIDENED}),
    (
        "field required",
        put((*SCHEMAS, "Item", "required"), ["title", "price"]),
        {Change.BODY_NARROWED, Change.RESPONSE_NARROWED},
    ),
    (
        "new field",
        put((*SCHEMAS, "Item", "properties", "size"), {"type": "integer"}),
        {Change.BODY_WIDENED, Change.RESPONSE_NARROWED},
    ),
    (
        "field gone",
        drop(*SCHEMAS, "Item", "properties", "tags"),
        {Change.BODY_NARROWED, Change.RESPONSE_WIDENED},
    ),
    (
        "longer text in a field",
        put((*SCHEMAS, "Item", "properties", "title", "maxLength"), 30),
        {Change.BODY_WIDENED, Change.RESPONSE_WIDENED},
    ),
    (
        "deep in a schema that holds itself",
        put((*SCHEMAS, "Tag", "properties", "name", "type"), "integer"),
        {Change.BODY_NARROWED, Change.BODY_WIDENED, Change.RESPONSE_NARROWED, Change.RESPONSE_WIDENED},
    ),
    ("status of success", move((*CREATE, "responses"), "200", "201"), {Change.SUCCESS_STATUS}),
    ("another answer", put((*CREATE, "responses", "409"), {"description": "Taken"}), {Change.RESPONSE_ADDED}),
    ("answer gone", drop(*CREATE, "responses", "404"), {Change.RESPONSE_REMOVED}),
    (
        "answer described",
        put((*CREATE, "responses", "200", "content", "application/json", "schema"), {"type": "object"}),
        {Change.RESPONSE_NARROWED},
    ),
    (
        "anything answered",
        put((*ITEM, "responses", "200", "content", "application/json", "schema"), {}),
        {Change.RESPONSE_WIDENED, Change.DESCRIPTION},
    ),
    ("another kind of answer", move((*ITEM, "responses", "200", "content"), "application/json", "text/csv"),
     {Change.RESPONSE_NARROWED, Change.RESPONSE_WIDENED}),
    ("security", put((*ITEM, "security"), [{"key": []}]), {Change.OTHER}),
    ("servers", put(("servers",), [{"url": "/v2"}]), {Change.OTHER}),
    ("what nobody knows", put((*ITEM, "x-rate"), 7), {Change.OTHER}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_change_has_its_name(change: Callable[[Document], None], expected: set[Change]) -> None:
    after = copy.deepcopy(DOCUMENT)
    change(after)
    found = compared(DOCUMENT, after)
    assert {one.change for one in found} == expected
    assert all(one.place and one.text for one in found)


def test_a_document_is_the_same_as_itself() -> None:
    assert compared(DOCUMENT, copy.deepcopy(DOCUMENT)) == ()


def test_every_change_of_a_value_is_seen() -> None:
    """Whatever stands anywhere in the document becomes something else."""
    for place in places(DOCUMENT):
        after = copy.deepcopy(DOCUMENT)
        value = at(DOCUMENT, place)
        put(place, not value if isinstance(value, bool) else "something else")(after)
        assert compared(DOCUMENT, after), place


def test_every_key_that_goes_is_seen() -> None:
    for place in places(DOCUMENT):
        says_nothing = at(DOCUMENT, place) is False or at(DOCUMENT, place) == {}
        if isinstance(place[-1], str) and not says_nothing:
            after = copy.deepcopy(DOCUMENT)
            drop(*place)(after)
            assert compared(DOCUMENT, after), place


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of everything that is no container."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        if isinstance(inner, dict | list) and inner:
            yield from places(inner, (*above, key))
        else:
            yield (*above, key)


def test_what_is_not_known_to_be_harmless_is_breaking() -> None:
    harmless = {change for change in Change if change.impact is not Impact.BREAKING}
    assert harmless == {
        Change.DESCRIPTION,
        Change.OPERATION_ADDED,
        Change.PARAMETER_ADDED,
        Change.PARAMETER_OPTIONAL,
        Change.PARAMETER_WIDENED,
        Change.BODY_WIDENED,
        Change.RESPONSE_ADDED,
        Change.RESPONSE_NARROWED,
    }


def test_the_worst_counts() -> None:
    after = copy.deepcopy(DOCUMENT)
    append((*ITEM, "parameters"), OPTIONAL)(after)
    assert worst(compared(DOCUMENT, after)) is Impact.ADDITIVE
    drop(*CREATE, "responses", "404")(after)
    assert worst(compared(DOCUMENT, after)) is Impact.BREAKING
    assert worst(()) is Impact.NONE
