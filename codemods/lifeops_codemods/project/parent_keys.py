"""Which columns refer to the object that a many-to-one relationship leads to, and which column is a model's key."""

from __future__ import annotations

import ast

from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.foreign_keys import referred_tables, table_name
from lifeops_codemods.project.relationships import Relationship
from lifeops_codemods.project.trees import call_tree, dotted_parts


@question
def primary_key(project: Project, model: ClassRef) -> str:
    """The attribute that alone is the primary key of a model; `""` where that is not sure."""
    found = {row.name for item in _family(project, model) for row in _members(project, item) if _is_key(row.value)}
    return found.pop() if len(found) == 1 else ""


@question
def foreign_columns(project: Project, model: ClassRef) -> dict[str, str]:
    """The attributes of a model that refer to one table by `ForeignKey`, with that table."""
    found: dict[str, str] = {}
    for item in _family(project, model):
        for row in _members(project, item):
            tables = set() if row.value is None else referred_tables(project, item, row.value)
            if len(tables) == 1:
                found.setdefault(row.name, tables.pop())
    return found


@question
def key_columns(project: Project, model: ClassRef, way: Relationship) -> frozenset[str]:
    """The attributes of a model, one of which holds the key of what a many-to-one relationship leads to."""
    call = call_tree(project, way.path, way.span)
    if call is None or way.target is None or any(keyword.arg in {"primaryjoin", None} for keyword in call.keywords):
        return frozenset()
    table = table_name(project, way.target)
    columns = {name for name, referred in foreign_columns(project, model).items() if referred == table}
    for keyword in call.keywords:
        if keyword.arg == "foreign_keys":
            columns &= _named(keyword.value)
    return frozenset(columns) if len(columns) == 1 else frozenset()


def _named(node: ast.expr) -> set[str]:
    """The attributes that `foreign_keys=[hero_id]`, `"Quest.hero_id"` or `lambda: [Quest.hero_id]` names."""
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return {name for item in items for name in _named(item)}
        case ast.Lambda(body=body):
            return _named(body)
        case ast.Constant(value=str() as text):
            return {part.strip("[]() ").rpartition(".")[2] for part in text.split(",")}
    return set(dotted_parts(node)[-1:])


def _family(project: Project, model: ClassRef) -> tuple[ClassRef, ...]:
    return (model, *(item for item in ancestors(project, model) if isinstance(item, ClassRef)))


def _members(project: Project, item: ClassRef) -> tuple:  # type: ignore[type-arg]
    return tuple(project.facts(item.path).members_of.get(definition(project, item).own, ()))


def _is_key(value: Expression | None) -> bool:
    """Whether a column is made with `primary_key=True`."""
    if value is None or value[0] != "call":
        return False
    said = dict(value[5]).get("primary_key")
    return said is not None and said[0] == "constant" and said[3] is True
