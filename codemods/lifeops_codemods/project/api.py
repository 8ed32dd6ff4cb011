"""What a service shows to its clients."""

from __future__ import annotations

from lifeops_codemods.facts.model import CLASS, FUNCTION, Expression, FileFacts, Flags
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import enclosing_class
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.names import Variable
from lifeops_codemods.project.references import Usage

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "options", "head", "trace", "api_route", "websocket"})


def shown_by_api(project: Project, target: Variable, usage: Usage) -> bool:
    """Whether a class that is a schema stands in the OpenAPI document, as far as its references tell.

    It does if it annotates an endpoint, is a `response_model`, or annotates a field of another class.
    """
    by_path: dict[str, set[int]] = {}
    for path, start in usage.references:
        by_path.setdefault(path, set()).add(start)
    return any(_shows(project, path, starts) for path, starts in by_path.items())


def _shows(project: Project, path: str, starts: set[int]) -> bool:
    facts = project.facts(path)
    endpoints = [row for row in facts.functions if any(_is_route(item) for item in row.decorators)]
    for row in facts.names:
        last = row.attributes[-1][1] if row.attributes else row.start
        if not starts & {row.start, last}:
            continue
        if any(_in_signature(facts, row.start, endpoint.definition, endpoint.own) for endpoint in endpoints):
            return True
        if row.flags & Flags.ANNOTATION and facts.scopes[row.scope].kind == CLASS:
            owner = enclosing_class(project, path, row.scope)
            if owner is None or model_of(project, owner) is None:  # a table's own relationships are not shown
                return True
    return any(
        key in {"response_model", "response_class", "responses"} and expression[1] <= start < expression[2]
        for call in facts.calls
        for key, expression in call.arguments
        for start in starts
    )


def _is_route(decorator: Expression) -> bool:
    """`@router.get("/x")`, and what a project wraps around it: `@protected_route(router.get, "/x")`."""
    match decorator:
        case ("call", _, _, function, arguments, _):
            return _is_route(function) or any(_is_route(argument) for argument in arguments)
        case ("attribute", _, _, _, name):
            return name in _VERBS
    return False


def _in_signature(facts: FileFacts, start: int, definition: tuple[int, int], own: int) -> bool:
    """Whether an offset is in the decorators or the signature of a function: within it, and not in its body."""
    if not definition[0] <= start < definition[1]:
        return False
    scope = facts.scopes[own]
    inner = [row for row in facts.names if row.start == start]
    return scope.kind == FUNCTION and all(row.scope != own for row in inner)
