"""What a registration says of the response: its model, its status code, its other responses."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import evaluate
from lifeops_codemods.project.routes import Route


class ModelKind(StrEnum):
    """Whether a registration names a response model."""

    GIVEN = "given"
    DISABLED = "disabled"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class ResponseModel(NamedTuple):
    """What a registration says of its response model.

    `DISABLED` is `response_model=None`, after which FastAPI does not look at the return annotation either. `UNKNOWN`
    is where keywords are unpacked. With `ABSENT` the return annotation is the model.
    """

    kind: ModelKind
    given: Given | None = None


def response_model(route: Route) -> ResponseModel:
    """The response model that a registration names, and where."""
    given = route.keyword("response_model")
    if given is None:
        return ResponseModel(ModelKind.ABSENT if route.complete else ModelKind.UNKNOWN)
    if given.expression[0] == "constant" and given.expression[3] is None:
        return ResponseModel(ModelKind.DISABLED, given)
    return ResponseModel(ModelKind.GIVEN, given)


def status_code(project: Project, route: Route) -> int | None:
    """The status of a successful response, 200 where none is given; None where it is computed or may be unpacked."""
    given = route.keyword("status_code")
    if given is None:
        return 200 if route.complete else None
    return status_of(project, given)


def status_of(project: Project, given: Given) -> int | None:
    """The status that an expression is: a number, `status.HTTP_201_CREATED`, `HTTPStatus.CREATED`."""
    match given.expression:
        case ("constant", _, _, int(number)) if not isinstance(number, bool):
            return number
        case ("constant", _, _, None):
            return 200
        case ("attribute" | "name", start, *_):
            for item in evaluate(project, given.path, given.scope, given.expression, start):
                if isinstance(item, External):
                    library, _, name = item.name.rpartition(".")
                    if name.startswith("HTTP_") and name[5:8].isdigit():
                        return int(name[5:8])
                    if library in {"http.HTTPStatus", "http"} and name in HTTPStatus.__members__:
                        return HTTPStatus[name].value
    return None
