"""Strings that a project writes once under a name, and the places of expressions."""

from __future__ import annotations

from typing import NamedTuple

from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project
from lifeops_codemods.project.names import Variable, bindings_of, evaluate

_DEPTH = 6


class Given(NamedTuple):
    """An expression with the file and the scope that its names are to be looked up in."""

    path: str
    scope: int
    expression: Expression

    @property
    def span(self) -> tuple[int, int]:
        return self.expression[1], self.expression[2]


def constant_text(project: Project, given: Given | None, depth: int = _DEPTH) -> str | None:
    """The string that an expression is: a literal, a name that is assigned once, several joined by `+`."""
    if given is None or not depth:
        return None
    match given.expression:
        case ("string", _, _, text):
            return str(text)
        case ("operator", _, _, "+", (left, right)):
            pieces = [constant_text(project, given._replace(expression=side), depth - 1) for side in (left, right)]
            return None if None in pieces else "".join(filter(None, pieces))
        case ("name" | "attribute", start, *_):
            found = {
                constant_text(project, behind, depth - 1)
                for item in evaluate(project, given.path, given.scope, given.expression, start)
                for behind in _assigned(project, item)
            }
            return found.pop() if len(found) == 1 else None
    return None


def _assigned(project: Project, item: object) -> list[Given | None]:
    """What a variable is assigned; None for a binding that is no assignment."""
    if not isinstance(item, Variable):
        return [None]
    rows = bindings_of(project, item)
    return [
        Given(item.path, item.scope, row.value) if row.kind == "assign" and row.value is not None else None
        for row in rows
    ]
