"""How SQLAlchemy finds a model by a string: the class registry of the declarative base."""

from __future__ import annotations

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import Ancestor, ClassRef, ancestors, own_bindings
from lifeops_codemods.project.declarative_names import MODEL_BASES
from lifeops_codemods.project.models import Model, declarative_roots, models
from lifeops_codemods.project.modules import External

RELATIONSHIP_MAKERS = frozenset(
    f"{module}.{name}"
    for module in ("sqlalchemy.orm", "sqlmodel", "sqlmodel.main", "sqlalchemy.orm.relationships")
    for name in (
        "relationship",
        "relation",
        "dynamic_loader",
        "backref",
        "Relationship",
        "RelationshipProperty",
    )
) | {"flask_sqlalchemy.SQLAlchemy().relationship", "flask_sqlalchemy.SQLAlchemy().backref"}

EVALUATED_KEYS = frozenset(
    {"argument", "secondary", "primaryjoin", "secondaryjoin", "order_by", "foreign_keys", "remote_side"}
)
"""Arguments of `relationship` and `backref` whose strings SQLAlchemy evaluates among the names of the registry."""


@question
def models_by_name(project: Project) -> dict[str, tuple[Model, ...]]:
    """The models of the project by the name of their class."""
    found: dict[str, list[Model]] = {}
    for model in models(project):
        found.setdefault(model.name, []).append(model)
    return {name: tuple(rows) for name, rows in found.items()}


def registered(project: Project, name: str, path: str, owner: ClassRef | None) -> tuple[Model, ...]:
    """The models that the string `name`, written in the class `owner` of `path`, may find; one if it is certain.

    A model looks among those of its own base; a mixin has the bases of the models below it. Bases from outside of which
    nothing is known may be one. Where several remain, those of the nearest folder count.
    """
    candidates = models_by_name(project).get(name, ())
    roots = _registries(project, owner) if owner else frozenset()
    fitting = tuple(model for model in candidates if _may_share(model.roots, roots)) if roots else candidates
    if not fitting and not any(map(_is_unknown, roots)):
        return ()
    return _nearest(path, fitting or candidates)


def _registries(project: Project, owner: ClassRef) -> frozenset[Ancestor]:
    own = declarative_roots(project, owner)
    if own:
        return own
    return frozenset(
        root for model in models(project) if owner in ancestors(project, model.ref) for root in model.roots
    )


def _may_share(some: frozenset[Ancestor], others: frozenset[Ancestor]) -> bool:
    return bool(some & others) or (any(map(_is_unknown, some)) and any(map(_is_unknown, others)))


def _is_unknown(root: Ancestor) -> bool:
    """Whether a root is something from outside that is not known to be a registry of its own."""
    return root is None or (isinstance(root, External) and root.name not in MODEL_BASES)


def _nearest(path: str, candidates: tuple[Model, ...]) -> tuple[Model, ...]:
    """The candidates that share the longest path of folders with the place that names them."""
    if len(candidates) < 2:
        return candidates

    def shared(model: Model) -> int:
        pairs = zip(path.split("/")[:-1], model.ref.path.split("/")[:-1], strict=False)
        return next((depth for depth, (one, other) in enumerate(pairs) if one != other), 99)

    def common(model: Model) -> int:
        here, there = path.split("/")[:-1], model.ref.path.split("/")[:-1]
        depth = shared(model)
        return min(depth, len(here), len(there))

    most = max(map(common, candidates))
    return tuple(model for model in candidates if common(model) == most)


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
