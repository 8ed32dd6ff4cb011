"""Tests that expect what an endpoint answers today: edited where the request is shown to meet the edit, else told."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.operation import ReplaceExpression, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.answer import TEXT_KEYS, How, answers, status_value
from lifeops_codemods.project.answers.endpoints import Endpoint
from lifeops_codemods.project.answers.handlers import handlers
from lifeops_codemods.project.answers.spelling import status_like
from lifeops_codemods.project.exchanges import Exchange, exchanges_with
from lifeops_codemods.project.trees import dotted_parts, span_of


class Followed(NamedTuple):
    """An expected status that becomes another one."""

    path: str
    operation: ReplaceExpression


class Expecting(NamedTuple):
    """A place in a test that expects what may be answered no longer."""

    path: str
    start: int
    end: int
    reason: str


def following(
    project: Project, endpoint: Endpoint, name: str, old: int | None, new: int
) -> Iterator[Followed | Expecting]:
    """What happens to the tests of an endpoint that answers `new` for exceptions called `name`, and not `old`.

    old: the status of today; None for a success.
    """
    for exchange in exchanges_with(project, endpoint.ref):
        for _, expected in exchange.checks:
            code = status_value(project, exchange.path, expected)
            if code is not None and code == old:
                yield _status(project, endpoint, exchange, expected, name, code, new)
        if old is None:
            yield from _body(project, exchange)
        if old == 500:
            yield from _raises(project, exchange, name)


def _status(
    project: Project, endpoint: Endpoint, exchange: Exchange, expected: ast.expr, name: str, old: int, new: int
) -> Followed | Expecting:
    start, end = span_of(project, exchange.path, expected)
    text = project.text(exchange.path)[start:end]
    written = status_like(text, new)
    if written is None or not _is_shown(project, endpoint, exchange, name, old):
        reason = f"this endpoint answers the request, and nothing shows whether the {old} that is expected is this one"
        return Expecting(exchange.path, start, end, reason)
    return Followed(exchange.path, ReplaceExpression(span=Span(start, end), expected=text, code=written))


def _is_shown(project: Project, endpoint: Endpoint, exchange: Exchange, name: str, old: int) -> bool:
    """Whether the status comes from the handler: the test names the exception or its text, or nothing else gives it."""
    if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(exchange.function)):
        return True
    if old == 422:
        return any(_is_text_of_detail(one.test) for one in exchange.asserts)
    others = [
        one
        for handler in handlers(project, endpoint.ref)
        for one in answers(project, endpoint.ref.path, handler.clause)
        if one.code == old or one.how is How.RERAISED
    ]
    return len(others) <= 1


def _is_text_of_detail(test: ast.expr) -> bool:
    """`response.json()["detail"] == "no seat"`; FastAPI's own 422 has a list there."""
    for node in ast.walk(test):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            has_text = any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides)
            names = [one.value for side in sides for one in ast.walk(side) if isinstance(one, ast.Constant)]
            if "detail" in names and (has_text or any(isinstance(side, ast.Dict) for side in sides)):
                return True
    return False


def _body(project: Project, exchange: Exchange) -> Iterator[Expecting]:
    """What is asserted of an error in a body, or of null."""
    for one in exchange.asserts:
        constants = {node.value for node in ast.walk(one.test) if isinstance(node, ast.Constant)}
        reads = any(isinstance(node, ast.Attribute) and node.attr == "json" for node in ast.walk(one.test))
        is_null = isinstance(one.test, ast.Compare) and isinstance(one.test.ops[0], ast.Is) and None in constants
        if reads and (is_null or constants & set(TEXT_KEYS)):
            reason = "the test reads an error, or null, that is answered as a status and a detail now"
            yield Expecting(exchange.path, *span_of(project, exchange.path, one), reason)


def _raises(project: Project, exchange: Exchange, name: str) -> Iterator[Expecting]:
    """`with pytest.raises(ValueError): client.post(…)`: the test client hands on what nobody catches."""
    for node in ast.walk(exchange.function):
        if isinstance(node, ast.With | ast.AsyncWith) and exchange.call in ast.walk(node):
            for item in node.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and dotted_parts(call.func)[-1:] == ("raises",):
                    reason = f"the request raises nothing any more where a {name} was expected; it is answered instead"
                    yield Expecting(exchange.path, *span_of(project, exchange.path, item.context_expr), reason)
