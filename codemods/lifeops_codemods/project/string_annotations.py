"""Strings that are read as expressions of names, such as quoted annotations."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lifeops_codemods.facts.model import String
from lifeops_codemods.facts.offsets import Offsets
from lifeops_codemods.project import Project
from lifeops_codemods.project.literals import runs, source_offset
from lifeops_codemods.project.names import (
    Target,
    Variable,
    bindings_of,
    resolve,
    variable,
)
from lifeops_codemods.project.references import Search, name_in_mapped


def is_class(project: Project, item: Target) -> bool:
    """Whether a target is a variable that a class statement binds."""
    return isinstance(item, Variable) and any(row.kind == "class" for row in bindings_of(project, item))


def expression_names(value: str) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    """The dotted names of the expression that `value` is: their parts, and the offset of each part in `value`."""
    if value.isidentifier():
        yield (value,), (0,)
        return
    try:
        tree = ast.parse(f"({value})", mode="eval")
    except (SyntaxError, ValueError):
        return
    at = Offsets(f"({value})", -1).at
    covered: set[ast.AST] = set()
    for node in ast.walk(tree):
        if node in covered or not isinstance(node, (ast.Name, ast.Attribute)):
            continue
        parts: list[tuple[str, int]] = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            end = at(root.end_lineno or 1, root.end_col_offset or 0)
            parts.append((root.attr, end - len(root.attr)))
            root = root.value
            covered.add(root)
        if isinstance(root, ast.Name):
            parts.append((root.id, at(root.lineno, root.col_offset)))
            parts.reverse()
            yield tuple(name for name, _ in parts), tuple(start for _, start in parts)


def is_expression(value: str) -> bool:
    """Whether a text is the source of one expression."""
    try:
        ast.parse(f"({value})", mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def annotation(found: Search, path: str, row: String) -> None:
    """A string that is read as an annotation: its names mean what they would without the quotes."""
    text = found.project.text(path)
    pieces = runs(text, row.start, row.end)
    for parts, starts in expression_names(row.value):
        for index, name in enumerate(parts):
            if name not in found.wanted:
                continue
            start = source_offset(pieces, starts[index], len(name))
            targets = variables_behind(found, path, row.scope, parts[: index + 1], row.start)
            if start is None:
                object_to_pieces(found, targets, path, row)
            elif targets:
                found.refer(targets, path, start, "string annotation")
            elif index == 0 and not _explained(found, path, row, name):
                name_in_mapped(found, path, row.scope, name, start)
    for inner, offset in _inner_strings(row.value):
        start = source_offset(pieces, offset, len(inner))
        if inner in found.wanted and start is not None:
            targets = variables_behind(found, path, row.scope, (inner,), row.start)
            if targets:
                found.refer(targets, path, start, "string annotation")
            elif not _explained(found, path, row, inner):
                name_in_mapped(found, path, row.scope, inner, start)


def _inner_strings(value: str) -> Iterator[tuple[str, int]]:
    """Quoted names within a quoted annotation, outside `Literal[…]`."""
    if ("'" not in value and '"' not in value) or "Literal" in value:
        return
    for match in re.finditer(r"""(['"])(\w+)\1""", value):
        yield match[2], match.start(2)


def _explained(found: Search, path: str, row: String, name: str) -> bool:
    return isinstance(variable(found.project, path, row.scope, name, row.start), Variable)


def variables_behind(found: Search, path: str, scope: int, parts: tuple[str, ...], start: int) -> frozenset[Variable]:
    """The wanted variables that the dotted name `parts` means at a place."""
    return found.carried(resolve(found.project, path, scope, parts, start))


def object_to_pieces(found: Search, targets: frozenset[Variable], path: str, row: String) -> None:
    """Object to a rename where a name is not written in one piece."""
    found.object(
        targets,
        path,
        (row.start, row.end),
        "the name is spread over several pieces of a string, or written with escapes",
        "write the name in one piece",
    )


def refer_whole(found: Search, targets: frozenset[Variable], path: str, row: String, kind: str) -> None:
    """The whole string is the name."""
    if not targets:
        return
    start = source_offset(runs(found.project.text(path), row.start, row.end), 0, len(row.value))
    if start is None:
        object_to_pieces(found, targets, path, row)
    else:
        found.refer(targets, path, start, kind)
