"""Tables of models and the tables that their foreign keys point to, as far as the text says."""

from __future__ import annotations

from collections.abc import Iterator

from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition, own_bindings
from lifeops_codemods.project.names import evaluate
from lifeops_codemods.project.table_names import Derived
from lifeops_codemods.project.table_names import table_name as derived_name


@question
def table_name(project: Project, model: ClassRef) -> str:
    """The name of a model's table, written as a string or derived from the class's; else a name that no table has."""
    for item in (model, *(item for item in ancestors(project, model) if isinstance(item, ClassRef))):
        for row in own_bindings(project, item, "__tablename__"):
            if row.value is not None and row.value[0] == "string":
                return str(row.value[3])
    name = definition(project, model).name
    origin = derived_name(project, model, name, f"{name}Other")
    return (origin.table if isinstance(origin, Derived) else None) or f"{model.path}:{name}"


@question
def foreign_tables(project: Project, model: ClassRef) -> frozenset[str]:
    """The tables that the columns of a model, its mixins and its bases refer to by `ForeignKey`."""
    found: set[str] = set()
    for item in (model, *(item for item in ancestors(project, model) if isinstance(item, ClassRef))):
        own = definition(project, item).own
        for row in project.facts(item.path).members_of.get(own, ()):
            if row.value is not None:
                found |= set(_tables(project, item, row.value))
            if row.annotation is not None:
                found |= set(_tables(project, item, row.annotation))
    return frozenset(found)


def referred_tables(project: Project, holder: ClassRef, value: Expression) -> set[str]:
    """The tables that a column refers to."""
    return set(_tables(project, holder, value))


def _tables(project: Project, holder: ClassRef, expression: Expression) -> Iterator[str]:
    """The tables that `ForeignKey(…)`, `ForeignKeyConstraint(…)` and `Field(foreign_key=…)` within it name."""
    match expression:
        case ("call", _, _, function, arguments, keywords):
            last = function[4] if function[0] == "attribute" else function[3] if function[0] == "name" else ""
            if last == "ForeignKey" and arguments:
                yield from _table_of(project, holder, arguments[0])
            elif last == "ForeignKeyConstraint" and len(arguments) > 1:
                yield from _table_of(project, holder, arguments[1])
            yield from (
                table for key, value in keywords if key == "foreign_key" for table in _table_of(project, holder, value)
            )
            for value in (*arguments, *(value for _, value in keywords)):
                yield from _tables(project, holder, value)
        case ("tuple" | "list", _, _, items):
            for item in items:
                yield from _tables(project, holder, item)
        case ("subscript", _, _, _, index):
            yield from _tables(project, holder, index)


def _table_of(project: Project, holder: ClassRef, column: Expression) -> Iterator[str]:
    """`"users.id"` and `"public.users.id"` name the table users, `User.id` that of the model."""
    match column:
        case ("string", _, _, text):
            parts = str(text).split(".")
            yield parts[-2] if len(parts) > 1 else parts[0]
        case ("attribute", _, _, value, _):
            own = definition(project, holder)
            for target in evaluate(project, holder.path, own.own, value, column[1]):
                for ref in classes_behind(project, target):
                    yield table_name(project, ref)
        case ("list" | "tuple", _, _, items):
            for item in items[:1]:
                yield from _table_of(project, holder, item)
