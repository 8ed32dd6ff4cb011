"""What validating an object against a type reads of it, one level at a time.

FastAPI validates what an endpoint returns against its response model, and lets every schema in it read attributes,
whatever the schema's own configuration says. `Schema.model_validate(item)` lets only those schemas read that are
configured to, each for itself. Nothing else reads attributes: not dataclasses, not `TypedDict`.
(Tried with Pydantic 2.14 and FastAPI 0.165.)
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.exceptions.blocks import is_generator
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.instances import inherits
from lifeops_codemods.project.responses import ModelKind, response_model
from lifeops_codemods.project.routes import Route
from lifeops_codemods.project.schema_config import from_attributes, is_foreign
from lifeops_codemods.project.schema_fields import AttributePath, SchemaField, fields_of
from lifeops_codemods.project.schema_validators import model_intercepts
from lifeops_codemods.project.schemas import ROOTS, SchemaKind, schema_kind
from lifeops_codemods.project.types import (
    NONE,
    UNKNOWN,
    Instance,
    Type,
    alternatives,
    annotated,
    parameter_meanings,
    substituted,
)

ITEM = "[]"
"""Stands in a path for each item of a collection, and for each value of a mapping."""

_ITEMS = frozenset(
    {
        "builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple", "collections.deque",
        *(f"collections.abc.{name}" for name in ("Sequence", "MutableSequence", "Iterable", "Collection", "Set")),
        "collections.abc.Generator", "collections.abc.Iterator", "collections.abc.MutableSet",
    }
)  # fmt: skip
_VALUES = frozenset(
    {
        "builtins.dict", "collections.defaultdict", "collections.OrderedDict", "collections.abc.Mapping",
        "collections.abc.MutableMapping",
    }
)  # fmt: skip
_PAGES = frozenset({"fastapi_pagination", "fastapi_pagination_plus"})
"""Libraries of generic pages, which keep what they are given in `items`."""
_RESPONSES = frozenset(
    f"{library}.{name}"
    for library in ("fastapi", "fastapi.responses", "starlette.responses", "sse_starlette", "sse_starlette.sse")
    for name in (
        "Response", "JSONResponse", "HTMLResponse", "PlainTextResponse", "RedirectResponse", "StreamingResponse",
        "FileResponse", "ORJSONResponse", "UJSONResponse", "EventSourceResponse",
    )
)  # fmt: skip


class Trust(StrEnum):
    """Who lets a schema read attributes: the caller lets all of them, or each needs its own configuration."""

    RUNTIME = "runtime"
    OWN = "own"


class Read(NamedTuple):
    """Something that validation reads of a value.

    path: normally one attribute's name, or `ITEM`. type: what is then validated against. why: the annotation that says
    so, None for items. field: the schema's field, None for items. certain: False where the name is a guess.
    """

    path: AttributePath
    type: Type
    why: Given | None = None
    field: SchemaField | None = None
    certain: bool = True


@question
def attribute_reads(project: Project, item: Type, trust: Trust) -> tuple[Read, ...]:
    """What validating a value against a type reads of that value itself; of what it reads, the next call tells.

    Every alternative of a union is tried, so all that any of them reads is read.
    """
    return tuple(dict.fromkeys(read for one in alternatives(item) for read in _reads(project, one, trust, 0)))


def _reads(project: Project, item: Type, trust: Trust, depth: int) -> Iterator[Read]:
    if not isinstance(item, Instance) or depth > 8:
        return
    if isinstance(item.of, str):
        yield from _outside(project, item, trust, depth)
        return
    match schema_kind(project, item.of):
        case SchemaKind.ROOT:
            for one in alternatives(root_type(project, item)):
                yield from _reads(project, one, trust, depth + 1)
        case SchemaKind.MODEL | SchemaKind.TABLE:
            if trust is Trust.RUNTIME or from_attributes(project, item.of) is not False:
                for field in fields_of(project, item):
                    for path in field.reads:
                        yield Read(path, field.type, field.annotation, field, field.certain)
                yield from _inherited_items(project, item)


def _outside(project: Project, item: Instance, trust: Trust, depth: int) -> Iterator[Read]:
    arguments = item.arguments
    if item.of in ROOTS and arguments:
        for one in alternatives(arguments[0]):
            yield from _reads(project, one, trust, depth + 1)
    elif item.of in _ITEMS:
        wanted = arguments if item.of == "builtins.tuple" else arguments[:1]
        yield from (Read((ITEM,), one) for one in dict.fromkeys(wanted))
    elif item.of in _VALUES and len(arguments) == 2:
        yield Read((ITEM,), arguments[1])
    elif str(item.of).partition(".")[0] in _PAGES and arguments:
        yield Read(("items",), Instance("builtins.list", arguments[:1]))


def _inherited_items(project: Project, item: Instance) -> Iterator[Read]:
    """The items of a page of the project that inherits from a library's: `class Page(fastapi_pagination.Page[T])`."""
    for base in outside_bases(project, item):
        if str(base.of).partition(".")[0] in _PAGES and base.arguments:
            yield Read(("items",), Instance("builtins.list", base.arguments[:1]))


