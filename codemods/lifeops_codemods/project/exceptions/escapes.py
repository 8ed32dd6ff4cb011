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


def passed_decorators(project: Project, ref: FunctionRef, items: Items) -> Items:
    """What passes the decorators of a function that the project defines, of what leaves its own code."""
    graph = Graph(project)
    graph.settle(Callee(ref, owner(project, ref)))
    for wrapper in passing(project, ref):
        if wrapper.ref is not None and wrapper.opaque:
            return ()
        if wrapper.ref is not None:
            passed = graph.through(wrapper, items)
            items = tuple(item for item in items if item in passed)
    return items


def chain(project: Project, item: Raised) -> tuple[Place, ...]:
    """The way of an exception, from where it leaves a function's code to where it is raised."""
    known = summaries(project)
    places = []
    seen: set[Callee] = set()
    while item.through is not None and item.through not in seen:
        seen.add(item.through)
        places.append(Place(item.path, item.start, item.end, "calls what may raise it"))
        summary = known.get(item.through, {})
        inner = summary.get((item.kind, False)) or summary.get((item.kind, True))
        if inner is None:
            return tuple(places)
        item = inner
    places.append(Place(item.path, item.start, item.end, "is where it is raised"))
    return tuple(places)
