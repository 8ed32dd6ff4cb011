"""What a project is, as far as its facts tell, and how many of its parts follow the standards that can be counted."""

from __future__ import annotations

from collections.abc import Iterator

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import definition
from lifeops_codemods.project.constants import constant_text
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.inclusions import around, variables
from lifeops_codemods.project.models import models
from lifeops_codemods.project.routes import routes
from lifeops_codemods.project.schemas import schemas
from lifeops_codemods.project.services import ASYNC_SESSIONS, services, session_providers
from lifeops_codemods.project.suites import is_test_file
from lifeops_codemods.review.endpoints import endpoints, qualified, spot_of, spot_of_class
from lifeops_codemods.review.model import Measure, Named, State


def survey(project: Project) -> State:
    """The state of a project; tests are no part of it."""
    found = session_providers(project)
    return State(
        endpoints=endpoints(project),
        services=tuple(Named(item.name, spot_of_class(project, item.ref)) for item in services(project)),
        models=tuple(
            Named(model.name, spot_of_class(project, model.ref))
            for model in models(project)
            if not is_test_file(model.ref.path)
        ),
        schemas=tuple(
            Named(definition(project, ref).name, spot_of_class(project, ref))
            for ref in schemas(project)
            if not is_test_file(ref.path)
        ),
        sessions=tuple(Named(qualified(project, item.ref), spot_of(project, item.ref)) for item in found),
        async_sessions=sum(item.session in ASYNC_SESSIONS for item in found),
        measures=tuple(_measures(project)),
    )


def _measures(project: Project) -> Iterator[Measure]:
    """One for each standard that needs no rule to be counted."""
    names = [model.name for model in models(project) if not is_test_file(model.ref.path)]
    yield _measured(
        "model-db-suffix", "SQLAlchemy models: `{Name}DB`", "models", [name.endswith("DB") for name in names]
    )
    yield _measured(
        "service-shape",
        "Services: `{Name}Service` with `__init__(self, db: AsyncSession)`",
        "services",
        [
            item.name.endswith("Service") and item.parameter == "db" and item.session in ASYNC_SESSIONS
            for item in services(project)
        ],
    )
    yield _measured(
        "router-prefix",
        "Routers: Lowercase with prefix matching domain",
        "endpoints that have a prefix",
        [prefix == prefix.lower() for prefix in _prefixes(project)],
    )
    yield _measured(
        "db-session",
        "Database Session: commit after the `yield`, roll back on an exception",
        "session dependencies",
        [
            {"commit", "rollback"} <= _methods_called(project, item.ref.path, function(project, item.ref).own)
            for item in session_providers(project)
        ],
    )


def _measured(rule: str, standard: str, noun: str, follow: list[bool]) -> Measure:
    return Measure(rule=rule, standard=standard, noun=noun, follows=sum(follow), total=len(follow))


def _prefixes(project: Project) -> Iterator[str]:
    """The prefix around each endpoint that has one."""
    for route in routes(project):
        if is_test_file(route.function.path):
            continue
        given = [value for name, value in around(project, variables(project, route.router)) if name == "prefix"]
        texts = [constant_text(project, value) or "" for value in given]
        if any(texts):
            yield "".join(texts)


def _methods_called(project: Project, path: str, scope: int) -> set[str]:
    return {row.function[-1] for row in project.facts(path).calls if row.scope == scope and row.function}
