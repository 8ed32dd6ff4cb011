"""Functions that take a page already, for which the endpoint only has to ask."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lifeops_codemods.project import Project
from lifeops_codemods.project.pages.definitions import definitions
from lifeops_codemods.project.pages.inside import Inside, StoppedError
from lifeops_codemods.project.pages.statements import Built, Clause

_FIX = "let the client say the limit, or leave the list as it is"


class Given(NamedTuple):
    """The function whose parameters are offset and limit of the query, and what they are called there."""

    inside: Inside
    skip: str
    limit: str


def existing(project: Project, built: Built) -> Given | None:
    """The parameters that are the query's offset and limit already; None where it has none.

    Raises StoppedError where the query is cut in another way, or its page is fixed by a caller.
    """
    limits, offsets = built.named("limit"), built.named("offset")
    others = built.named("slice", "fetch")
    if not limits and not offsets and not others:
        return None
    clause = (*limits, *offsets, *others)[0]
    if others or len(limits) != 1 or len(offsets) > 1:
        raise _stop(project, clause)
    limit = _parameter(project, limits[0])
    if limit is not None and limit[0].outer is None:
        return Given(limit[0], "", limit[1])
    if limit is None or not offsets:
        raise _stop(project, clause)
    skip = _parameter(project, offsets[0])
    if skip is None or skip[0] is not limit[0]:
        raise _stop(project, clause)
    return Given(limit[0], skip[1], limit[1])


def chosen_by_client(built: Built) -> Clause | None:
    """The clause that takes the rows whose keys the request lists: `.where(Quest.id.in_(ids))`."""
    for clause in built.named("where", "filter"):
        for node in (inner for argument in clause.call.args for inner in ast.walk(argument)):
            match node:
                case ast.Call(func=ast.Attribute(attr="in_"), args=[ast.Name() as keys]):
                    if _is_asked(keys, clause.inside):
                        return clause
    return None


def _is_asked(node: ast.expr, inside: Inside) -> bool:
    """Whether a name is a parameter of the endpoint, as it was handed down."""
    while isinstance(node, ast.Name):
        found = definitions(inside, node)
        if not found or len(found) != 1 or found[0].value is not None:
            return False
        if inside.outer is None:
            return True
        if node.id not in inside.given:
            return False
        node, inside = inside.given[node.id], inside.outer
    return False


def _parameter(project: Project, clause: Clause) -> tuple[Inside, str] | None:
    """The function on the way that nobody gives the number, and its name for it."""
    if len(clause.call.args) != 1 or clause.call.keywords:
        return None
    node, inside = clause.call.args[0], clause.inside
    while isinstance(node, ast.Name):
        found = definitions(inside, node)
        if not found or len(found) != 1 or found[0].value is not None:
            return None
        if node.id in inside.given and inside.outer is not None:
            node, inside = inside.given[node.id], inside.outer
        elif not inside.complete:
            return None
        else:
            return inside, node.id
    return None


def _stop(project: Project, clause: Clause) -> StoppedError:
    place = clause.inside.place(project, clause.call)
    return StoppedError(
        place, f"the query has {'a limit' if clause.name != 'offset' else 'an offset'} of its own", _FIX
    )
