"""The syntax tree of a single definition, for the rare question that facts do not answer."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.facts.model import Expression, Function
from lifeops_codemods.facts.offsets import Offsets
from lifeops_codemods.project import Project, file_question, question
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.modules import External, Module
from lifeops_codemods.project.names import Target, Variable, bindings_of, denoted, resolve
from lifeops_codemods.project.naming import External as LibraryName
from lifeops_codemods.project.naming import Located, Lookup
from lifeops_codemods.project.walking import walk

_BODIES = ("body", "orelse", "handlers", "finalbody", "cases")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@file_question
def offsets(project: Project, path: str) -> Offsets:
    """The offsets of positions in a file's tree."""
    return Offsets(project.text(path))


@question
def _definitions(project: Project, path: str) -> dict[int, Definition]:
    """Every definition of a file by the offset of its `def` or `class` line's first token."""
    at = offsets(project, path).at
    return {at(node.lineno, node.col_offset): node for node in _defined(project.tree(path).body)}


def _defined(body: Iterable[ast.stmt]) -> Iterator[Definition]:
    """The definitions among statements and in all that stands within these."""
    for node in body:
        if isinstance(node, Definition):
            yield node
        for name in _BODIES:
            inner = getattr(node, name, None)
            if inner:
                yield from _defined(inner)


def tree_of(project: Project, path: str, row_scope: int) -> Definition | None:
    """The definition whose body is the scope with this index."""
    return _definitions(project, path).get(project.facts(path).scopes[row_scope].start)


def class_tree(project: Project, ref: ClassRef) -> ast.ClassDef | None:
    """The tree of a class."""
    node = tree_of(project, ref.path, definition(project, ref).own)
    return node if isinstance(node, ast.ClassDef) else None


def function_tree(project: Project, path: str, row: Function) -> ast.FunctionDef | None:
    """The tree of a plain function; None for a coroutine."""
    node = tree_of(project, path, row.own)
    return node if isinstance(node, ast.FunctionDef) else None


def span_of(project: Project, path: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    """The offsets of a node of the file's tree."""
    at = offsets(project, path).at
    return at(node.lineno, node.col_offset), at(node.end_lineno or node.lineno, node.end_col_offset or 0)


def dotted_parts(node: ast.expr) -> tuple[str, ...]:
    """The dotted name that a node is, root first; `()` if it is none."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else ()


def lookup_in(project: Project, path: str, owner: ClassRef | None = None) -> Lookup:
    """How the evaluation of a function in `path` finds what its names stand for; `cls.x` is looked up in `owner`."""

    def lookup(name: str) -> ast.FunctionDef | ast.expr | Located | LibraryName | None:
        parts = tuple(name.split("."))
        if parts[0] == "cls":
            return _class_value(project, owner, parts[1]) if owner and len(parts) == 2 else None
        return _behind(project, resolve(project, path, 0, parts))

    return lookup


def _behind(project: Project, target: Target | None) -> Located | LibraryName | None:
    if target is None:
        return None
    for item in sorted(denoted(project, target), key=repr):
        match item:
            case External(name=name):
                return None if "()" in name else LibraryName(name.removeprefix("builtins."))
            case Module():
                return None
            case Variable():
                return _value(project, item)
    return None


def _value(project: Project, item: Variable) -> Located | None:
    rows = bindings_of(project, item)
    if len(rows) != 1:
        return None
    facts = project.facts(item.path)
    if rows[0].kind == "def":
        function = function_tree(project, item.path, facts.functions[rows[0].row])
        return Located(function, lookup_in(project, item.path)) if function else None
    if rows[0].kind == "assign":
        expression = _assigned(project, item.path, rows[0].start)
        return Located(expression, lookup_in(project, item.path)) if expression else None
    return None


def _assigned(project: Project, path: str, start: int) -> ast.expr | None:
    """The value of the assignment whose target stands at `start`."""
    at = offsets(project, path).at
    for node in ast.walk(project.tree(path)):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(at(target.lineno, target.col_offset) == start for target in targets):
            return node.value
    return None


def _class_value(project: Project, owner: ClassRef, name: str) -> Located | None:
    from lifeops_codemods.project.classes import ancestors

    for item in (owner, *ancestors(project, owner)):
        if isinstance(item, ClassRef):
            found = _value(project, Variable(item.path, definition(project, item).own, name))
            if found is not None:
                return found
    return None


@question
def _calls(project: Project, path: str) -> dict[tuple[int, int], ast.Call]:
    nodes = (node for node in walk(project.tree(path)) if isinstance(node, ast.Call))
    return {span_of(project, path, node): node for node in nodes}


def call_tree(project: Project, path: str, span: tuple[int, int]) -> ast.Call | None:
    """The tree of the call at a span."""
    return _calls(project, path).get(span)


def call_at(project: Project, path: str, start: int, end: int) -> Expression | None:
    """A call in full, with its arguments; the facts have it at this span."""
    node = call_tree(project, path, (start, end))
    return None if node is None else encode(node, offsets(project, path).at)
