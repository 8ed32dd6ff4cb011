"""A function that is handed another one and runs it: which of its calls do, and under what name that goes on."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lifeops_codemods.facts.model import Parameter
from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.leaving import Items
from lifeops_codemods.project.exceptions.wrappers import Passing
from lifeops_codemods.project.functions import FunctionRef, function, is_static, owner


@dataclass(slots=True)
class Running:
    """What leaves the function that is run, by the names that are known of it. ran: whether it was run."""

    items: Mapping[str, Items]
    ran: bool = False


def wrappers_in(passed: Iterable[Passing]) -> Iterator[FunctionRef]:
    """All functions that run when decorators run."""
    for one in passed:
        if one.ref is not None:
            yield one.ref
        for _, made in one.runs:
            yield from wrappers_in(made)


def handed_names(call: ast.Call, names: Mapping[str, Items]) -> Iterator[tuple[int | str, str]]:
    """The arguments that are one of the names, by position or keyword."""
    for position, one in enumerate(call.args):
        if isinstance(one, ast.Starred):
            break
        if isinstance(one, ast.Name) and one.id in names:
            yield position, one.id
    for keyword in call.keywords:
        if keyword.arg is not None and isinstance(keyword.value, ast.Name) and keyword.value.id in names:
            yield keyword.arg, keyword.value.id


def parameter_at(project: Project, ref: FunctionRef, position: int | str) -> str:
    """The name of the parameter that an argument is for; `""` where it is none by itself."""
    rows = [Parameter._make(row) for row in function(project, ref).parameters]
    if owner(project, ref) is not None and not is_static(project, ref):
        rows = rows[1:]
    if isinstance(position, str):
        return position if any(row.name == position for row in rows) else ""
    positional = [row.name for row in rows if row.kind in {"/", "."}]
    return positional[position] if position < len(positional) else ""
