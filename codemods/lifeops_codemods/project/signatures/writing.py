"""The operations that give the parameters of one function a `Query(…)` or `Path(…)`, or more arguments for theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import Expression, Parameter
from lifeops_codemods.operation import ImportName, Operation, SetArgument, SetParameter, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.annotations import metadata
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.parameters import Source, Taken
from lifeops_codemods.project.signatures.calling import is_called
from lifeops_codemods.project.signatures.markers import Spelled, annotated, marker, prefers_annotated

MARKERS = {Source.QUERY: "Query", Source.PATH: "Path"}


class Wanted(NamedTuple):
    """Arguments for the mark of a parameter, as code; annotation: a type for one that has none."""

    taken: Taken
    source: Source
    arguments: tuple[tuple[str, str], ...] = ()
    annotation: str = ""

    @property
    def name(self) -> str:
        return self.taken.parameter.name


class Refused(NamedTuple):
    """A parameter for which nothing is written, and why."""

    wanted: Wanted
    reason: str
    fix: str


class Written(NamedTuple):
    """One parameter's operations; imports stand apart, as others may need them too."""

    wanted: Wanted
    operations: tuple[Operation, ...]
    imports: tuple[ImportName, ...] = ()


def written(project: Project, ref: FunctionRef, wanted: Sequence[Wanted]) -> list[Written | Refused]:
    """What is written for each parameter, in the order of the signature."""
    by_name = {one.name: one for one in wanted}
    made: list[Written | Refused] = []
    behind_has_default = True
    for raw in reversed(function(project, ref).parameters):
        parameter = Parameter._make(raw)
        has_default = parameter.default is not None
        if parameter.name in by_name:
            one = _parameter(project, ref, by_name[parameter.name], behind_has_default)
            made.append(one)
            has_default = has_default or _gives_default(one)
        if parameter.kind in {"/", "."}:
            behind_has_default = has_default
    return list(reversed(made))


def _gives_default(one: Written | Refused) -> bool:
    return isinstance(one, Written) and any(isinstance(op, SetParameter) and op.default for op in one.operations)


def _parameter(project: Project, ref: FunctionRef, wanted: Wanted, default_allowed: bool) -> Written | Refused:
    if wanted.taken.marker is not None:
        return _more_arguments(project, ref, wanted, wanted.taken.marker)
    row = wanted.taken.parameter
    if wanted.arguments and wanted.source is Source.PATH and row.default is not None:
        return Refused(wanted, "FastAPI takes no default for a parameter of the path", "take the default away")
    if not wanted.arguments:
        return Written(wanted, (_set(project, ref, row, annotation=wanted.annotation),))
    if row.default is not None and row.default[0] == "call":
        return Refused(wanted, "its default is what a call returns, which may describe it", "describe it there")
    found = _annotation(project, ref, row)
    if _has_field(project, found):
        return Refused(wanted, "a Field of Pydantic describes it", "write what the Field says into a Query")
    name = marker(project, ref, MARKERS[wanted.source])
    inside = prefers_annotated(project, ref.path) or _is_annotated(found)
    called = is_called(project, ref)
    if not (inside or called) and (row.default is not None or row.kind == "k" or default_allowed):
        return _as_default(project, ref, wanted, name)
    if row.annotation is None and not wanted.annotation:
        reason = "the program calls the function itself" if called else "a parameter without a default follows"
        return Refused(
            wanted, f"{reason}, and a parameter without a type has no place but its default", "give it a type"
        )
    return _in_annotation(project, ref, wanted, name)


def _more_arguments(project: Project, ref: FunctionRef, wanted: Wanted, given: Given) -> Written | Refused:
    row = wanted.taken.parameter
    own = [one for one in (row.annotation, row.default) if one is not None]
    start, end = given.span
    if given.path != ref.path or start < 0 or not any(one[1] <= start and end <= one[2] for one in own):
        return Refused(wanted, "what describes it is made elsewhere, perhaps for others too", "describe it there")
    if any(name is None for name, _ in given.expression[5]) or any(one[0] == "starred" for one in given.expression[4]):
        return Refused(wanted, "its arguments are unpacked, and may say it already", "write the arguments out")
    span = Span(start, end)
    expected = project.text(ref.path)[start:end]
    arguments = tuple(
        SetArgument(span=span, expected=expected, name=name, value=code) for name, code in wanted.arguments
    )
    if not wanted.annotation:
        return Written(wanted, arguments)
    return Written(wanted, (_set(project, ref, row, annotation=wanted.annotation), *arguments))


def _as_default(project: Project, ref: FunctionRef, wanted: Wanted, name: Spelled) -> Written:
    row = wanted.taken.parameter
    given = [_text(project, ref, row.default)] if row.default is not None else []
    code = _call(name, [*given, *(f"{key}={value}" for key, value in wanted.arguments)])
    operation = _set(project, ref, row, annotation=wanted.annotation, default=code)
    return Written(wanted, (operation,), name.imports)


def _in_annotation(project: Project, ref: FunctionRef, wanted: Wanted, name: Spelled) -> Written | Refused:
    row = wanted.taken.parameter
    call = _call(name, [f"{key}={value}" for key, value in wanted.arguments])
    kind = wanted.annotation or _text(project, ref, row.annotation)
    if row.annotation is not None and row.annotation[0] == "string":
        return Refused(wanted, "its type stands in quotes", "write the type without quotes")
    if row.annotation is not None and _is_literal_annotated(row.annotation):
        code = f"{kind[:-1].rstrip().rstrip(',')}, {call}]"
        return Written(wanted, (_set(project, ref, row, annotation=code),), name.imports)
    around = annotated(project, ref)
    if around is None:
        return Refused(wanted, "`Annotated` means something else in this file", "call that otherwise")
    code = f"{around.text}[{kind}, {call}]"
    return Written(wanted, (_set(project, ref, row, annotation=code),), (*around.imports, *name.imports))


def _set(project: Project, ref: FunctionRef, row: Parameter, annotation: str = "", default: str = "") -> SetParameter:
    return SetParameter(
        span=Span(row.start, row.start + len(row.name)), expected=row.name, annotation=annotation, default=default
    )


def _call(name: Spelled, arguments: list[str]) -> str:
    return f"{name.text}({', '.join(arguments)})"


def _annotation(project: Project, ref: FunctionRef, row: Parameter) -> Given | None:
    return None if row.annotation is None else Given(ref.path, function(project, ref).scope, row.annotation)


def _has_field(project: Project, annotation: Given | None) -> bool:
    """Whether `Annotated` has a `Field` of Pydantic, which a `Query` beside it would make one of two."""
    return any(_is_field(one) for one in _said(project, annotation))


def _is_annotated(annotation: Given | None) -> bool:
    return annotation is not None and _is_literal_annotated(annotation.expression)


def _said(project: Project, annotation: Given | None) -> Iterator[Given]:
    yield from () if annotation is None else metadata(project, annotation)


def _is_field(given: Given) -> bool:
    return given.expression[0] == "call" and parts_of(given.expression[3])[-1:] == ("Field",)


def _is_literal_annotated(expression: Expression) -> bool:
    return expression[0] == "subscript" and parts_of(expression[3])[-1:] == ("Annotated",)


def _text(project: Project, ref: FunctionRef, expression: Expression | None) -> str:
    return "" if expression is None else project.text(ref.path)[expression[1] : expression[2]]
