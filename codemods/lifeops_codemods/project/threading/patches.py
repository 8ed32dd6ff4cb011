"""What tests put in the place of a function, and what they expect it to be called with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import definition
from lifeops_codemods.project.functions import FunctionRef, function, functions_behind, owner
from lifeops_codemods.project.scopes import targets_of
from lifeops_codemods.project.suites import is_test_file
from lifeops_codemods.project.trees import dotted_parts, span_of

_NEW = ("new", "side_effect", "wraps", "value")


class Replacements(NamedTuple):
    """functions, lambdas: what is put in its place by name, or written there; lambdas by file and span."""

    functions: tuple[FunctionRef, ...] = ()
    lambdas: tuple[tuple[str, Span], ...] = ()


@question
def replacements(project: Project, ref: FunctionRef) -> Replacements:
    """What tests patch in for a function: `setattr(users, "list_users", fake)`, `patch("…list_users", fake)`."""
    name = function(project, ref).name
    functions: dict[FunctionRef, None] = {}
    lambdas: dict[tuple[str, Span], None] = {}
    for path in project.mentioning([name]):
        if not is_test_file(path) or not project.parses(path):
            continue
        for call in ast.walk(project.tree(path)):
            if isinstance(call, ast.Call) and _patches(project, path, call, ref):
                for value in _values(call):
                    if isinstance(value, ast.Lambda):
                        lambdas[path, Span(*span_of(project, path, value))] = None
                    else:
                        found = [
                            one
                            for target in targets_of(project, path, value)
                            for one in functions_behind(project, target)
                        ]
                        functions |= dict.fromkeys(found)
    return Replacements(tuple(functions), tuple(lambdas))


def _patches(project: Project, path: str, call: ast.Call, ref: FunctionRef) -> bool:
    """Whether a call patches a function: by its dotted name, or as an attribute of what holds it."""
    last = dotted_parts(call.func)[-1:]
    if last not in {("setattr",), ("patch",), ("object",)} or not call.args:
        return False
    name = function(project, ref).name
    texts = [item.value for item in call.args[:2] if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    if not texts:
        return False
    whole = texts[0] if len(texts) == 1 and call.args[0] is not None and "." in texts[0] else ""
    holder = owner(project, ref)
    if whole:
        parts = whole.split(".")
        return parts[-1] == name and (holder is None or definition(project, holder).name in parts)
    if texts[0] != name:
        return False
    target = dotted_parts(call.args[0])
    return holder is None or not target or target[-1] == definition(project, holder).name or target[-1][0].islower()


def _values(call: ast.Call) -> Iterator[ast.expr]:
    """What a call puts in place."""
    first = 1 if isinstance(call.args[0], ast.Constant) else 2
    handed = [*call.args[first : first + 1], *(item.value for item in call.keywords if item.arg in _NEW)]
    yield from (item for item in handed if isinstance(item, ast.Name | ast.Attribute | ast.Lambda))


@question
def expectations(project: Project, ref: FunctionRef) -> tuple[tuple[str, Span], ...]:
    """The places where tests say what a function must have been called with: `service.list.assert_called_with(…)`."""
    name = function(project, ref).name
    pattern = re.compile(rf"\b{re.escape(name)}(?:_mock)?\.assert_\w*(?:with|calls?)\b")
    return tuple(
        (path, Span(*found.span()))
        for path in project.mentioning([name])
        if is_test_file(path)
        for found in pattern.finditer(project.text(path))
    )
