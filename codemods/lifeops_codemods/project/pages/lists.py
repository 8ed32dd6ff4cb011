"""Which endpoints answer a GET with a list, and which of them have pages already."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.answers.endpoints import Endpoint, endpoints, is_page
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.exceptions.reached import Callee, callees, handed_over
from lifeops_codemods.project.functions import function, function_node, owner
from lifeops_codemods.project.parameters import Source, endpoint_parameters, request_names
from lifeops_codemods.project.responses import ModelKind, response_model
from lifeops_codemods.project.routes import Route
from lifeops_codemods.project.schema_fields import fields_of
from lifeops_codemods.project.schemas import is_schema
from lifeops_codemods.project.serialisation import response_type
from lifeops_codemods.project.types import UNKNOWN, Instance, Type, alternatives, without_none

PAGING = frozenset(
    {
        "limit", "offset", "skip", "page", "perpage", "pagesize", "pageno", "pagenumber", "pagenum", "pageindex",
        "size", "cursor", "continuationtoken", "nexttoken", "pagetoken", "nextpagetoken", "maxresults", "numresults",
        "take",
        "top", "pagination", "paging", "paginationparams", "pageparams", "nextpage", "startafter", "startingafter",
        "pagelimit", "pageoffset", "itemsperpage", "numitems", "rowsperpage", "lastid", "afterid", "sinceid", "maxid",
        "maxitems", "howmany", "toskip", "startindex", "endindex", "resultsperpage", "maxcount", "topk", "topn",
    }
)  # fmt: skip
"""Names of parameters that take a part of a list, in lower case without `_`."""
_SEQUENCES = frozenset(
    {
        "builtins.list", "builtins.tuple", "collections.abc.Sequence", "collections.abc.Iterable",
        "collections.abc.Collection", "collections.abc.MutableSequence",
    }
)  # fmt: skip
_OPEN = frozenset({"builtins.dict", "collections.abc.Mapping", "builtins.object"})
_WHOLES = frozenset({"export", "exports", "download", "backup", "dump", "graph", "tree", "hierarchy", "sitemap"})
_MANY = frozenset({"all", "scalars", "fetchall", "stream_scalars", "mappings"})
_LIST_NAME = re.compile(r"(?:List|Listing|Page|Paged|Collection)(?![a-z])")
"""`QuestList`, `ListResponse`, `QuestCollection`."""
_PAGES = re.compile(r"\bpaginate\b|\bLimitOffsetPage\b|\bCursorPage\b|fastapi_pagination")


class Listing(NamedTuple):
    """An endpoint that answers a GET with a list, as far as its types say; item: what the list is of."""

    endpoint: Endpoint
    declared: bool
    item: Type


@question
def listings(project: Project) -> tuple[Listing, ...]:
    """The endpoints that answer a GET with a list, or whose type does not say what they answer with."""
    return tuple(found for one in endpoints(project) if (found := _listing(project, one)) is not None)


def _listing(project: Project, endpoint: Endpoint) -> Listing | None:
    reading = [route for route in endpoint.routes if "GET" in route.methods]
    if not reading or is_page(project, endpoint):
        return None
    said = [_answered(project, route) for route in reading]
    kinds = [kind for kind in said if kind is not None]
    if all(_says_nothing(kind) for kind in kinds):
        return Listing(endpoint, False, UNKNOWN)
    items = [item for kind in kinds for item in _items(project, kind)]
    if items:
        return Listing(endpoint, True, items[0])
    return Listing(endpoint, False, UNKNOWN) if any(_holds_lists(project, kind) for kind in kinds) else None


def _says_nothing(kind: Type) -> bool:
    """Whether a type leaves open what the answer holds: `Any`, or a dictionary."""
    return kind == UNKNOWN or (isinstance(kind, Instance) and kind.of in _OPEN)


def _answered(project: Project, route: Route) -> Type | None:
    """The type of an answer; None where none is declared, or is not looked at."""
    if response_model(route).kind is ModelKind.DISABLED:
        return None
    return response_type(project, route)


def _items(project: Project, kind: Type, depth: int = 2) -> Iterator[Type]:
    """What the list is of that a type is, or that a schema has as a field: `ListResponse[X]`."""
    for one in alternatives(without_none(kind)):
        if not isinstance(one, Instance):
            continue
        if one.of in _SEQUENCES:
            yield one.arguments[0] if one.arguments else UNKNOWN
        elif isinstance(one.of, ClassRef) and depth and is_schema(project, one.of):
            yield from _wrapped(project, one)


_HOLDERS = frozenset(
    {
        "items", "results", "data", "result", "records", "rows", "objects", "entries", "list", "content", "value",
        "values", "root",
    }
)  # fmt: skip
_COUNTS = frozenset({"total", "count", "totalcount", "totalitems", "numresults"})
_STATES = frozenset({"status", "success", "message", "code", "error", "detail", "ok", "msg"})
_OF_PAGES = frozenset(
    {
        "page", "pages", "totalpages", "next", "previous", "prev", "nextcursor", "hasmore", "hasnext", "nextpage",
        "nexttoken", "limit", "offset", "skip", "pagesize", "perpage", "maxsize", "nextpagetoken", "pagination",
    }
)  # fmt: skip
"""Fields of an answer that is a page already, whatever asked for it."""


def _lists(project: Project, kind: Instance) -> list[tuple[str, Type]]:
    """The fields of a schema that are lists, and what these are of."""
    return [
        (field.name, item)
        for field in fields_of(project, kind)
        for one in alternatives(without_none(field.type))
        if isinstance(one, Instance) and one.of in _SEQUENCES
        for item in (one.arguments or (UNKNOWN,))[:1]
    ]


def _holds_lists(project: Project, kind: Type) -> bool:
    """Whether an answer holds several lists, one of which may be there to be paged."""
    return any(
        len(found) > 1 and any(_plain(name) in _HOLDERS for name, _ in found)
        for one in alternatives(without_none(kind))
        if isinstance(one, Instance) and isinstance(one.of, ClassRef) and is_schema(project, one.of)
        for found in [_lists(project, one)]
    )


def _wrapped(project: Project, kind: Instance) -> Iterator[Type]:
    """The one list of a schema that is there to hold it: either is called so, or there is only its total beside it."""
    lists = _lists(project, kind)
    if len(lists) != 1:
        return
    others = {_plain(field.name) for field in fields_of(project, kind) if not field.name.endswith("id")} - {
        _plain(lists[0][0])
    }
    beside = others & _COUNTS and others <= _COUNTS | _STATES | _OF_PAGES
    is_called = isinstance(kind.of, ClassRef) and _LIST_NAME.search(definition(project, kind.of).name) is not None
    if _plain(lists[0][0]) in _HOLDERS or beside or is_called:
        yield lists[0][1]


def _is_page_schema(project: Project, kind: Type) -> bool:
    """Whether an answer says which page it is."""
    return any(
        _plain(field.name) in _OF_PAGES
        for one in alternatives(without_none(kind))
        if isinstance(one, Instance) and isinstance(one.of, ClassRef) and is_schema(project, one.of)
        for field in fields_of(project, one)
    )


@question
def twin(project: Project, listing: Listing) -> Endpoint | None:
    """An endpoint beside this one that answers with the same list in pages, and says so in its name or path."""
    for other in listings(project):
        is_beside = other.endpoint.ref.path == listing.endpoint.ref.path and other != listing
        if not is_beside or other.item != listing.item or other.item == UNKNOWN:
            continue
        is_named = any("page" in word or "paginat" in word for word in _words(project, other.endpoint))
        if (is_named or listing.endpoint.title.endswith("/all")) and is_paginated(project, other.endpoint):
            return other.endpoint
    return None


def whole_word(project: Project, listing: Listing) -> str:
    """The word by which an endpoint says that its answer is of use in one piece only; `""` for none."""
    return next((word for word in _words(project, listing.endpoint) if word in _WHOLES), "")


def _words(project: Project, endpoint: Endpoint) -> list[str]:
    """The words that an endpoint's name and path are made of."""
    text = f"{function(project, endpoint.ref).name} {endpoint.title}".lower()
    return re.findall(r"[a-z0-9]+", re.sub(r"{[^}]*}", " ", text).replace("_", " "))


