"""Which statements the functions run that have been run, and together with which others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_codemods.project.classes import ClassRef, definition, subclasses
from lifeops_codemods.project.flow.values import (
    Place,
)
from lifeops_codemods.project.functions import (
    FunctionRef,
    function,
    methods,
    owner,
)

if TYPE_CHECKING:
    from lifeops_codemods.project.flow.engine import Engine


def reading_names(engine: Engine) -> frozenset[str]:
    """The names of the functions that read something of what they are given; a constructor has its class's."""
    found: set[str] = set()
    for (ref, _), summary in engine.done.items():
        if summary.reads or summary.pending:
            name, holder = function(engine.project, ref).name, owner(engine.project, ref)
            found.add(definition(engine.project, holder).name if name == "__init__" and holder else name)
    return frozenset(found)


def holds(engine: Engine, ref: FunctionRef, site: Place) -> bool:
    """Whether the text of a function of the same file holds a place."""
    start, end = function(engine.project, ref).definition
    return start <= site.start and site.end <= end


def run_all_that_hold(engine: Engine, place: Place) -> None:
    """Run the method whose text holds a place for every class that inherits it."""
    for ref in dict.fromkeys(ref for ref, _ in engine.index.done_in(place.path) if holds(engine, ref, place)):
        _run_inherited(engine, ref)


def _run_inherited(engine: Engine, ref: FunctionRef) -> None:
    holder = owner(engine.project, ref)
    if holder is not None:
        for inner in subclasses(engine.project, holder):
            if ref in methods(engine.project, inner, function(engine.project, ref).name):
                engine.summary(ref, inner)


def receivers_running(engine: Engine, site: Place, model: ClassRef) -> set[ClassRef]:
    """The classes on whose instances a method runs the statement made at `site` for a model."""
    found = set()
    for ref, receiver in engine.index.done_in(site.path):
        if receiver is None or not holds(engine, ref, site):
            continue
        runs = engine.done[ref, receiver].runs
        if any(run.statement.site == site and model in run.statement.entities for run in runs):
            found.add(receiver)
    return found
