"""The operations that let an endpoint look whether there is anything before it answers with it."""

from __future__ import annotations

from lifeops_codemods.operation import InsertAfter, Operation, ReplaceStatement, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.endpoints import Endpoint
from lifeops_codemods.project.answers.missing import Missing, Where
from lifeops_codemods.project.answers.spelling import free_name
from lifeops_codemods.project.answers.subjects import not_found, subject_of_class, subject_of_path, variable_for
from lifeops_codemods.project.answers.writing import Raising, Unwritable, raising, text_of
from lifeops_codemods.project.trees import span_of


def conditioned(project: Project, endpoint: Endpoint, place: Missing) -> list[Operation] | Unwritable:
    """The operations for one place."""
    if place.where is Where.NESTED:
        return Unwritable("the value is looked up within the expression that is answered")
    subject = _subject(project, endpoint, place)
    made = raising(project, endpoint.ref, 404, _detail(project, endpoint, place, subject))
    if isinstance(made, Unwritable):
        return made
    path, statement = endpoint.ref.path, place.statement
    span = Span(*span_of(project, path, statement))
    expected = project.text(path)[span.start : span.end]
    if place.where is Where.GUARD:
        return [ReplaceStatement(span=span, expected=expected, code=made.code), *made.imports]
    if place.where is Where.ASSIGNED:
        return [InsertAfter(span=span, expected=expected, code=_condition(place.name, made)), *made.imports]
    return _returned(project, endpoint, place, subject, made)


def _returned(
    project: Project, endpoint: Endpoint, place: Missing, subject: str, made: Raising
) -> list[Operation] | Unwritable:
    """`return await find()` as an assignment, the condition, and a `return` of the variable."""
    name = free_name(
        project,
        endpoint.ref,
        place.statement,
        *filter(str.isidentifier, (variable_for(subject), "item", "found", "result")),
    )
    if name is None or place.value is None:
        return Unwritable("no usual name is free for the value")
    span = Span(*span_of(project, endpoint.ref.path, place.statement))
    expected = project.text(endpoint.ref.path)[span.start : span.end]
    value = _moved(text_of(project, endpoint.ref.path, place.value), _indent(project, endpoint.ref.path, span.start))
    code = f"{name} = {value}\n{_condition(name, made)}\nreturn {name}"
    return [ReplaceStatement(span=span, expected=expected, code=code), *made.imports]


def _indent(project: Project, path: str, start: int) -> str:
    """The blanks before a statement on its line."""
    text = project.text(path)
    before = text[max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1 : start]
    return before if before.isspace() else ""


def _moved(source: str, indent: str) -> str:
    """The source of an expression as if its statement began at the margin; lines within strings stay where they are."""
    lines = source.split("\n")
    if all(not line.strip() or line.startswith(indent) for line in lines[1:]) and '"""' not in source:
        return "\n".join([lines[0], *(line.removeprefix(indent) for line in lines[1:])])
    return source


def _condition(name: str, made: Raising) -> str:
    return f"if {name} is None:\n    {made.code}"


def _subject(project: Project, endpoint: Endpoint, place: Missing) -> str:
    """The class that is looked for; what the path names where that is the same or all that is known."""
    named = {subject_of_path(route.path) for route in endpoint.routes}
    in_path = named.pop() if len(named) == 1 else ""
    of_class = subject_of_class(place.absence.of) if place.absence.of else ""
    is_same = bool(in_path) and f"{of_class} ".startswith(f"{in_path} ")
    return in_path if is_same or not of_class else of_class


def _detail(project: Project, endpoint: Endpoint, place: Missing, subject: str) -> str:
    """The text that a guard tells the client today, else one that names what is missing."""
    text = place.answer.text if place.answer is not None else None
    return text_of(project, endpoint.ref.path, text) if text is not None else f'"{not_found(subject)}"'
