"""Where FastAPI takes the value of each parameter of an endpoint or a dependency from."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import NamedTuple

from lifeops_codemods.facts.model import Parameter
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.annotations import metadata
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.dependencies import Provider, depends_of, provided_by, signature
from lifeops_codemods.project.functions import FunctionRef, function, is_static, owner
from lifeops_codemods.project.inclusions import full_path_names
from lifeops_codemods.project.instances import inherits
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, bindings_of, evaluate
from lifeops_codemods.project.routes import Route
from lifeops_codemods.project.schema_config import is_foreign
from lifeops_codemods.project.schema_fields import fields
from lifeops_codemods.project.schemas import schema_kind
from lifeops_codemods.project.serialisation import is_response
from lifeops_codemods.project.types import UNKNOWN, Instance, Type, alternatives, annotated, without_none


class Source(StrEnum):
    """Where the value of a parameter comes from."""

    DEPENDENCY = "dependency"
    SPECIAL = "special"
    OWN = "own"
    PATH = "path"
    QUERY = "query"
    PATH_OR_QUERY = "path or query"
    HEADER = "header"
    COOKIE = "cookie"
    BODY = "body"
    FORM = "form"
    FILE = "file"
    UNKNOWN = "unknown"


class Taken(NamedTuple):
    """A parameter and where its value comes from.

    marker: the `Depends(…)`, `Query(…)`, … that says so. providers: for dependencies.
    """

    parameter: Parameter
    source: Source
    type: Type
    marker: Given | None = None
    providers: tuple[Provider, ...] = ()


_MARKERS = {
    "Query": Source.QUERY,
    "Path": Source.PATH,
    "Header": Source.HEADER,
    "Cookie": Source.COOKIE,
    "Body": Source.BODY,
    "Form": Source.FORM,
    "File": Source.FILE,
}
_SPECIAL = frozenset(
    {
        "fastapi.Request", "fastapi.requests.Request", "starlette.requests.Request", "fastapi.WebSocket",
        "fastapi.websockets.WebSocket", "starlette.websockets.WebSocket", "fastapi.requests.HTTPConnection",
        "starlette.requests.HTTPConnection", "fastapi.BackgroundTasks", "fastapi.background.BackgroundTasks",
        "starlette.background.BackgroundTasks", "fastapi.security.SecurityScopes",
        "fastapi.security.oauth2.SecurityScopes",
    }
)  # fmt: skip
_FILES = frozenset({"fastapi.UploadFile", "fastapi.datastructures.UploadFile", "starlette.datastructures.UploadFile"})
_COMPLEX = frozenset(
    {
        *(f"builtins.{name}" for name in ("list", "dict", "set", "frozenset", "tuple")), "collections.deque",
        "collections.defaultdict", "collections.OrderedDict", "collections.abc.Sequence", "collections.abc.Mapping",
        "collections.abc.MutableSequence", "collections.abc.MutableMapping", "collections.abc.Set", "typing.TypedDict",
    }
)  # fmt: skip
_DATACLASSES = frozenset({"dataclasses.dataclass", "dataclasses.dataclass()"})


@question
def parameters(project: Project, ref: FunctionRef, in_path: frozenset[str] | None = None) -> tuple[Taken, ...]:
    """The parameters of an endpoint or dependency; in_path: those of the whole path, None if it is not known."""
    return tuple(_taken(project, ref, index, in_path) for index in range(len(function(project, ref).parameters)))


def endpoint_parameters(project: Project, route: Route) -> tuple[Taken, ...]:
    """The parameters of a registered function, those of its path told apart from the query."""
    return parameters(project, route.function, full_path_names(project, route))


def _taken(project: Project, ref: FunctionRef, index: int, in_path: frozenset[str] | None) -> Taken:
    row = Parameter._make(function(project, ref).parameters[index])
    scope = function(project, ref).scope
    annotation = None if row.annotation is None else Given(ref.path, scope, row.annotation)
    kind = annotated(project, ref.path, scope, row.annotation, function(project, ref).start)
    if index == 0 and owner(project, ref) is not None and not is_static(project, ref):
        return Taken(row, Source.OWN, kind)
    mark = depends_of(project, ref, row.name)
    if mark is not None:
        return Taken(row, Source.DEPENDENCY, kind, mark, provided_by(project, mark, annotation))
    if row.kind in {"*", "**"}:
        return Taken(row, Source.UNKNOWN, kind)
    default = None if row.default is None else Given(ref.path, scope, row.default)
    marks = (default, *reversed(metadata(project, annotation) if annotation is not None else ()))
    for given in marks:
        for made in () if given is None else _made(project, given):
            said = _marker(project, made)
            if said is not None:
                return Taken(row, said, kind, made)
    return Taken(row, _by_type(project, kind, row, in_path), kind)


def _made(project: Project, given: Given) -> tuple[Given, ...]:
    """The expression that gives a value: itself, or what is assigned to the variable that it names."""
    if given.expression[0] not in {"name", "attribute"}:
        return (given,)
    found = evaluate(project, given.path, given.scope, given.expression, given.span[0])
    variables = sorted((one for one in found if isinstance(one, Variable)), key=repr)
    rows = [(one, row) for one in variables for row in bindings_of(project, one) if row.kind == "assign"]
    return tuple(Given(one.path, one.scope, row.value) for one, row in rows if row.value is not None)


def _marker(project: Project, given: Given) -> Source | None:
    """What `Query(…)`, `Body(…)`, … say."""
    if given.expression[0] != "call":
        return None
    outside = evaluate(project, given.path, given.scope, given.expression[3], given.span[0])
    names = [item.name for item in outside if isinstance(item, External) and item.name.startswith("fastapi.")]
    return next((_MARKERS[name.rpartition(".")[2]] for name in names if name.rpartition(".")[2] in _MARKERS), None)


def _by_type(project: Project, kind: Type, row: Parameter, in_path: frozenset[str] | None) -> Source:
    """What FastAPI makes of a parameter without a marker."""
    wanted = alternatives(without_none(kind))
    if any(_is_special(project, one) for one in wanted):
        return Source.SPECIAL
    if in_path is not None and row.name in in_path:
        return Source.PATH
    if any(_is_file(one) for one in wanted):
        return Source.FILE
    said = {_is_complex(project, one) for one in wanted}
    if True in said:
        return Source.BODY
    if None in said:
        return Source.UNKNOWN
    return Source.QUERY if in_path is not None or row.default is not None else Source.PATH_OR_QUERY


def _is_special(project: Project, item: Type) -> bool:
    return is_response(project, item) or (isinstance(item, Instance) and inherits(project, item.of, _SPECIAL))


def _is_file(item: Type) -> bool:
    if not isinstance(item, Instance):
        return False
    return item.of in _FILES or any(_is_file(one) for one in item.arguments)


def _is_complex(project: Project, item: Type) -> bool | None:
    """Whether a type comes from the body of a request; None if that is not known."""
    if not isinstance(item, Instance):
        return False if item == UNKNOWN else None
    if isinstance(item.of, str):
        if item.of in _COMPLEX:
            return True
        return False if item.of.partition(".")[0] in {*sys.stdlib_module_names, "pydantic"} else None
    if schema_kind(project, item.of) is not None or is_dataclass(project, item.of):
        return True
    return None if any(is_foreign(one) for one in ancestors(project, item.of)) else inherits(project, item.of, _COMPLEX)


def is_dataclass(project: Project, ref: ClassRef) -> bool:
    """Whether a class is decorated as a dataclass of the standard library."""
    row = definition(project, ref)
    return any(
        isinstance(item, External) and item.name in _DATACLASSES
        for expression in row.decorators
        for item in evaluate(project, ref.path, row.scope, expression, row.start)
    )


@question
def request_names(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The names of all parameters that a request gives for a function, through its dependencies to the full depth."""
    found: set[str] = set()
    _collect(project, ref, found, set())
    return frozenset(found)


def _collect(project: Project, ref: FunctionRef, found: set[str], seen: set[Provider]) -> None:
    for taken in parameters(project, ref):
        if taken.source is Source.DEPENDENCY:
            for item in taken.providers:
                if item not in seen:
                    seen.add(item)
                    _collect_provider(project, item, found, seen)
        elif taken.source not in {Source.SPECIAL, Source.OWN}:
            found.add(taken.parameter.name)
            found |= _field_names(project, taken)


def _collect_provider(project: Project, item: Provider, found: set[str], seen: set[Provider]) -> None:
    function_ref = signature(project, item)
    if function_ref is not None:
        _collect(project, function_ref, found, seen)
    elif isinstance(item, ClassRef):
        found |= {field.name for field in fields(project, item)}


def _field_names(project: Project, taken: Taken) -> set[str]:
    """The fields of a schema that is the model of the whole query: `filters: Annotated[Filters, Query()]`."""
    if taken.source is not Source.QUERY:
        return set()
    kinds = [one.of for one in alternatives(without_none(taken.type)) if isinstance(one, Instance)]
    return {field.name for of in kinds if isinstance(of, ClassRef) for field in fields(project, of)}
