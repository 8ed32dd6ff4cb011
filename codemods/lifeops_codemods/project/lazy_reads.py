"""Relationships that are read of what queries load: the answer of the abstract run over a whole project."""

from __future__ import annotations

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.flow import running
from lifeops_codemods.project.flow.engine import Engine, deep, engine
from lifeops_codemods.project.flow.frame import Step
from lifeops_codemods.project.flow.responses import validate
from lifeops_codemods.project.flow.values import Place
from lifeops_codemods.project.functions import FunctionRef, function, methods, owner
from lifeops_codemods.project.mentions import functions_mentioning, functions_using, own_files
from lifeops_codemods.project.models import models
from lifeops_codemods.project.relationships import proxied, relationship_names
from lifeops_codemods.project.routes import Route, routes
from lifeops_codemods.project.serialisation import Trust, response_type

_VALIDATING = frozenset({"model_validate", "from_orm", "parse_obj", "validate_python", "parse_obj_as"})
_BY_NAME = frozenset({"getattr", "hasattr", "attrgetter"})
_TEXT_METHODS = ("__str__", "__repr__", "__format__")


@question
def followed(project: Project) -> Engine:
    """The engine after every function has been run that may read a relationship, and every response made.

    A function that reads nothing itself is run where it calls one that reads what it is given.
    """
    found = engine(project)
    if not relationship_names(project):
        return found
    with deep():
        ran: set[FunctionRef] = set()
        fresh = _first(project)
        while fresh:
            for ref in fresh:
                found.summary(ref, owner(project, ref))
            ran |= set(fresh)
            fresh = [ref for ref in functions_using(project, running.reading_names(found)) if ref not in ran]
        for route in routes(project):
            _answer(found, route)
    return found


def _first(project: Project) -> list[FunctionRef]:
    """The functions that name a relationship as an attribute, validate something, or are endpoints."""
    names = relationship_names(project) | _VALIDATING | _proxies(project)
    found = functions_using(project, names | _BY_NAME)
    if _texts_read(project):
        found = [ref for path in own_files(project) for ref in _functions(project, path)]
    return list(dict.fromkeys([*found, *(route.function for route in routes(project))]))


def _proxies(project: Project) -> frozenset[str]:
    """The names of association proxies, which read a relationship."""
    return frozenset(
        row.name
        for model in models(project)
        for item in (model.ref, *ancestors(project, model.ref))
        if isinstance(item, ClassRef)
        for row in project.facts(item.path).members_of.get(definition(project, item).own, ())
        if proxied(project, item, row.name)
    )


def _texts_read(project: Project) -> bool:
    """Whether a model reads a relationship where it is put into a text, which no name tells."""
    names = relationship_names(project)
    return any(
        ref in set(functions_mentioning(project, ref.path, names))
        for model in models(project)
        for name in _TEXT_METHODS
        for ref in methods(project, model.ref, name)
    )


def _functions(project: Project, path: str) -> list[FunctionRef]:
    return [FunctionRef(path, row) for row in range(len(project.facts(path).functions))]


def _answer(found: Engine, route: Route) -> None:
    """What FastAPI reads of what an endpoint returns."""
    kind = response_type(found.project, route)
    if kind is None:
        return
    receiver = owner(found.project, route.function)
    summary = found.summary(route.function, receiver)
    frame = found.frame(route.function, receiver)
    name = function(found.project, route.function).name
    path, span = route.site
    frame.suffix = (Step(Place(path, *span), f"{name} answers with it"),)
    validate(frame, summary.returns, kind, Trust.RUNTIME)
