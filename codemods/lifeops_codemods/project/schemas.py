"""Which classes are Pydantic schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from lifeops_codemods.facts.model import Expression
from lifeops_codemods.project import Project, cyclic_question, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.functions import FunctionRef, function, functions_behind
from lifeops_codemods.project.instances import returned_expressions
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Target, Variable, bindings_of, evaluate


class SchemaKind(StrEnum):
    """How a schema comes by its data."""

    MODEL = "model"
    ROOT = "root"
    DATACLASS = "dataclass"
    TABLE = "table"


ROOTS = frozenset({"pydantic.RootModel", "pydantic.root_model.RootModel"})
_TABLES = frozenset({"sqlmodel.SQLModel", "sqlmodel.main.SQLModel"})
_DATACLASSES = frozenset({"pydantic.dataclasses.dataclass", "pydantic.v1.dataclasses.dataclass"})
SCHEMA_BASES = _TABLES | {
    "pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.generics.GenericModel", "pydantic.v1.BaseModel",
    "pydantic.create_model()", "pydantic_duality.generate_dual_base_model()", "pydantic_duality.DualBaseModel",
    "pydantic.v1.main.BaseModel", "pydantic.v1.generics.GenericModel", "pydantic.BaseSettings",
    "pydantic_settings.BaseSettings", "pydantic_settings.main.BaseSettings", "fastapi_camelcase.CamelModel",
    "fastapi_users.schemas.BaseUser", "fastapi_users.schemas.BaseUserCreate", "fastapi_users.schemas.BaseUserUpdate",
    "fastapi_users.schemas.CreateUpdateDictModel", "fastapi_users.schemas.BaseOAuthAccount",
    "fastapi_users.schemas.BaseOAuthAccountMixin", "fastapi_utils.api_model.APIModel", "fastapi_utils.APIModel",
    "fastapi_restful.api_model.APIModel", "fastapi_restful.APIModel", "fastapi_mail.ConnectionConfig",
    "fastapi_pagination.Page", "fastapi_pagination.LimitOffsetPage", "fastapi_pagination.bases.AbstractPage",
    "fastapi_pagination.bases.BasePage", "fastapi_pagination.cursor.CursorPage", "fastapi_pagination.default.Page",
    "fastapi_pagination.limit_offset.LimitOffsetPage", "fastapi_filter.contrib.sqlalchemy.Filter",
}  # fmt: skip
_BASES = SCHEMA_BASES | ROOTS
_START_WORDS = frozenset(
    word for name in _BASES for word in (name.partition(".")[0], name.rpartition(".")[2].removesuffix("()"))
)


@question
def schema_kind(project: Project, ref: ClassRef) -> SchemaKind | None:
    """How a class is a schema; None if it is none, as far as its bases can be followed."""
    outside = {item.name for item in ancestors(project, ref) if isinstance(item, External)}
    outside |= _outside_of_factories(project, ref)
    if outside & ROOTS:
        return SchemaKind.ROOT
    if outside & SCHEMA_BASES:
        return SchemaKind.TABLE if outside & _TABLES and _has_table(project, ref) else SchemaKind.MODEL
    return SchemaKind.DATACLASS if _is_dataclass(project, ref) else None


def is_schema(project: Project, ref: ClassRef) -> bool:
    """Whether a class is a Pydantic model or dataclass that is no table."""
    return schema_kind(project, ref) not in {None, SchemaKind.TABLE}


@cyclic_question(frozenset())
def _outside_of_factories(project: Project, ref: ClassRef) -> frozenset[str]:
    """What the bases inherit that functions of the project make: `Base = make(x)`, `class A(make(x))`."""
    found: set[str] = set()
    for item in (ref, *ancestors(project, ref)):
        if isinstance(item, Variable):
            calls = [Given(item.path, item.scope, row.value) for row in bindings_of(project, item) if row.value]
        elif isinstance(item, ClassRef):
            row = definition(project, item)
            calls = [Given(item.path, row.scope, expression) for expression in row.bases]
        else:
            continue
        found |= {name for call in calls if call.expression[0] == "call" for name in _outside_of_call(project, call)}
    return frozenset(found)


def _outside_of_call(project: Project, call: Given) -> Iterator[str]:
    """What the classes inherit that a function returns."""
    for target in evaluate(project, call.path, call.scope, call.expression[3], call.span[0]):
        for ref in functions_behind(project, target):
            for expression in returned_expressions(project, ref):
                for meant in _meant(project, ref, expression):
                    for made in classes_behind(project, meant):
                        above = ancestors(project, made)
                        yield from (item.name for item in above if isinstance(item, External))
                        yield from _outside_of_factories(project, made)


def _meant(project: Project, ref: FunctionRef, expression: Expression) -> frozenset[Target]:
    return evaluate(project, ref.path, function(project, ref).own, expression, expression[1])


def _has_table(project: Project, ref: ClassRef) -> bool:
    table = dict(definition(project, ref).keywords).get("table")
    return table is not None and table[0] == "constant" and table[3] is True


def _is_dataclass(project: Project, ref: ClassRef) -> bool:
    row = definition(project, ref)
    names = {
        item.name.removesuffix("()")
        for expression in row.decorators
        for item in evaluate(project, ref.path, row.scope, expression, row.start)
        if isinstance(item, External)
    }
    return bool(names & _DATACLASSES)


@question
def schemas(project: Project) -> tuple[ClassRef, ...]:
    """Every schema of the project: a fixpoint over the names by which files reach a schema that is a base."""
    found: set[ClassRef] = set()
    read: set[str] = set()
    fresh: Iterable[str] = project.mentioning(_START_WORDS)
    while fresh:
        project.facts_of(fresh)
        read.update(fresh)
        known = [ref for path in fresh for ref in _classes(project, path) if schema_kind(project, ref)]
        found.update(known)
        names = {definition(project, ref).name for ref in known} | _other_names(project, fresh, found)
        fresh = [path for path in project.mentioning(names) if path not in read] if names else []
    return tuple(sorted(ref for ref in found if is_schema(project, ref)))


def _classes(project: Project, path: str) -> list[ClassRef]:
    return [ClassRef(path, row) for row in range(len(project.facts(path).classes))]


def _other_names(project: Project, paths: Iterable[str], found: set[ClassRef]) -> set[str]:
    """The names that imports and assignments give to schemas: `from a import Base as Root`, `Root = a.Base`."""
    known = {definition(project, ref).name for ref in found} | _START_WORDS
    names = set()
    for path in paths:
        facts = project.facts(path)
        names |= {row.bound for row in facts.imports if row.name in known and row.bound not in known}
        for row in facts.bindings:
            last = row.value[-1] if row.kind == "assign" and row.value and row.value[0] in {"name", "attribute"} else ""
            if last in known and row.name not in known:
                names.add(row.name)
    return names
