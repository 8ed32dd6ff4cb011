"""Which exceptions may leave a function, what arrives at its handlers, and the way from there to the `raise`."""

from __future__ import annotations

from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.exceptions.decorators import passing
from lifeops_codemods.project.exceptions.graph import Flow, Graph, summaries
from lifeops_codemods.project.exceptions.leaving import Items, Raised
from lifeops_codemods.project.exceptions.reached import Callee
from lifeops_codemods.project.functions import FunctionRef, owner


class Place(NamedTuple):
    """A place on the way of an exception, and what it says."""

    path: str
    start: int
    end: int
    text: str


@question
def flow(project: Project, ref: FunctionRef) -> Flow:
    """The exceptions in a function, without what its decorators make of them."""
    graph = Graph(project)
    root = Callee(ref, owner(project, ref))
    graph.settle(root)
    return graph.flow_of(root)


class Passed(NamedTuple):
    """What passes the decorators of a function. lost: what may or may not, as one of them cannot be followed."""

    items: Items
    lost: Items = ()


def passed_decorators(project: Project, ref: FunctionRef, items: Items) -> Passed:
    """What passes the decorators of a function that the project defines, of what leaves its own code."""
    graph = Graph(project)
    graph.settle(Callee(ref, owner(project, ref)))
    for wrapper in passing(project, ref):
        passed = graph.through(wrapper, items)
        found = ((item, item._replace(lost=True)) for item in items)
        items = tuple(one for pair in found for one in pair if one in passed)
    return Passed(tuple(item for item in items if not item.lost), tuple(item for item in items if item.lost))


def chain(project: Project, item: Raised) -> tuple[Place, ...]:
    """The way of an exception, from where it leaves a function's code to where it is raised."""
    known = summaries(project)
    places = []
    seen: set[Callee] = set()
    while item.through is not None and item.through not in seen:
        seen.add(item.through)
        places.append(Place(item.path, item.start, item.end, "calls what may raise it"))
        summary = known.get(item.through, {})
        inner = summary.get(item.inner) if item.inner is not None else None
        inner = inner or next((one for one in summary.values() if one.kind == item.kind), None)
        if inner is None:
            return tuple(places)
        item = inner
    places.append(Place(item.path, item.start, item.end, "is where it is raised"))
    return tuple(places)
