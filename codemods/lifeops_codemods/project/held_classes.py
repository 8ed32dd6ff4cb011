"""Classes that are kept in an attribute, as a generic repository keeps its model, and what reads their names there."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from lifeops_codemods.facts.model import CLASS, Call, FileFacts
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition, own_bindings, subclasses
from lifeops_codemods.project.names import resolve
from lifeops_codemods.project.naming import NameRead, name_reads
from lifeops_codemods.project.trees import span_of

_THROUGH_SELF = re.compile(r"\b(?:self|cls)\s*\.\s*(\w+)\s*\.\s*__(?:qual)?name__")


class Place(NamedTuple):
    """A stretch of a file."""

    path: str
    start: int
    end: int


class HeldRead(NamedTuple):
    """A read of `self.model.__name__`, and every place that may say which class `model` is."""

    path: str
    read: NameRead
    places: tuple[Place, ...]


@question
def reads_of_held_classes(project: Project) -> tuple[HeldRead, ...]:
    """Every read of the name of a class that an instance or class keeps in an attribute."""
    found = []
    for path in project.mentioning(["__name__", "__qualname__"]):
        text = project.text(path)
        taken = ".__name__" in text or ".__qualname__" in text
        if not taken or not _THROUGH_SELF.search(text) or not project.parses(path):
            continue
        for read in name_reads(project.tree(path)):
            match read.owner:
                case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=attribute):
                    owner = _class_around(project, path, span_of(project, path, read.node)[0])
                    if owner is not None:
                        found.append(HeldRead(path, read, _holders(project, owner, attribute)))
    return tuple(found)


def _class_around(project: Project, path: str, offset: int) -> ClassRef | None:
    facts: FileFacts = project.facts(path)
    around = [
        (scope.start, index)
        for index, scope in enumerate(facts.scopes)
        if scope.kind == CLASS and scope.start <= offset < scope.end
    ]
    if not around:
        return None
    own = max(around)[1]
    return next((ClassRef(path, row) for row, item in enumerate(facts.classes) if item.own == own), None)


@question
def _holders(project: Project, owner: ClassRef, attribute: str) -> tuple[Place, ...]:
    """Where the attribute gets its class: class attributes, type arguments, and arguments of constructors."""
    family = {owner, *(item for item in ancestors(project, owner) if isinstance(item, ClassRef))}
    family |= set(subclasses(project, owner))
    places: list[Place] = []
    for ref in sorted(family):
        for row in own_bindings(project, ref, attribute):
            places += [
                Place(ref.path, value[1], value[2]) for value in (row.value, row.annotation) if value is not None
            ]
        places += [Place(ref.path, *base[1:3]) for base in definition(project, ref).bases if base[0] == "subscript"]
        places += _constructions(project, definition(project, ref).name).get(ref, ())
    return tuple(places)


@question
def _constructions(project: Project, name: str) -> dict[ClassRef, tuple[Place, ...]]:
    """Calls of each class that is called so, and of the constructor above it."""
    found: dict[ClassRef, tuple[Place, ...]] = {}
    for path in project.mentioning([name]):
        for call in project.facts(path).calls:
            for ref in _constructed(project, path, call, name):
                found[ref] = (*found.get(ref, ()), Place(path, call.start, call.end))
    return found


def _constructed(project: Project, path: str, call: Call, name: str) -> set[ClassRef]:
    if call.function[:2] == ("super()", "__init__"):
        around = _class_around(project, path, call.start)
        return set() if around is None else {around}
    if call.function[-1:] != (name,):
        return set()
    target = resolve(project, path, call.scope, call.function, call.start)
    return set() if target is None else set(classes_behind(project, target))
