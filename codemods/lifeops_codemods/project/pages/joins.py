"""Whether the joins of a query may give what it selects several times."""

from __future__ import annotations

import ast

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.pages.entities import named_models
from lifeops_codemods.project.pages.keys import primary_keys, unique_columns
from lifeops_codemods.project.pages.statements import Built, Clause
from lifeops_codemods.project.relationships import relationships

_JOINS = ("join", "outerjoin", "join_from", "outerjoin_from", "select_from")
_APART = frozenset(
    {"any", "has", "exists", "in_", "not_in", "notin_", "select", "query", "subquery", "scalar_subquery"}
)


def repeating(project: Project, built: Built, models: frozenset[ClassRef]) -> Clause | None:
    """The first clause that may make several rows of one of `models`; None where each comes once."""
    known = set(models)
    for clause in built.named(*_JOINS):
        joined = _joined(project, clause)
        if clause.name != "select_from" and not _is_to_one(project, clause, known, joined):
            return clause
        if clause.name == "select_from" and joined and not joined <= known:
            return clause
        known |= joined
    for clause in built.named("where", "filter"):
        if _names_others(project, clause, known):
            return clause
    return None


def _joined(project: Project, clause: Clause) -> frozenset[ClassRef]:
    """The models that a join adds."""
    found: set[ClassRef] = set()
    for node in (
        clause.call.args[:2] if clause.name.endswith("_from") and clause.name != "select_from" else clause.call.args[:1]
    ):
        way = _way(project, clause, node)
        if way is not None and way[1] is not None:
            found.add(way[1])
        found |= named_models(project, clause.inside, node)
    return frozenset(found)


def _is_to_one(project: Project, clause: Clause, known: set[ClassRef], joined: frozenset[ClassRef]) -> bool:
    for node in clause.call.args:
        way = _way(project, clause, node)
        if way is not None:
            return not way[0]
    if len(joined) != 1:
        return False
    (target,) = joined
    conditions = [
        *clause.call.args[1:],
        *(keyword.value for keyword in clause.call.keywords if keyword.arg == "onclause"),
    ]
    if conditions:
        return any(_matches_key(project, clause, condition, target) for condition in conditions)
    ways = [way for of in known for way in relationships(project, of).values() if way.target == target]
    return bool(ways) and not any(way.many for way in ways)


def _way(project: Project, clause: Clause, node: ast.expr) -> tuple[bool, ClassRef | None] | None:
    """The relationship that an argument names: whether it leads to several, and where to."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"of_type", "and_"}:
        node = node.func.value
    if not isinstance(node, ast.Attribute):
        return None
    for of in named_models(project, clause.inside, node.value):
        way = relationships(project, of).get(node.attr)
        if way is not None:
            return way.many, way.target
    return None


def _matches_key(project: Project, clause: Clause, condition: ast.expr, target: ClassRef) -> bool:
    """Whether a condition gives one row of the target at most: its key equals something of another model."""
    match condition:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            return any(_is_key(project, clause, side, target) for side in (left, right)) and not all(
                _is_of(project, clause, side, target) for side in (left, right)
            )
        case ast.Call(func=func, args=parts) if _last(func) == "and_":
            return any(_matches_key(project, clause, part, target) for part in parts)
        case ast.BinOp(op=ast.BitAnd(), left=left, right=right):
            return any(_matches_key(project, clause, part, target) for part in (left, right))
    return False


def _is_of(project: Project, clause: Clause, node: ast.expr, target: ClassRef) -> bool:
    return isinstance(node, ast.Attribute) and target in named_models(project, clause.inside, node.value)


def _is_key(project: Project, clause: Clause, node: ast.expr, target: ClassRef) -> bool:
    if not isinstance(node, ast.Attribute) or not _is_of(project, clause, node, target):
        return False
    keys = primary_keys(project, target)
    return keys == (node.attr,) or node.attr in unique_columns(project, target)


def _names_others(project: Project, clause: Clause, known: set[ClassRef]) -> bool:
    """Whether a condition names a model that is not joined, and so joins it with every row."""
    return any(_others(project, clause, node, known) for node in clause.call.args)


def _others(project: Project, clause: Clause, node: ast.AST, known: set[ClassRef]) -> bool:
    match node:
        case ast.Call(func=func) if _last(func) in _APART:
            return False
        case ast.Attribute(value=value):
            found = named_models(project, clause.inside, value)
            if found:
                return not found <= known and not any(_inherits(project, one, known) for one in found)
    return any(_others(project, clause, child, known) for child in ast.iter_child_nodes(node))


def _inherits(project: Project, one: ClassRef, known: set[ClassRef]) -> bool:
    from lifeops_codemods.project.classes import ancestors

    return any(one in ancestors(project, of) or of in ancestors(project, one) for of in known)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
