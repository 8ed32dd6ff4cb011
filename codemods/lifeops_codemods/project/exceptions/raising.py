"""Which class a `raise` raises: a class, an instance made on the spot, in a variable or by a function."""

from __future__ import annotations

import ast

from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.kinds import Kind, external_kind, kinds_of
from lifeops_codemods.project.functions import function, functions_behind
from lifeops_codemods.project.names import Variable, bindings_of, spelled
from lifeops_codemods.project.scopes import targets_of
from lifeops_codemods.project.types import Instance, alternatives, annotated


def raised_kinds(project: Project, path: str, node: ast.expr) -> tuple[Kind, ...]:
    """The classes that the expression of a `raise` may stand for; none where that is not known."""
    if isinstance(node, ast.Call):
        return kinds_of(project, path, node.func) or _returned(project, path, node.func)
    return kinds_of(project, path, node) or _held(project, path, node)


def _returned(project: Project, path: str, function_name: ast.expr) -> tuple[Kind, ...]:
    """`raise not_found(x)`: the class that the function's annotation names."""
    found: list[Kind] = []
    for target in sorted(targets_of(project, path, function_name), key=repr):
        for ref in functions_behind(project, target):
            row = function(project, ref)
            kinds = alternatives(annotated(project, ref.path, row.scope, row.returns, row.start))
            found += [_kind(one) for one in kinds if isinstance(one, Instance)]
    return tuple(dict.fromkeys(found))


def _held(project: Project, path: str, node: ast.expr) -> tuple[Kind, ...]:
    """`error = ValueError(…)`, then `raise error`."""
    found: list[Kind] = []
    for target in sorted(targets_of(project, path, node), key=repr):
        if isinstance(target, Variable) and len(bindings_of(project, target)) == 1:
            made = spelled(project, target)
            found += [external_kind(name.removesuffix("()")) for name in sorted(made) if name.endswith("()")]
    return tuple(dict.fromkeys(found))


def _kind(item: Instance) -> Kind:
    return external_kind(item.of) if isinstance(item.of, str) else item.of
