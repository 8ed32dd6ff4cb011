"""How a registration is given a status: whether it takes one, and how its file writes one."""

from __future__ import annotations

from http import HTTPStatus

from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.spelling import names_for
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.names import Variable, variable
from lifeops_codemods.project.registrations import callables
from lifeops_codemods.project.route_wrappers import wrappers
from lifeops_codemods.project.routers import router_method
from lifeops_codemods.project.routes import Route, routes

_MODULES = ("fastapi.status", "starlette.status")


def takes_keywords(project: Project, route: Route) -> bool:
    """Whether one more keyword at a registration reaches FastAPI, and nobody but this function."""
    path, scope, call = route.call
    if call[0] != "call" or any(other.site == route.site and other != route for other in routes(project)):
        return False
    method = router_method(project, path, scope, call[3], call[1])
    if method is not None and method.proven:
        return True
    behind = callables(project, route.call._replace(expression=call[3]))
    if behind:
        return all(_hands_on(project, ref) for ref in behind)
    return call[3][0] in {"name", "attribute"} and str(call[3][-1]).endswith("APIRoute")


def _hands_on(project: Project, ref: FunctionRef) -> bool:
    """Whether a function unpacks its own keywords into each call of a router's method."""
    rest = [row[0] for row in function(project, ref).parameters if row[1] == "**"]
    made = wrappers(project, ref)
    return bool(rest and made) and all(
        any(name is None and value[0] == "name" and value[3] == rest[0] for name, value in one.call.expression[5])
        for one in made
    )


def status_argument(project: Project, route: Route, code: int) -> str:
    """A status as the file of a registration writes it: `status.HTTP_201_CREATED` where it imports `status`."""
    path, scope, _ = route.call
    name = f"HTTP_{code}_{HTTPStatus(code).name}"
    for known in names_for(project, path, frozenset(f"{module}.{name}" for module in _MODULES)):
        if variable(project, path, scope, known) == Variable(path, 0, known):
            return known
    for known in names_for(project, path, frozenset(_MODULES)):
        if variable(project, path, scope, known) == Variable(path, 0, known):
            return f"{known}.{name}"
    return str(code)