def is_paginated(project: Project, endpoint: Endpoint) -> bool:
    """Whether a request can ask for a part of the list already, by a parameter or through a library."""
    names = request_names(project, endpoint.ref) | _aliases(project, endpoint) | _fields_taken(project, endpoint)
    if any(_plain(name) in PAGING or "pagina" in name.lower() for name in names):
        return True
    if any(_is_page_type(project, route) for route in endpoint.routes):
        return True
    if any(_is_page_schema(project, kind) for route in endpoint.routes if (kind := _answered(project, route))):
        return True
    row = function(project, endpoint.ref)
    text = project.text(endpoint.ref.path)[slice(*row.definition)]
    if _PAGES.search(text):
        return True
    asked = re.search(r"query_params", text)
    return asked is not None and any(
        re.search(rf"[\"'_]{name}\b", text) for name in ("limit", "offset", "page", "skip")
    )


def _fields_taken(project: Project, endpoint: Endpoint) -> set[str]:
    """The fields of the schemas that dependencies give, also where a call makes the dependency."""
    found: set[str] = set()
    for taken in endpoint_parameters(project, endpoint.routes[0]):
        if taken.source is Source.DEPENDENCY:
            for one in alternatives(without_none(taken.type)):
                if isinstance(one, Instance) and isinstance(one.of, ClassRef) and is_schema(project, one.of):
                    found |= {field.name for field in fields_of(project, one)}
    return found


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _aliases(project: Project, endpoint: Endpoint) -> set[str]:
    """The names that a request uses for parameters that are called otherwise in the code."""
    found: set[str] = set()
    for taken in endpoint_parameters(project, endpoint.routes[0]):
        if taken.marker is not None and taken.source is Source.QUERY:
            said = dict(taken.marker.expression[5]).get("alias")
            if said is not None and said[0] == "string":
                found.add(said[3])
    return found


