"""Services: the classes between endpoints and the database, found by the session that their constructor takes."""

from __future__ import annotations

from typing import NamedTuple

from lifeops_codemods.facts.model import Parameter
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, definition, subclasses
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.dependencies import parameter_annotation, provider
from lifeops_codemods.project.functions import FunctionRef, function, methods
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.routes import routes
from lifeops_codemods.project.schemas import is_schema
from lifeops_codemods.project.suites import is_test_file
from lifeops_codemods.project.types import Instance, alternatives, annotated

ASYNC_SESSIONS = frozenset({"AsyncSession", "async_scoped_session"})
_SESSIONS = ASYNC_SESSIONS | {"Session", "scoped_session"}
_LIBRARIES = frozenset({"sqlalchemy", "sqlmodel"})


class Service(NamedTuple):
    """A class whose constructor takes a session: the parameter's name, and the session's class as it is annotated."""

    ref: ClassRef
    name: str
    parameter: str
    session: str


@question
def services(project: Project) -> tuple[Service, ...]:
    """Every service, repositories and managers among them; those of tests are none."""
    found: dict[ClassRef, None] = {}
    for path in project.mentioning(_SESSIONS):
        if is_test_file(path):
            continue
        for row in range(len(project.facts(path).classes)):
            ref = ClassRef(path, row)
            if _session(project, ref) is not None:
                found |= dict.fromkeys((ref, *subclasses(project, ref)))
    made = (_service(project, ref) for ref in sorted(found) if not is_test_file(ref.path))
    return tuple(service for service in made if service is not None)


def _service(project: Project, ref: ClassRef) -> Service | None:
    taken = _session(project, ref)
    if taken is None or model_of(project, ref) is not None or is_schema(project, ref):
        return None
    return Service(ref, definition(project, ref).name, *taken)


def _session(project: Project, ref: ClassRef) -> tuple[str, str] | None:
    """The parameter of the constructor that is a session, and the class of that."""
    for made in methods(project, ref, "__init__"):
        for row in map(Parameter._make, function(project, made).parameters):
            session = session_class(project, made, row.name)
            if session:
                return row.name, session
    return None


def session_class(project: Project, ref: FunctionRef, name: str) -> str:
    """The class of SQLAlchemy's sessions that a parameter is annotated with; "" if with none."""
    given = parameter_annotation(project, ref, name)
    return "" if given is None else _session_in(project, given)


def _session_in(project: Project, given: Given) -> str:
    held = annotated(project, given.path, given.scope, given.expression, given.span[0])
    for item in alternatives(held):
        if isinstance(item, Instance) and isinstance(item.of, str):
            library, last = item.of.partition(".")[0], item.of.rpartition(".")[2]
            if library in _LIBRARIES and last in _SESSIONS:
                return last
    return ""


class SessionProvider(NamedTuple):
    """A function that FastAPI calls for the session of an endpoint."""

    ref: FunctionRef
    session: str


@question
def session_providers(project: Project) -> tuple[SessionProvider, ...]:
    """The dependencies that endpoints and the dependencies of endpoints get their sessions from."""
    found: dict[SessionProvider, None] = {}
    todo = [route.function for route in routes(project)]
    seen = set(todo)
    while todo:
        ref = todo.pop()
        for row in map(Parameter._make, function(project, ref).parameters):
            session = session_class(project, ref, row.name)
            for item in provider(project, ref, row.name):
                if isinstance(item, FunctionRef):
                    if session:
                        found[SessionProvider(item, session)] = None
                    elif item not in seen:
                        seen.add(item)
                        todo.append(item)
    return tuple(sorted(found))
