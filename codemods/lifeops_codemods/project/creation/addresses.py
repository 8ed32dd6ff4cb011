"""The text of an address that a test sends a request to, with `{}` for what is not known of it.

Literals, f-strings, sums, `.format(…)`, constants of the project, variables of the test, and what a fixture of that
name returns.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from posixpath import dirname

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.constants import Given, constant_text
from lifeops_codemods.project.functions import FunctionNode
from lifeops_codemods.project.scopes import scope_at
from lifeops_codemods.project.trees import offsets, span_of

WILD = "{}"
_DEPTH = 6
_HOLE = re.compile(r"\{[^{}]*\}")


def address_text(
    project: Project, path: str, function: FunctionNode, node: ast.expr | None, depth: int = _DEPTH
) -> str:
    """What is known of an address in a function of a file."""
    if node is None or not depth:
        return WILD

    def inner(one: ast.expr) -> str:
        return address_text(project, path, function, one, depth - 1)

    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(inner(value) for value in values)
        case ast.FormattedValue(value=value):
            return inner(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return inner(left) + inner(right)
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            return _HOLE.sub(WILD, inner(value))
        case ast.Name(id=name):
            return _of_name(project, path, function, node, name, depth)
        case ast.Attribute():
            return _constant(project, path, node)
    return WILD


def _of_name(project: Project, path: str, function: FunctionNode, node: ast.expr, name: str, depth: int) -> str:
    assigned = [one.value for one in _assignments(function, name)]
    if len(assigned) == 1:
        return address_text(project, path, function, assigned[0], depth - 1)
    if assigned:
        return WILD
    if name not in {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}:
        return _constant(project, path, node)
    found = _fixtures(project, path, name)
    texts = {address_text(project, where, fixture, value, depth - 1) for where, fixture, value in found}
    return texts.pop() if len(texts) == 1 else WILD


def _assignments(function: FunctionNode, name: str) -> Iterator[ast.Assign]:
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=found)]) if found == name:
                yield node


def _constant(project: Project, path: str, node: ast.expr) -> str:
    start, _ = span_of(project, path, node)
    given = Given(path, scope_at(project, path, start), encode(node, offsets(project, path).at))
    text = constant_text(project, given)
    return WILD if text is None else text


@question
def _fixtures(project: Project, path: str, name: str) -> tuple[tuple[str, FunctionNode, ast.expr], ...]:
    """What the fixtures of a name return that a test of a file may be handed: of the file, else of a conftest above."""
    for where in (path, *_conftests(project, path)):
        found = []
        for node in ast.walk(project.tree(where)) if project.mentions(where, name) and project.parses(where) else ():
            if isinstance(node, FunctionNode) and node.name == name and node.decorator_list:
                returned = [
                    one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None
                ]
                found += [(where, node, value) for value in returned]
        if found:
            return tuple(found)
    return ()


def _conftests(project: Project, path: str) -> Iterator[str]:
    folder = dirname(path)
    while True:
        candidate = f"{folder}/conftest.py" if folder else "conftest.py"
        if candidate in project and candidate != path:
            yield candidate
        if not folder:
            return
        folder = dirname(folder)