def _is_page_type(project: Project, route: Route) -> bool:
    kind = _answered(project, route)
    if kind is None:
        return False
    from lifeops_codemods.project.classes import ancestors
    from lifeops_codemods.project.modules import External

    for one in alternatives(kind):
        if isinstance(one, Instance):
            names = (
                [one.of]
                if isinstance(one.of, str)
                else [base.name for base in ancestors(project, one.of) if isinstance(base, External)]
            )
            if any(name.startswith("fastapi_pagination") for name in names):
                return True
    return False


@question
def runs_queries(project: Project, caller: Callee, depth: int = 5) -> bool:
    """Whether a function runs a query for several rows, itself or through the functions that it calls."""
    return any(_runs_many(project, one) for one in _reached(project, caller, depth))


def _reached(project: Project, caller: Callee, depth: int) -> list[Callee]:
    found: dict[Callee, None] = {caller: None}
    rest = [(caller, depth)]
    while rest:
        current, left = rest.pop()
        if not left:
            continue
        groups = (callees(project, current), handed_over(project, current))
        for callee in (one for group in groups for several in group.values() for one in several):
            if callee not in found:
                found[callee] = None
                rest.append((callee, left - 1))
    return list(found)


@question
def _runs_many(project: Project, callee: Callee) -> bool:
    node = function_node(project, callee.ref)
    return node is not None and any(isinstance(one, ast.Call) and _is_many(one) for one in executed(node.body))


def _is_many(call: ast.Call) -> bool:
    func = call.func
    if not isinstance(func, ast.Attribute):
        return False
    return func.attr in _MANY


def holder(project: Project, endpoint: Endpoint) -> Callee:
    """The endpoint as the call graph knows it."""
    return Callee(endpoint.ref, owner(project, endpoint.ref))
