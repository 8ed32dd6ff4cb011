"""`responses={…}` of a route, kept in step with what its endpoint answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple

from lifeops_codemods.operation import ReplaceExpression, Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.answers.answer import status_value
from lifeops_codemods.project.answers.endpoints import Endpoint
from lifeops_codemods.project.answers.spelling import status_like
from lifeops_codemods.project.trees import span_of


class Documented(NamedTuple):
    """A dictionary of responses that gets one more. operation: None where that cannot be written."""

    path: str
    start: int
    end: int
    operation: ReplaceExpression | None


def documented(project: Project, endpoint: Endpoint, code: int) -> Iterator[Documented]:
    """The literal `responses` of an endpoint's routes that do not tell of a status yet."""
    for route in endpoint.routes:
        given = route.keyword("responses")
        node = dicts(project, given.path).get(given.span) if given is not None else None
        if given is None or node is None or not node.keys:
            continue
        known = [status_value(project, given.path, key) for key in node.keys if key is not None]
        if code not in known:
            start, end = given.span
            yield Documented(given.path, start, end, _with_entry(project, given.path, node, code))


@question
def dicts(project: Project, path: str) -> dict[tuple[int, int], ast.Dict]:
    return {span_of(project, path, node): node for node in ast.walk(project.tree(path)) if isinstance(node, ast.Dict)}


def _with_entry(project: Project, path: str, node: ast.Dict, code: int) -> ReplaceExpression | None:
    start, end = span_of(project, path, node)
    text = project.text(path)[start:end]
    if "#" in text:
        return None
    entry = _entry(project, path, node, code)
    body = text[:-1].rstrip()
    comma = "" if body.endswith(",") else ","
    if "\n" in text and node.keys[-1] is not None:
        closing = text[:-1][len(body) :]
        blank = " " * node.keys[-1].col_offset
        return ReplaceExpression(
            span=Span(start, end), expected=text, code=f"{body}{comma}\n{blank}{entry},{closing.lstrip(',')}}}"
        )
    return ReplaceExpression(span=Span(start, end), expected=text, code=f"{body}{comma} {entry}}}")


def _entry(project: Project, path: str, node: ast.Dict, code: int) -> str:
    """The new key and value: as the other errors are written, where they are all written alike."""
    keys = [_text(project, path, key) for key in node.keys if key is not None]
    key = next((like for one in keys if (like := status_like(one, code)) is not None), str(code))
    values = {
        _text(project, path, value)
        for one, value in zip(node.keys, node.values, strict=True)
        if one is not None and (status_value(project, path, one) or 0) >= 400
    }
    only = values.pop() if len(values) == 1 else ""
    return f"{key}: {only}" if "model" in only else f'{key}: {{"description": "{HTTPStatus(code).phrase}"}}'


def _text(project: Project, path: str, node: ast.expr) -> str:
    start, end = span_of(project, path, node)
    return project.text(path)[start:end]
