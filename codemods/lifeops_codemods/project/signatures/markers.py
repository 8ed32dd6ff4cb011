"""How a file spells `Query`, `Path` and `Annotated`, and which of the two styles of parameters it uses."""

from __future__ import annotations

from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Expression, Parameter
from lifeops_codemods.operation import ImportName, Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.answers.spelling import imports_from_fastapi, names_for
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.names import Variable, variable
from lifeops_codemods.project.types import parsed

_MARKS = frozenset({"Query", "Path", "Header", "Cookie", "Body", "Form", "File", "Depends", "Security"})
_MODULES = ("fastapi", "fastapi.param_functions", "fastapi.params")
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})


class Spelled(NamedTuple):
    """What to write, and the import that it needs."""

    text: str
    imports: tuple[ImportName, ...] = ()


def marker(project: Project, ref: FunctionRef, name: str) -> Spelled:
    """How the signature of a function writes FastAPI's `Query` or `Path`."""
    direct = frozenset(f"{module}.{name}" for module in _MODULES)
    known = _known(project, ref, direct)
    library = _known(project, ref, frozenset({"fastapi"}))
    if known is None and library is not None and not imports_from_fastapi(project, ref.path):
        return Spelled(f"{library}.{name}")
    if known is not None:
        return Spelled(known)
    alias = None if _is_free(project, ref, name) else f"{name}Param"
    return Spelled(alias or name, (_imported("fastapi", name, alias),))


def annotated(project: Project, ref: FunctionRef) -> Spelled | None:
    """How the signature of a function writes `Annotated`; None where that name means something else."""
    known = _known(project, ref, _ANNOTATED)
    if known is not None:
        return Spelled(known)
    return (
        Spelled("Annotated", (_imported("typing", "Annotated", None),)) if _is_free(project, ref, "Annotated") else None
    )


@question
def prefers_annotated(project: Project, path: str) -> bool:
    """Whether a file writes its marks into annotations; where it has none, whether the project does."""
    inside, behind = _marks(project, path)
    if inside == behind:
        both = [_marks(project, other) for other in project.mentioning(["Depends", "Query"])]
        inside, behind = sum(one for one, _ in both), sum(other for _, other in both)
    return inside > behind


@question
def _marks(project: Project, path: str) -> tuple[int, int]:
    """How many parameters of a file have their mark in the annotation, and how many as their default."""
    inside = behind = 0
    for row in project.facts(path).functions:
        for raw in row.parameters:
            parameter = Parameter._make(raw)
            inside += any(_is_mark(one) for one in _metadata(parameter.annotation))
            behind += parameter.default is not None and _is_mark(parameter.default)
    return inside, behind


def _metadata(annotation: Expression | None) -> tuple[Expression, ...]:
    match annotation:
        case ("string", _, _, text):
            return _metadata(parsed(text))
        case ("subscript", _, _, value, ("tuple", _, _, (_, *rest))) if parts_of(value)[-1:] == ("Annotated",):
            return tuple(rest)
    return ()


def _is_mark(expression: Expression) -> bool:
    return expression[0] == "call" and parts_of(expression[3])[-1:] != () and parts_of(expression[3])[-1] in _MARKS


def _known(project: Project, ref: FunctionRef, wanted: frozenset[str]) -> str | None:
    scope = function(project, ref).scope
    for name in names_for(project, ref.path, wanted):
        if variable(project, ref.path, scope, name) == Variable(ref.path, 0, name):
            return name
    return None


def _is_free(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether an import can bind a name at module level, and the signature sees it."""
    return variable(project, ref.path, function(project, ref).scope, name) is None


def _imported(module: str, name: str, alias: str | None) -> ImportName:
    return ImportName(span=Span(0, 0), expected="", module=module, name=name, alias=alias)
