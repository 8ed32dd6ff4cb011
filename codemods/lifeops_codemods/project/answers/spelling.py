"""How a file spells `HTTPException` and status codes, and names that are still free in a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.kinds import HTTP_EXCEPTION, external_kind
from lifeops_codemods.project.functions import FunctionRef, function, function_node
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, denoted, variable

_NAME = "HTTPException"
_STATUS_MODULES = frozenset({"fastapi.status", "starlette.status"})


class Spelled(NamedTuple):
    """What to write for `HTTPException`; imported: whether the file must import that name from fastapi."""

    text: str
    imported: bool


def http_exception(project: Project, ref: FunctionRef) -> Spelled | None:
    """How a function writes `HTTPException`; None where its name means something else there."""
    known = [name for name in names_for(project, ref.path, frozenset({HTTP_EXCEPTION})) if _reaches(project, ref, name)]
    if known:
        return Spelled(known[0], imported=False)
    library = [name for name in names_for(project, ref.path, frozenset({"fastapi"})) if _reaches(project, ref, name)]
    if library and not imports_from_fastapi(project, ref.path):
        return Spelled(f"{library[0]}.{_NAME}", imported=False)
    if variable(project, ref.path, function(project, ref).own, _NAME) is None:
        return Spelled(_NAME, imported=True)
    return None


def status_text(project: Project, ref: FunctionRef, code: int) -> str:
    """A status as the file writes it: `status.HTTP_404_NOT_FOUND` where it imports `status`, else the number."""
    name = f"HTTP_{code}_{HTTPStatus(code).name}"
    by_itself = names_for(project, ref.path, frozenset(f"{module}.{name}" for module in _STATUS_MODULES))
    for known in by_itself:
        if _reaches(project, ref, known):
            return known
    for known in names_for(project, ref.path, _STATUS_MODULES):
        if _reaches(project, ref, known):
            return f"{known}.{name}"
    return str(code)


def status_like(old: str, code: int) -> str | None:
    """The status `code` in the way that the text `old` writes one; None for another way."""
    if old.strip().isdigit():
        return str(code)
    prefix, dot, name = old.rpartition(".")
    if dot and name.startswith("HTTP_"):
        return f"{prefix}.HTTP_{code}_{HTTPStatus(code).name}"
    if not dot and name.startswith("HTTP_"):
        return None
    if dot and name == "value" and prefix.rpartition(".")[2] in HTTPStatus.__members__:
        inner = status_like(prefix, code)
        return f"{inner}.value" if inner else None
    return f"{prefix}.{HTTPStatus(code).name}" if dot and name in HTTPStatus.__members__ else None


@question
def names_for(project: Project, path: str, wanted: frozenset[str]) -> tuple[str, ...]:
    """The names that the module binds to something of a library, by import; the plainest first."""
    facts = project.facts(path)
    found = []
    for binding in facts.members_of.get(0, ()):
        if binding.kind == "import":
            behind = denoted(project, Variable(path, 0, binding.name))
            if behind and all(isinstance(one, External) and external_kind(one.name) in wanted for one in behind):
                found.append(binding.name)
    return tuple(dict.fromkeys(found))


@question
def imports_from_fastapi(project: Project, path: str) -> bool:
    """Whether a file imports names out of fastapi, and does not only name them by `fastapi.`."""
    return any(row.module == "fastapi" and row.name for row in project.facts(path).imports)


def _reaches(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether the module's `name` is what the function sees under it."""
    return variable(project, ref.path, function(project, ref).own, name) == Variable(ref.path, 0, name)


def free_name(project: Project, ref: FunctionRef, place: ast.AST, *wanted: str) -> str | None:
    """The first of the names that can be bound at a place of the function without changing what it means elsewhere.

    A name that `except … as e` binds is free again outside of that clause.
    """
    node = function_node(project, ref)
    if node is None:
        return None
    return next((name for name in wanted if name not in set(_names_in(node, place, name))), None)


def _names_in(node: ast.AST, place: ast.AST, wanted: str) -> Iterator[str]:
    """The names that a tree reads or binds, without clauses that bind `wanted` and do not hold the place."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ExceptHandler) and child.name == wanted and place not in ast.walk(child):
            if child.type is not None:
                yield from (one.id for one in ast.walk(child.type) if isinstance(one, ast.Name))
            continue
        match child:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias():
                yield (child.asname or child.name).partition(".")[0]
        yield from _names_in(child, place, wanted)
