"""Endpoints as the rules about errors see them: a function, its registrations, and who else calls it."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.answers.answer import PAGES, is_for_people
from lifeops_codemods.project.calls import Caller, calls_of
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.functions import FunctionRef, function_node, function_variable
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import evaluate
from lifeops_codemods.project.routes import Route, routes
from lifeops_codemods.project.suites import is_test_file


class Endpoint(NamedTuple):
    """A function that answers requests, and its registrations in the order of the text."""

    ref: FunctionRef
    routes: tuple[Route, ...]

    @property
    def title(self) -> str:
        """The requests that it answers, for people."""
        first = self.routes[0]
        path = "(computed path)" if first.path is None else first.path or '""'
        return f"{'/'.join(sorted(first.methods)) or 'any method'} {path}"


@question
def endpoints(project: Project) -> tuple[Endpoint, ...]:
    """Every endpoint of the program once, by file and place; those that tests declare for themselves are none."""
    found: dict[FunctionRef, list[Route]] = {}
    for route in routes(project):
        if _counts(project, route):
            found.setdefault(route.function, []).append(route)
    return tuple(Endpoint(ref, tuple(found[ref])) for ref in sorted(found))


def _counts(project: Project, route: Route) -> bool:
    path = route.function.path
    return not is_test_file(path) and (route.proven or project.mentions(path, "fastapi"))


@question
def is_page(project: Project, endpoint: Endpoint) -> bool:
    """Whether an endpoint answers people with a page or a redirect, as far as it says so."""
    for route in endpoint.routes:
        given = route.keyword("response_class")
        if given is not None:
            behind = evaluate(project, given.path, given.scope, given.expression, given.span[0])
            if any(isinstance(one, External) and one.name.rpartition(".")[2] in PAGES for one in behind):
                return True
    node = function_node(project, endpoint.ref)
    returns = [one for one in executed(node.body) if isinstance(one, ast.Return)] if node is not None else []
    return any(is_for_people(project, endpoint.ref.path, one) for one in returns)


def direct_calls(project: Project, ref: FunctionRef) -> tuple[Caller, ...]:
    """The places that call an endpoint as a function, so that what it raises reaches them."""
    return calls_of(project, function_variable(project, ref))