@question
def outside_bases(project: Project, item: Instance) -> tuple[Instance, ...]:
    """The bases from outside the project with their type arguments, as they are in an instance."""
    if not isinstance(item.of, ClassRef):
        return ()
    meanings = parameter_meanings(project, item)
    found = []
    for ref in (item.of, *ancestors(project, item.of)):
        if isinstance(ref, ClassRef):
            row = definition(project, ref)
            for expression in row.bases:
                base = substituted(annotated(project, ref.path, row.scope, expression, row.start), meanings)
                found += [one for one in alternatives(base) if isinstance(one, Instance) and isinstance(one.of, str)]
    return tuple(dict.fromkeys(found))


@question
def is_understood(project: Project, item: Type) -> bool:
    """Whether `attribute_reads` tells all that validation reads of a value of this type itself.

    Not so for `Any`, type parameters, and classes of libraries that are not known here.
    """
    return all(_is_understood(project, one) for one in alternatives(item))


def _is_understood(project: Project, item: Type) -> bool:
    if not isinstance(item, Instance):
        return item == NONE
    if isinstance(item.of, str):
        library = item.of.partition(".")[0]
        return library in {*sys.stdlib_module_names, "pydantic", "pydantic_extra_types", *_PAGES}
    if schema_kind(project, item.of) is not None:
        known = all(field.certain for field in fields_of(project, item))
        return known and from_attributes(project, item.of) is not None and not model_intercepts(project, item.of)
    return not any(is_foreign(one) for one in ancestors(project, item.of))


def root_type(project: Project, item: Instance) -> Type:
    """The type that a root model stands for."""
    for field in fields_of(project, item):
        if field.name == "root":
            return field.type
    for base in outside_bases(project, item):
        if base.of in ROOTS and base.arguments:
            return base.arguments[0]
    return UNKNOWN


def response_type(project: Project, route: Route) -> Type | None:
    """The type that FastAPI validates what the endpoint returns against; None if it validates nothing.

    `UNKNOWN` if it cannot be told. The return annotation counts where no model is given, unless it is a response.
    """
    said = response_model(route)
    match said.kind:
        case ModelKind.DISABLED:
            return None
        case ModelKind.UNKNOWN:
            return UNKNOWN
        case ModelKind.GIVEN if said.given is not None:
            given = said.given
            found = annotated(project, given.path, given.scope, given.expression, given.span[0])
            return None if found == NONE else found
    return _returned(project, route.function)


@question
def _returned(project: Project, ref: FunctionRef) -> Type | None:
    row = function(project, ref)
    if row.returns is None or is_generator(project, ref):
        return None
    found = annotated(project, ref.path, row.scope, row.returns, row.start)
    if found == NONE or any(is_response(project, one) for one in alternatives(found)):
        return None
    return found


def is_response(project: Project, item: Type) -> bool:
    """Whether a type is one of Starlette's responses, or a class of the project below one."""
    if not isinstance(item, Instance):
        return False
    if isinstance(item.of, str):
        return item.of in _RESPONSES or (
            item.of.startswith(("fastapi.", "starlette.")) and item.of.endswith("Response")
        )
    return inherits(project, item.of, _RESPONSES)
