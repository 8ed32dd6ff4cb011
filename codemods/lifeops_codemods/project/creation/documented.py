"""`responses={200: …}` of a route whose success has another status."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.operation import ReplaceExpression, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.answer import status_value
from lifeops_codemods.project.answers.documented import dicts
from lifeops_codemods.project.answers.spelling import status_like
from lifeops_codemods.project.routes import Route
from lifeops_codemods.project.trees import span_of


class Documented(NamedTuple):
    """The key of a dictionary of responses that becomes another one."""

    path: str
    operation: ReplaceExpression


class Unclear(NamedTuple):
    """Why it is not known what is documented, or how to write it."""

    reason: str


def documented(project: Project, route: Route, old: int, new: int) -> Documented | Unclear | None:
    """What becomes of the documentation of `old`; None where a route has none."""
    given = route.keyword("responses")
    if given is None:
        return None
    node = dicts(project, given.path).get(given.span)
    if node is None:
        return Unclear("the responses that it documents are made elsewhere")
    codes = {key: _code(project, given.path, key) for key in node.keys if key is not None}
    if new in codes.values() and old in codes.values():
        return Unclear("both 200 and 201 are documented")
    for key, code in codes.items():
        if code == old:
            start, end = span_of(project, given.path, key)
            text = project.text(given.path)[start:end]
            written = _like(text, old, new)
            if written is None:
                return Unclear(f"nothing shows how {new} is written like {text}")
            return Documented(given.path, ReplaceExpression(span=Span(start, end), expected=text, code=written))
    return None


def _code(project: Project, path: str, key: ast.expr) -> int | None:
    if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isdigit():
        return int(key.value)
    return status_value(project, path, key)


def _like(text: str, old: int, new: int) -> str | None:
    if text[:1] in {"'", '"'}:
        return text.replace(str(old), str(new))
    return status_like(text, new)
