"""Relationships that are read of what queries load: the answer of the abstract run over a whole project."""

from __future__ import annotations

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.flow.engine import Engine, deep, engine
from lifeops_codemods.project.flow.frame import Step
from lifeops_codemods.project.flow.responses import validate
from lifeops_codemods.project.flow.values import Place
from lifeops_codemods.project.functions import FunctionRef, function, owner
from lifeops_codemods.project.models import is_revision
from lifeops_codemods.project.relationships import relationship_names
from lifeops_codemods.project.routes import Route, routes
from lifeops_codemods.project.serialisation import Trust, response_type


@question
def followed(project: Project) -> Engine:
    """The engine after every function of the project has been run, and every response made."""
    found = engine(project)
    if not relationship_names(project):
        return found
    with deep():
        for path in project.paths:
            if not is_test(path) and project.parses(path) and not is_revision(project, path):
                for row in range(len(project.facts(path).functions)):
                    ref = FunctionRef(path, row)
                    found.summary(ref, owner(project, ref))
        for route in routes(project):
            _answer(found, route)
    return found


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


def is_test(path: str) -> bool:
    """Whether a file is a test or what tests share, by the names that pytest goes by."""
    *folders, name = path.split("/")
    return (
        name.startswith("test_")
        or name.endswith("_test.py")
        or name in {"conftest.py", "tests.py"}
        or any(folder in {"tests", "test", "testing"} for folder in folders)
    )
