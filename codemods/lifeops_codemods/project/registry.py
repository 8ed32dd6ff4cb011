"""How SQLAlchemy finds a model by a string: the class registry of the declarative base."""

from __future__ import annotations

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import Ancestor, ClassRef, ancestors, own_bindings
from lifeops_codemods.project.models import Model, declarative_roots, models
from lifeops_codemods.project.modules import top_package

RELATIONSHIP_MAKERS = frozenset(
    f"{module}.{name}"
    for module in ("sqlalchemy.orm", "sqlmodel", "sqlmodel.main", "sqlalchemy.orm.relationships")
    for name in ("relationship", "relation", "dynamic_loader", "backref", "Relationship")
) | {"flask_sqlalchemy.SQLAlchemy().relationship", "flask_sqlalchemy.SQLAlchemy().backref"}

EVALUATED_KEYS = frozenset(
    {"argument", "secondary", "primaryjoin", "secondaryjoin", "order_by", "foreign_keys", "remote_side"}
)
"""Arguments of `relationship` and `backref` whose strings SQLAlchemy evaluates among the names of the registry."""


@question
def models_by_name(project: Project) -> dict[str, tuple[Model, ...]]:
    found: dict[str, list[Model]] = {}
    for model in models(project):
        found.setdefault(model.name, []).append(model)
    return {name: tuple(rows) for name, rows in found.items()}


def registered(project: Project, name: str, path: str, owner: ClassRef | None) -> tuple[Model, ...]:
    """The models that the string `name`, written in the class `owner` of `path`, may find; one if it is certain.

    A mixin, or a place outside any class, has no registry of its own: there the models of the same top-level package
    come first.
    """
    candidates = models_by_name(project).get(name, ())
    roots = declarative_roots(project, owner) if owner else frozenset[Ancestor]()
    if roots:
        return tuple(model for model in candidates if model.roots & roots)
    if len(candidates) > 1:
        package = top_package(project, path)
        near = tuple(model for model in candidates if top_package(project, model.ref.path) == package)
        return near or candidates
    return candidates


def in_declarative_class(project: Project, owner: ClassRef | None) -> bool:
    """Whether annotations in the body of `owner` are read by SQLAlchemy: a model, an abstract base, or their mixin."""
    if owner is None:
        return False
    return bool(declarative_roots(project, owner)) or owner in _mixins(project)


@question
def _mixins(project: Project) -> frozenset[ClassRef]:
    return frozenset(
        item for model in models(project) for item in ancestors(project, model.ref) if isinstance(item, ClassRef)
    )


@question
def _table_names(project: Project) -> frozenset[str]:
    """Names of tables that are written as such: in `__tablename__`, and as the first argument of `Table`."""
    declared = {
        row.value[3]
        for model in models(project)
        for row in own_bindings(project, model.ref, "__tablename__")
        if row.value is not None and row.value[0] == "string"
    }
    made = {
        value[3]
        for path in project.mentioning(["Table"])
        for call in project.facts(path).calls
        if call.function[-1:] == ("Table",)
        for key, value in call.arguments
        if key == 0 and value[0] == "string"
    }
    return frozenset(declared | made)


def is_table(project: Project, name: str) -> bool:
    """Whether a table has this name; for `secondary` SQLAlchemy looks among the tables before the classes."""
    return name in _table_names(project)
