"""The scope that a place in a file belongs to, and what a name or a dotted name stands for there."""

from __future__ import annotations

import ast

from lifeops_codemods.project import Project, file_question
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Target, denoted, resolve
from lifeops_codemods.project.trees import dotted_parts, span_of


def scope_at(project: Project, path: str, offset: int) -> int:
    """The innermost scope around an offset: its row in the facts."""
    best = 0
    for start, _, end, row in _scopes(project, path):
        if start > offset:
            break
        if offset < end:
            best = row
    return best


@file_question
def _scopes(project: Project, path: str) -> tuple[tuple[int, int, int, int], ...]:
    rows = project.facts(path).scopes
    return tuple(sorted((scope.start, row, scope.end, row) for row, scope in enumerate(rows) if row))


def targets_of(project: Project, path: str, node: ast.expr) -> frozenset[Target]:
    """What a name or dotted name stands for, imports and aliases followed; nothing for other expressions."""
    parts = dotted_parts(node)
    if not parts:
        return frozenset()
    start = span_of(project, path, node)[0]
    target = resolve(project, path, scope_at(project, path, start), parts, start)
    return frozenset() if target is None else denoted(project, target)


def meant_at(project: Project, path: str, offset: int, name: str) -> frozenset[Target]:
    """What a name would stand for if it was written at an offset, imports and aliases followed."""
    target = resolve(project, path, scope_at(project, path, offset), (name,), offset)
    return frozenset() if target is None else denoted(project, target)


def library_names(project: Project, path: str, node: ast.expr) -> frozenset[str]:
    """The dotted names outside the project that a name or dotted name stands for: `builtins.ValueError`."""
    return frozenset(item.name for item in targets_of(project, path, node) if isinstance(item, External))
