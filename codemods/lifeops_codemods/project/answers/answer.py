"""What one ending of a handler answers: an `HTTPException` with its status, a response, an error in a body, nothing."""

from __future__ import annotations

import ast
from enum import Enum, auto
from typing import NamedTuple

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.exceptions.endings import Ending, endings
from lifeops_codemods.project.exceptions.kinds import HTTP_EXCEPTION, Kind, lineage
from lifeops_codemods.project.exceptions.raising import raised_kinds
from lifeops_codemods.project.responses import status_of
from lifeops_codemods.project.scopes import library_names, scope_at
from lifeops_codemods.project.trees import class_tree, offsets, span_of

_DATA = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse", "Response", "PlainTextResponse"})
PAGES = frozenset({"HTMLResponse", "RedirectResponse", "TemplateResponse"})
"""Responses that people look at."""
_STREAMS = frozenset({"StreamingResponse", "FileResponse", "EventSourceResponse"})
_LIBRARIES = ("fastapi.", "starlette.", "sse_starlette.")
TEXT_KEYS = ("detail", "error", "message", "msg", "reason", "errors", "error_message")
_FLAG_KEYS = frozenset({"success", "ok", "status"})


class How(Enum):
    """The ways to answer."""

    HTTP = auto()
    OTHER_EXCEPTION = auto()
    RERAISED = auto()
    RESPONSE = auto()
    PAGE = auto()
    ERROR = auto()
    NONE = auto()
    VALUE = auto()
    GOES_ON = auto()


class Answer(NamedTuple):
    """One ending. statement: what ends it, None where control falls through. code: the status, None where unknown.

    status: the expression of the status. text: the expression that says to the client what is wrong.
    """

    how: How
    statement: ast.stmt | None = None
    code: int | None = None
    status: ast.expr | None = None
    text: ast.expr | None = None


def answers(project: Project, path: str, clause: ast.ExceptHandler) -> tuple[Answer, ...]:
    """All endings of a handler, in the order of the text."""
    return answers_of(project, path, clause.body, clause.name)


def answers_of(project: Project, path: str, body: list[ast.stmt], bound: str | None = None) -> tuple[Answer, ...]:
    """All endings of a block; `bound` is the name of the exception that is being handled."""
    found = [answer(project, path, node, bound) for node in executed(body) if isinstance(node, ast.Return | ast.Raise)]
    if endings(body) & {Ending.FALLS, Ending.BREAKS, Ending.CONTINUES}:
        found.append(Answer(How.GOES_ON))
    set_code = _status_set(project, path, body)
    return tuple(one._replace(code=set_code) if set_code and one.code is None else one for one in found)


def answer(project: Project, path: str, node: ast.Return | ast.Raise, bound: str | None = None) -> Answer:
    """What a `return` or `raise` answers."""
    if isinstance(node, ast.Raise):
        return _raised(project, path, node, bound)
    value = node.value
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        return Answer(How.NONE, node)
    if isinstance(value, ast.Dict):
        text = error_text(value)
        return Answer(How.ERROR if text is not None or _says_failure(value) else How.VALUE, node, text=text)
    if isinstance(value, ast.Call):
        return _response(project, path, node, value)
    return Answer(How.VALUE, node)


def _raised(project: Project, path: str, node: ast.Raise, bound: str | None) -> Answer:
    if node.exc is None or (bound is not None and isinstance(node.exc, ast.Name) and node.exc.id == bound):
        return Answer(How.RERAISED, node)
    kinds = raised_kinds(project, path, node.exc)
    is_http = bool(kinds) and all(HTTP_EXCEPTION in lineage(project, kind)[0] for kind in kinds)
    if not is_http:
        return Answer(How.OTHER_EXCEPTION, node)
    if not isinstance(node.exc, ast.Call):
        return Answer(How.HTTP, node, code=_code_of_class(project, kinds[0]))
    exact = kinds == (HTTP_EXCEPTION,)
    status = argument(node.exc, "status_code", 0 if exact else None)
    text = argument(node.exc, "detail", 1 if exact else None)
    if status is None:
        return Answer(How.HTTP, node, code=_code_of_class(project, kinds[0]), text=text)
    return Answer(How.HTTP, node, status_value(project, path, status), status, text)


