"""Where routers are made and included, and what that adds to their routes: prefixes and dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.constants import Given, constant_text
from lifeops_codemods.project.dependencies import Provider, depends, provided_by
from lifeops_codemods.project.names import Variable, bindings_of, evaluate
from lifeops_codemods.project.routes import Route
from lifeops_codemods.project.trees import call_at

_IN_PATH = re.compile(r"{(\w+)(?::\w+)?}")


class Inclusion(NamedTuple):
    """A call of `include_router`: the variables that hold the router, and those that hold what it is included in."""

    router: frozenset[Variable]
    into: frozenset[Variable]
    keywords: tuple[tuple[str | None, Given], ...]


@question
def inclusions(project: Project) -> tuple[Inclusion, ...]:
    """Every `include_router` of the project whose router is a variable."""
    return tuple(
        found
        for path in project.mentioning(["include_router"])
        for row in project.facts(path).calls
        if row.function[-1:] == ("include_router",)
        for found in _inclusion(project, path, row.scope, call_at(project, path, row.start, row.end))
    )


def _inclusion(project: Project, path: str, scope: int, call: Expression | None) -> Iterator[Inclusion]:
    if call is None or call[3][0] != "attribute":
        return
    keywords = tuple((name, Given(path, scope, value)) for name, value in call[5])
    router = Given(path, scope, call[4][0]) if call[4] else dict(keywords).get("router")
    if router is not None:
        yield Inclusion(variables(project, router), variables(project, Given(path, scope, call[3][3])), keywords)


def variables(project: Project, given: Given | None) -> frozenset[Variable]:
    """The variables that an expression of names leads to."""
    if given is None or given.expression[0] not in {"name", "attribute"}:
        return frozenset()
    found = evaluate(project, given.path, given.scope, given.expression, given.span[0])
    return frozenset(item for item in found if isinstance(item, Variable))


@question
def around(project: Project, router: frozenset[Variable]) -> tuple[tuple[str | None, Given], ...]:
    """The keywords of the calls that make a router and of those that include it, and all that is around it."""
    found: list[tuple[str | None, Given]] = []
    seen: set[Variable] = set()
    rest = sorted(router)
    while rest:
        item = rest.pop()
        if item in seen:
            continue
        seen.add(item)
        found += _made_with(project, item)
        for inclusion in inclusions(project):
            if item in inclusion.router:
                found += inclusion.keywords
                rest += sorted(inclusion.into)
    return tuple(found)


def _made_with(project: Project, item: Variable) -> Iterator[tuple[str | None, Given]]:
    for row in bindings_of(project, item):
        if row.kind == "assign" and row.value is not None and row.value[0] == "call":
            call = call_at(project, item.path, row.value[1], row.value[2])
            for name, value in call[5] if call is not None else ():
                yield name, Given(item.path, item.scope, value)


def path_names(path: str | None) -> frozenset[str]:
    """The parameters in a path: `/{id}/files/{name:path}`."""
    return frozenset(_IN_PATH.findall(path or ""))


def full_path_names(project: Project, route: Route) -> frozenset[str] | None:
    """The parameters in a route's path and in the prefixes around it; None where one of them is computed."""
    if route.path is None:
        return None
    found = set(path_names(route.path))
    for name, value in around(project, variables(project, route.router)):
        if name == "prefix":
            text = constant_text(project, value)
            if text is None:
                return None
            found |= path_names(text)
    return frozenset(found)


def other_dependencies(project: Project, route: Route) -> tuple[Provider, ...]:
    """What `dependencies=[Depends(x)]` calls before the endpoint: of the route, its router, and all around that."""
    given = [value for name, value in route.keywords if name == "dependencies"]
    given += [value for name, value in around(project, variables(project, route.router)) if name == "dependencies"]
    marks = [mark for value in given for mark in _listed(project, value, 4)]
    return tuple(dict.fromkeys(one for mark in marks for one in provided_by(project, mark, None)))


def _listed(project: Project, given: Given, depth: int) -> Iterator[Given]:
    """The `Depends(…)` in a list, in lists that are joined, in a variable that holds one."""
    if not depth:
        return
    match given.expression:
        case ("list" | "tuple", _, _, items):
            for item in items:
                inner = item[3] if item[0] == "starred" else item
                mark = depends(project, given._replace(expression=inner))
                if mark is not None:
                    yield mark
                elif item[0] == "starred":
                    yield from _listed(project, given._replace(expression=inner), depth - 1)
        case ("operator", _, _, "+", sides):
            for side in sides:
                yield from _listed(project, given._replace(expression=side), depth - 1)
        case ("name" | "attribute", *_):
            for item in sorted(variables(project, given)):
                for row in bindings_of(project, item):
                    if row.value is not None:
                        yield from _listed(project, Given(item.path, item.scope, row.value), depth - 1)
