"""The parameters of the path and the query, of endpoints and of the functions that they depend on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.annotations import metadata
from lifeops_codemods.project.answers.endpoints import endpoints
from lifeops_codemods.project.constants import Given, constant_text
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.inclusions import (
    around,
    full_path_names,
    inclusions,
    other_dependencies,
    path_names,
    variables,
)
from lifeops_codemods.project.names import bindings_of
from lifeops_codemods.project.parameters import Source, Taken, is_dataclass, parameters
from lifeops_codemods.project.routes import Route
from lifeops_codemods.project.schemas import schema_kind
from lifeops_codemods.project.types import class_of
from lifeops_codemods.rule import Reason


class Requested(NamedTuple):
    """A parameter that clients send in the path or the query.

    source: None where it differs between routes, or is not known. shown: the name that clients use.
    """

    taken: Taken
    source: Source | None
    shown: str


class Signature(NamedTuple):
    """A function whose parameters stand in the OpenAPI document, and the routes through which they do."""

    ref: FunctionRef
    routes: tuple[Route, ...]
    requested: tuple[Requested, ...]
    is_endpoint: bool


@question
def signatures(project: Project) -> tuple[Signature, ...]:
    """Every function with parameters of the path or the query, by file and place."""
    routes: dict[FunctionRef, dict[Route, None]] = {}
    own: set[FunctionRef] = set()
    for endpoint in endpoints(project):
        for route in endpoint.routes:
            if is_documented(project, route) and route.proven:
                own.add(endpoint.ref)
                for ref in (endpoint.ref, *_dependencies(project, route)):
                    routes.setdefault(ref, {})[route] = None
    made = (
        Signature(ref, tuple(found), _requested(project, ref, tuple(found)), ref in own)
        for ref, found in sorted(routes.items())
    )
    return tuple(one for one in made if one.requested)


def is_documented(project: Project, route: Route) -> bool:
    """Whether a route stands in the OpenAPI document, as far as it and its routers say."""
    said = [route.keyword("include_in_schema")]
    said += [value for name, value in around(project, variables(project, route.router)) if name == "include_in_schema"]
    return not any(one is not None and _is_false(one) for one in said)


def _is_false(given: Given) -> bool:
    return given.expression[0] == "constant" and given.expression[3] is False


@question
def _dependencies(project: Project, route: Route) -> tuple[FunctionRef, ...]:
    """The functions that are called for a route before its endpoint, and for these in turn."""
    found: dict[FunctionRef, None] = {}
    rest = [one for one in other_dependencies(project, route) if isinstance(one, FunctionRef)]
    rest += _provided(project, route.function)
    while rest:
        ref = rest.pop()
        if ref not in found:
            found[ref] = None
            rest += _provided(project, ref)
    return tuple(found)


def _provided(project: Project, ref: FunctionRef) -> Iterator[FunctionRef]:
    for taken in parameters(project, ref):
        if taken.source is Source.DEPENDENCY:
            yield from (one for one in taken.providers if isinstance(one, FunctionRef))


def _requested(project: Project, ref: FunctionRef, routes: tuple[Route, ...]) -> tuple[Requested, ...]:
    rows = [parameters(project, ref, full_path_names(project, route)) for route in routes]
    found = []
    for each in zip(*rows, strict=True):
        sources = {_source(project, taken, route) for taken, route in zip(each, routes, strict=True)}
        if sources & {Source.QUERY, Source.PATH, Source.PATH_OR_QUERY} and not _is_model(project, each[0]):
            only = sources.pop() if len(sources) == 1 else None
            source = None if only is Source.PATH_OR_QUERY else only
            found.append(Requested(each[0], source, _shown(project, each[0])))
    return tuple(found)


def _is_model(project: Project, taken: Taken) -> bool:
    """Whether the fields of a class are the parameters: `filters: Annotated[Filters, Query()]`."""
    of = class_of(taken.type)
    return of is not None and (schema_kind(project, of) is not None or is_dataclass(project, of))


def _source(project: Project, taken: Taken, route: Route) -> Source:
    """Where a parameter comes from, if a prefix that cannot be read has nothing to do with it."""
    if taken.marker is not None or taken.source not in {Source.QUERY, Source.PATH_OR_QUERY}:
        return taken.source
    name = taken.parameter.name
    if name in path_names(route.path):
        return Source.PATH
    hidden = taken.source is Source.PATH_OR_QUERY or _may_have_more_prefixes(project, route)
    return Source.PATH_OR_QUERY if hidden and _is_in_a_path(project, name) else Source.QUERY


@question
def _may_have_more_prefixes(project: Project, route: Route) -> bool:
    """Whether a router's prefixes may not all be known: it is no variable, or routers are included that are none."""
    held = variables(project, route.router)
    made = all(any(row.kind == "assign" for row in bindings_of(project, one)) for one in held)
    return not held or not made or any(not one.router for one in inclusions(project))


@question
def _is_in_a_path(project: Project, name: str) -> bool:
    """Whether any text of the project has a part of an address that is called so: `/{name}`."""
    pattern = re.compile(rf"/\{{{re.escape(name)}(?::\w+)?\}}")
    return any(pattern.search(project.text(path)) for path in project.mentioning([name]))


def known_path(project: Project, route: Route) -> str:
    """The path of a route with all prefixes that can be read."""
    prefixes = [value for name, value in around(project, variables(project, route.router)) if name == "prefix"]
    return "".join([*reversed([constant_text(project, one) or "" for one in prefixes]), route.path or ""])


def _shown(project: Project, taken: Taken) -> str:
    alias = None if taken.marker is None else dict(taken.marker.expression[5]).get("alias")
    if alias is None or taken.marker is None:
        return taken.parameter.name
    return constant_text(project, taken.marker._replace(expression=alias)) or taken.parameter.name


def is_described(project: Project, ref: FunctionRef, taken: Taken) -> bool:
    """Whether a parameter has a description, or is hidden from the document."""
    row = taken.parameter
    annotation = None if row.annotation is None else Given(ref.path, function(project, ref).scope, row.annotation)
    said = [
        *(metadata(project, annotation) if annotation is not None else ()),
        *([taken.marker] if taken.marker else []),
    ]
    for given in said:
        if given.expression[0] == "call":
            named = dict(given.expression[5])
            if "description" in named or parts_of(given.expression[3])[-1:] == ("Doc",):
                return True
            hidden = named.get("include_in_schema")
            if hidden is not None and _is_false(given._replace(expression=hidden)):
                return True
    return False


def route_reason(signature: Signature) -> Reason:
    """The first of a signature's routes, as the start of a chain of facts."""
    route = signature.routes[0]
    verb = "/".join(sorted(route.methods)) or "any method"
    shown = "(computed path)" if route.path is None else route.path or '""'
    return Reason(route.call.path, Span(*route.call.span), f"answers {verb} {shown}")