def argument(call: ast.Call, name: str, position: int | None) -> ast.expr | None:
    """The value of an argument that is given by name or at a position."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is None or len(call.args) <= position:
        return None
    if any(isinstance(one, ast.Starred) for one in call.args[: position + 1]):
        return None
    return call.args[position]


def status_value(project: Project, path: str, node: ast.expr) -> int | None:
    """The status that an expression is."""
    if isinstance(node, ast.Attribute) and node.attr == "value":
        node = node.value
    start = span_of(project, path, node)[0]
    return status_of(project, Given(path, scope_at(project, path, start), encode(node, offsets(project, path).at)))


def _code_of_class(project: Project, kind: Kind) -> int | None:
    """The status that a class of the project derived from `HTTPException` always has."""
    node = class_tree(project, kind) if isinstance(kind, ClassRef) else None
    if node is None or not isinstance(kind, ClassRef):
        return None
    found: set[int | None] = set()
    for one in ast.walk(node):
        match one:
            case ast.keyword(arg="status_code", value=value):
                found.add(status_value(project, kind.path, value))
            case ast.Assign(targets=[ast.Name(id="status_code")], value=value):
                found.add(status_value(project, kind.path, value))
            case ast.AnnAssign(target=ast.Name(id="status_code"), value=ast.expr() as value):
                found.add(status_value(project, kind.path, value))
            case ast.Call(func=ast.Attribute(attr="__init__"), args=[first, *_]):
                found.add(status_value(project, kind.path, first))
    return found.pop() if len(found) == 1 else None


def _response(project: Project, path: str, node: ast.Return, call: ast.Call) -> Answer:
    last = _response_classes(project, path, call)
    if last & (PAGES | _STREAMS):
        return Answer(How.PAGE, node)
    if not last & _DATA:
        return Answer(How.VALUE, node)
    status = argument(call, "status_code", 1)
    content = argument(call, "content", 0)
    media = argument(call, "media_type", 3)
    if isinstance(media, ast.Constant) and isinstance(media.value, str) and "html" in media.value:
        return Answer(How.PAGE, node)
    code = 200 if status is None else status_value(project, path, status)
    text = error_text(content) if isinstance(content, ast.Dict) else None
    return Answer(How.RESPONSE, node, code, status, text)


def _response_classes(project: Project, path: str, call: ast.Call) -> set[str]:
    """The last names of the response classes of FastAPI and its like that a call makes."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "TemplateResponse":
        return {"TemplateResponse"}
    names = library_names(project, path, call.func)
    return {name.rpartition(".")[2] for name in names if name.startswith(_LIBRARIES)}


def is_for_people(project: Project, path: str, node: ast.Return) -> bool:
    """Whether a `return` answers with a page or a redirect."""
    return isinstance(node.value, ast.Call) and bool(_response_classes(project, path, node.value) & PAGES)


def error_text(node: ast.Dict) -> ast.expr | None:
    """The value that tells what went wrong."""
    by_key = {
        key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
    }
    return next((by_key[key] for key in TEXT_KEYS if key in by_key), None)


def _says_failure(node: ast.Dict) -> bool:
    return any(
        isinstance(key, ast.Constant)
        and key.value in _FLAG_KEYS
        and isinstance(value, ast.Constant)
        and (value.value is False or value.value in {"error", "fail", "failed", "failure"})
        for key, value in zip(node.keys, node.values, strict=True)
    )


def _status_set(project: Project, path: str, body: list[ast.stmt]) -> int | None:
    """`response.status_code = 400` in the block."""
    for node in executed(body):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr="status_code")], value=value):
                return status_value(project, path, value)
    return None
