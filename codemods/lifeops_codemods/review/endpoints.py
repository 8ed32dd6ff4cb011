"""The endpoints of a project with what they run (services, repositories, helpers) and the models named on the way."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from lifeops_codemods.facts.model import Parameter
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.dependencies import provider
from lifeops_codemods.project.exceptions.reached import Callee, callees, handed_over
from lifeops_codemods.project.exchanges import full_path
from lifeops_codemods.project.functions import FunctionRef, function, methods, owner
from lifeops_codemods.project.models import Model, models
from lifeops_codemods.project.names import Variable, denoted, evaluate
from lifeops_codemods.project.routes import Route, routes
from lifeops_codemods.project.suites import is_test_file
from lifeops_codemods.review.model import Endpoint, Named, Reached, Spot
from lifeops_codemods.source.lines import LineIndex

_MANY = 300
"""So many functions are followed from one endpoint."""


def endpoints(project: Project) -> tuple[Endpoint, ...]:
    """Every registration of an HTTP endpoint outside tests, by file and place."""
    return tuple(_endpoint(project, route) for route in routes(project) if not is_test_file(route.function.path))


def _endpoint(project: Project, route: Route) -> Endpoint:
    ref = route.function
    path = full_path(project, route)
    found = tuple(islice(_run_by(project, ref), _MANY))
    return Endpoint(
        verbs=tuple(sorted(route.methods)),
        path=(path if path is not None else f"…{route.path or ''}") or "/",
        name=function(project, ref).name,
        spot=spot_of(project, ref),
        own=_models_in(project, ref),
        reaches=tuple(
            Reached(qualified(project, inner), spot_of(project, inner), _models_in(project, inner)) for inner in found
        ),
    )


def _run_by(project: Project, ref: FunctionRef) -> Iterable[FunctionRef]:
    """The functions that run when an endpoint is called, the nearest first; those that are injected too."""
    seen = {ref}
    level = [Callee(ref, owner(project, ref))]
    while level:
        below: dict[Callee, None] = {}
        for caller in level:
            below |= dict.fromkeys(_next(project, caller))
        level = []
        for callee in below:
            if callee.ref not in seen:
                seen.add(callee.ref)
                level.append(callee)
                yield callee.ref


@question
def _next(project: Project, caller: Callee) -> tuple[Callee, ...]:
    found: dict[Callee, None] = {}
    for reached in (*callees(project, caller).values(), *handed_over(project, caller).values()):
        found |= dict.fromkeys(reached)
    for row in map(Parameter._make, function(project, caller.ref).parameters):
        for item in provider(project, caller.ref, row.name):
            inner = methods(project, item, "__init__") if isinstance(item, ClassRef) else (item,)
            found |= dict.fromkeys(Callee(one, owner(project, one)) for one in inner)
    return tuple(found)


def _models_in(project: Project, ref: FunctionRef) -> tuple[Named, ...]:
    found = _models_by_scope(project, ref.path).get(function(project, ref).own, frozenset())
    return tuple(sorted(Named(model.name, spot_of_class(project, model.ref)) for model in found))


@question
def _models_by_scope(project: Project, path: str) -> dict[int, frozenset[Model]]:
    """The models that each function of a file names, by the function's scope; for those within it too."""
    by_variable = {model.variable: model for model in models(project)}
    names = {model.name for model in by_variable.values()}
    facts = project.facts(path)
    found: dict[int, set[Model]] = {}
    for row in facts.names:
        chain = (row.name, *(name for name, _ in row.attributes))
        if names.isdisjoint(chain) and not _is_bound_to(project, path, row.name, names):
            continue
        expression = ("name", row.start, row.start + len(row.name), row.name)
        targets = evaluate(project, path, row.scope, expression, row.start)
        means = [item for target in targets for item in denoted(project, target)]
        held = {by_variable.get(item) for item in means if isinstance(item, Variable)}
        scope = row.scope
        while scope >= 0:
            found.setdefault(scope, set()).update(model for model in held if model)
            scope = facts.scopes[scope].parent
    return {scope: frozenset(held) for scope, held in found.items()}


def _is_bound_to(project: Project, path: str, name: str, names: set[str]) -> bool:
    return any(row.bound == name and row.name in names for row in project.facts(path).imports)


def spot_of(project: Project, ref: FunctionRef) -> Spot:
    """Where a function stands."""
    row = function(project, ref)
    return _spot(project, ref.path, row.definition, row.start)


def spot_of_class(project: Project, ref: ClassRef) -> Spot:
    """Where a class stands."""
    row = definition(project, ref)
    return _spot(project, ref.path, row.definition, row.start)


def _spot(project: Project, path: str, span: tuple[int, int], start: int) -> Spot:
    index = lines_of(project, path)
    return Spot(path, index.position(span[0])[0], index.position(span[1])[0], index.position(start)[0])


@question
def lines_of(project: Project, path: str) -> LineIndex:
    """The lines of a file."""
    return LineIndex(project.text(path))


def qualified(project: Project, ref: FunctionRef) -> str:
    """`CharacterService.get`."""
    of = owner(project, ref)
    name = function(project, ref).name
    return f"{definition(project, of).name}.{name}" if of is not None else name
