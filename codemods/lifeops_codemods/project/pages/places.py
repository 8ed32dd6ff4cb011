"""Where the page of a query is written: behind its last clause, or where it is run."""

from __future__ import annotations

import ast

from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.blocks import executed
from lifeops_codemods.project.pages.definitions import definitions
from lifeops_codemods.project.pages.sources import Source


def place_of(project: Project, source: Source) -> ast.expr:
    """The expression that gets offset and limit.

    A variable that holds the statement, is given it at once and used nowhere else is only a name for it: then the page
    stands with the other clauses.
    """
    node, inside = source.node, source.inside
    if not isinstance(node, ast.Name):
        return node
    found = definitions(inside, node)
    uses = [one for one in executed(inside.node.body) if isinstance(one, ast.Name) and one.id == node.id]
    if found is None or len(found) != 1 or len(uses) != 2 or found[0].value is None or found[0].item is not None:
        return node
    value = found[0].value
    begins = [root for root in source.built.roots if root.inside is inside]
    inner = {id(one) for one in ast.walk(value)}
    is_whole = (
        len(begins) == len(source.built.roots) == 1 and id(begins[0].call) in inner and isinstance(value, ast.Call)
    )
    return value if is_whole else node
