"""Primary keys of models, and columns that are unique."""

from __future__ import annotations

from collections.abc import Iterator

from lifeops_codemods.facts.expressions import parts
from lifeops_codemods.facts.model import Binding, Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.annotations import metadata
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.modules import External

_KNOWN_BASES = {
    "SQLAlchemyBaseUserTableUUID": "id",
    "SQLAlchemyBaseUserTable": "id",
    "SQLAlchemyBaseAccessTokenTableUUID": "token",
    "SQLAlchemyBaseAccessTokenTable": "token",
    "UUIDBase": "id",
    "UUIDAuditBase": "id",
    "BigIntBase": "id",
    "BigIntAuditBase": "id",
    "UUIDPrimaryKey": "id",
    "BigIntPrimaryKey": "id",
}
"""Bases of libraries that bring a primary key."""


@question
def primary_keys(project: Project, model: ClassRef) -> tuple[str, ...]:
    """The attributes that are together the primary key of a model, in the order of the text; empty if not known."""
    found: dict[str, None] = {}
    for item in (model, *ancestors(project, model)):
        if isinstance(item, ClassRef):
            own = definition(project, item).own
            rows = project.facts(item.path).members_of.get(own, ())
            found |= dict.fromkeys(row.name for row in rows if _has(project, item, row, "primary_key"))
            found |= dict.fromkeys(_declared_attrs(project, item))
        elif isinstance(item, External) and (known := _KNOWN_BASES.get(item.name.rpartition(".")[2])):
            found[known] = None
    apart = _declared_apart(project, model)
    return tuple(found) if apart is None else apart


@question
def unique_columns(project: Project, model: ClassRef) -> frozenset[str]:
    """The attributes that differ from row to row: unique ones that cannot be empty."""
    return frozenset(
        row.name
        for item in (model, *ancestors(project, model))
        if isinstance(item, ClassRef)
        for row in project.facts(item.path).members_of.get(definition(project, item).own, ())
        if _has(project, item, row, "unique") and _is_filled(row)
    )


def _declared_attrs(project: Project, item: ClassRef) -> Iterator[str]:
    """The key that a mixin makes in a method: `@declared_attr def id(cls): return Column(…, primary_key=True)`."""
    from lifeops_codemods.project.functions import FunctionRef, decorated_with, function
    from lifeops_codemods.project.instances import returned_expressions

    own = definition(project, item).own
    for row in project.facts(item.path).members_of.get(own, ()):
        if row.kind == "def":
            ref = FunctionRef(item.path, row.row)
            if decorated_with(project, ref, "declared_attr", "directive"):
                values = returned_expressions(project, ref)
                if any(_says(value, "primary_key") for value in values):
                    yield function(project, ref).name


def _declared_apart(project: Project, model: ClassRef) -> tuple[str, ...] | None:
    """The key of a `PrimaryKeyConstraint`, empty where it is not understood; None where the columns say it."""
    for item in (model, *ancestors(project, model)):
        if not isinstance(item, ClassRef):
            continue
        rows = project.facts(item.path).members_of.get(definition(project, item).own, ())
        for row in rows:
            if row.name in {"__table_args__", "__mapper_args__"} and row.value is not None:
                text = project.text(item.path)[row.value[1] : row.value[2]]
                if "PrimaryKeyConstraint" in text:
                    return _constrained(project, item, row, {other.name for other in rows})
                if "primary_key" in text:
                    return ()
    return None


def _constrained(project: Project, item: ClassRef, row: Binding, columns: set[str]) -> tuple[str, ...]:
    """`PrimaryKeyConstraint("id", "user_id")`, where attributes are called as their columns are."""
    assert row.value is not None
    for call in project.facts(item.path).calls:
        if row.value[1] <= call.start and call.end <= row.value[2] and call.function[-1:] == ("PrimaryKeyConstraint",):
            names = [value[3] for key, value in call.arguments if isinstance(key, int) and value[0] == "string"]
            positional = [key for key, _ in call.arguments if isinstance(key, int)]
            return tuple(names) if len(names) == len(positional) and set(names) <= columns else ()
    return ()


def _has(project: Project, item: ClassRef, row: Binding, flag: str) -> bool:
    if row.value is not None and _says(row.value, flag):
        return True
    if row.annotation is None:
        return False
    inner = row.annotation
    if inner[0] == "subscript" and parts(inner[3])[-1:] == ("Mapped",):
        inner = inner[4]
    scope = definition(project, item).own
    marks = metadata(project, Given(item.path, scope, inner))
    return any(_says(mark.expression, flag) for mark in marks)


def _says(value: Expression, flag: str) -> bool:
    """Whether a column is made with `flag=True`."""
    if value[0] != "call":
        return False
    said = dict(value[5]).get(flag)
    if said is not None and said[0] == "constant" and said[3] is True:
        return True
    return any(_says(item, flag) for item in (*value[4], *(inner for key, inner in value[5] if key == "sa_column")))


def _is_filled(row: Binding) -> bool:
    """Whether a column cannot be empty, as far as it says so; without an annotation it may be."""
    if row.value is not None and row.value[0] == "call":
        said = dict(row.value[5]).get("nullable")
        if said is not None:
            return bool(said[0] == "constant" and said[3] is False)
    text = repr(row.annotation)
    return row.annotation is not None and "None" not in text and "Optional" not in text
