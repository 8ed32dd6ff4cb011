"""Where loaders of a query belong: where it is made, or where it is run."""

from __future__ import annotations

from itertools import chain

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow import running
from lifeops_codemods.project.flow.engine import engine
from lifeops_codemods.project.flow.values import Entity, Place, Symbol
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.query_sites import is_run_at


def is_loaded_where_run(project: Project, what: Entity) -> bool:
    """Whether a query is made for others who want something else of it, and run in plain sight for this reader alone.

    A function hands it out to several, or has it made for several models: `Model.filter(session, …)` of a common base.
    """
    place, site = what.execution.place, what.statement.site
    if not isinstance(site, Place) or place == site or not is_run_at(project, place):
        return False
    is_shared = len(models_queried(project, site, what.position)) > 1 or is_run_in_several_places(project, site)
    return is_shared and _entities_run_at(project, place) == {what.statement.entities}


@question
def is_run_in_several_places(project: Project, site: Place) -> bool:
    """Whether the function that makes a query gives it to its callers, and several of them run it."""
    index = engine(project).index
    return bool(index.returned(site)) and len({run.execution.place for run in index.made_at(site)}) > 1


@question
def _entities_run_at(project: Project, place: Place) -> frozenset[tuple[ClassRef | Symbol | None, ...]]:
    """What the statements select that are run at a place; nothing where callers have a say in that."""
    known = engine(project)
    running.run_all_that_hold(known, place)
    statements = list(known.index.run_at(place))
    if any(isinstance(item, Symbol) for statement in statements for item in (statement.site, *statement.entities)):
        return frozenset()
    return frozenset(statement.entities for statement in statements)


@question
def models_queried(project: Project, site: Place | Symbol, position: int) -> frozenset[ClassRef]:
    """The models that a query is made for, on instances of any class that has the method it stands in."""
    known = engine(project)
    if isinstance(site, Place):
        running.run_all_that_hold(known, site)
    made = chain((run.statement for run in known.index.made_at(site)), known.index.returned(site))
    return frozenset(
        entity
        for statement in made
        for entity in statement.entities[position : position + 1]
        if isinstance(entity, ClassRef) and model_of(project, entity) is not None
    )
