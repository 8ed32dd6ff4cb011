"""Libraries that build or run queries themselves."""

from __future__ import annotations

from collections.abc import Sequence

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.queries import LIBRARY, REPOSITORY
from lifeops_codemods.project.flow.values import (
    NOTHING,
    Arguments,
    Entity,
    Execution,
    Foreign,
    Items,
    Place,
    Record,
    Statement,
    Value,
    join,
    one,
)
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.types import Instance, alternatives, annotated

_PAGINATE = ("fastapi_pagination.",)
_REPOSITORIES = ("advanced_alchemy.", "litestar.contrib.sqlalchemy.", "litestar.plugins.sqlalchemy.")
_SESSIONS = ("sqlalchemy.", "sqlmodel.")


def is_paginate(name: str) -> bool:
    """Whether a library's function runs a statement that it is handed, and gives a page of what that gives."""
    return name.startswith(_PAGINATE) and name.endswith(("paginate", "apaginate"))


def call(frame: Frame, name: str, given: Arguments, place: Place) -> Value:
    """What a call into a library gives."""
    if name.startswith(_SESSIONS) and name.endswith(("Session", "sessionmaker")):
        return one(Foreign(name, True))
    if name.startswith((*_SESSIONS, "builtins.")):
        return NOTHING
    return _changed(given, place)


def _changed(given: Arguments, place: Place) -> Value:
    """A function that is handed a statement may give back a changed one; what it does to it is not known."""
    handed = (*given.positional, *(value for _, value in given.keywords))
    return frozenset(
        atom._replace(site=place, kind=LIBRARY)
        for value in handed
        for atom in value
        if isinstance(atom, Statement) and isinstance(atom.site, Place)
    )


def repository(project: Project, ref: ClassRef) -> Value:
    """A library's repository as the query that each of its methods is; nothing where a class is none."""
    family = ancestors(project, ref)
    if not any(isinstance(base, External) and base.name.startswith(_REPOSITORIES) for base in family):
        return NOTHING
    meant = parameter_types(project, ref)
    models = [of for of in meant if model_of(project, of) is not None]
    return one(Statement(Place(ref.path, 0, 0), REPOSITORY, (models[0],))) if len(models) == 1 else NOTHING


@question
def parameter_types(project: Project, ref: ClassRef) -> tuple[ClassRef, ...]:
    """The classes of the project among the type arguments of a class's bases."""
    row = definition(project, ref)
    found: dict[ClassRef, None] = {}
    for expression in row.bases:
        said = annotated(project, ref.path, row.scope, expression, row.start)
        for one_type in alternatives(said):
            inner = one_type.arguments if isinstance(one_type, Instance) else ()
            found |= dict.fromkeys(
                item.of for item in inner if isinstance(item, Instance) and isinstance(item.of, ClassRef)
            )
    return tuple(found)


def page(frame: Frame, given: Arguments, places: Sequence[Place], *, is_async: bool) -> Value:
    """`paginate(session, select(Quest))` runs the statement and gives a page of its entities.

    places: where the arguments stand.
    """
    found = []
    values = (*given.positional, *(value for _, value in given.keywords))
    for value, place in zip(values, places, strict=False):
        for atom in value:
            if isinstance(atom, Statement):
                execution = Execution(place, is_async)
                frame.ran(atom, execution)
                found.append(one(Entity(atom, execution, 0, (), True)))
    return one(Record((("items", one(Items(join(found)))),))) if found else NOTHING
