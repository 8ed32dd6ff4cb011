"""What stands in the way of giving a class another name, besides the places that name it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, definition
from lifeops_codemods.project.models import Model, models
from lifeops_codemods.project.modules import Module
from lifeops_codemods.project.name_readers import (
    Reader,
    readers_in_hierarchy,
    readers_of,
    readers_of_all,
    readers_of_arguments,
    readers_of_held,
    readers_of_values,
)
from lifeops_codemods.project.names import Variable, bindings_of, denoted, imported_module, starred
from lifeops_codemods.project.references import Obstacle, Usage
from lifeops_codemods.project.table_names import Derived, Underivable, table_name


@dataclass(frozen=True, slots=True, eq=False)
class Renaming:
    """A model that is to be called `new`, and what was found about its name."""

    model: Model
    new: str
    usage: Usage

    @property
    def span(self) -> Span:
        return Span(self.model.start, self.model.start + len(self.model.name))

    @property
    def files(self) -> set[str]:
        """The files in which the name stands."""
        return {path for path, _ in self.usage.references}


@dataclass(frozen=True, slots=True)
class Pin:
    """A `__tablename__` to write: into the body of a class, or in place of the expression that computes it."""

    ref: ClassRef
    table: str | None
    source: Derived


@dataclass(frozen=True, slots=True)
class Group:
    """Renamings that hang together by the table names that classes inherit, with the pins that they need."""

    unit: str
    renamings: tuple[Renaming, ...]
    pins: tuple[Pin, ...]
    problems: tuple[Obstacle, ...]


def unit_of(renaming: Renaming) -> str:
    """The unit of a renaming that stands alone."""
    return f"{renaming.model.ref.path}:{renaming.model.name}"


# -- the new name is taken


def clashes(project: Project, renamings: Sequence[Renaming]) -> dict[Renaming, list[Obstacle]]:
    """For each renaming the places where its new name already means something."""
    found: dict[Renaming, list[Obstacle]] = {}
    for renaming in renamings:
        in_files = [*_taken_in_files(project, renaming), *_taken_by_star(project, renaming)]
        found[renaming] = [*in_files, *_taken_in_registry(project, renaming)]
    for first, second in _at_odds(renamings):
        reason = f"a place that means either would have to be called {first.new} and {second.new} at once"
        place = next(iter(sorted(first.usage.references.keys() & second.usage.references.keys())))
        for renaming in (first, second):
            fix = "give both the same name with `names` in the configuration"
            found[renaming].append(Obstacle(place[0], place[1], place[1] + len(renaming.model.name), reason, fix))
    for first, second in _pairs(renamings):
        if first.model.name == second.model.name:  # whatever tells them apart today does so afterwards
            continue
        if first.files & second.files or first.model.roots & second.model.roots:
            found[first].append(_rival(first, second))
            found[second].append(_rival(second, first))
    return found


def _pairs(renamings: Sequence[Renaming]) -> Iterable[tuple[Renaming, Renaming]]:
    by_new: dict[str, list[Renaming]] = {}
    for renaming in renamings:
        by_new.setdefault(renaming.new, []).append(renaming)
    for rivals in by_new.values():
        yield from ((one, other) for index, one in enumerate(rivals) for other in rivals[index + 1 :])


def _at_odds(renamings: Sequence[Renaming]) -> Iterable[tuple[Renaming, Renaming]]:
    """Models that a place names together, and that would get different names."""
    by_name: dict[str, list[Renaming]] = {}
    for renaming in renamings:
        by_name.setdefault(renaming.model.name, []).append(renaming)
    for rivals in by_name.values():
        for index, one in enumerate(rivals):
            for other in rivals[index + 1 :]:
                if one.new != other.new and one.usage.references.keys() & other.usage.references.keys():
                    yield one, other


def _rival(renaming: Renaming, other: Renaming) -> Obstacle:
    return Obstacle(
        other.model.ref.path,
        *other.span,
        f"{renaming.model.name} and {other.model.name} would both be called {renaming.new}",
        "choose another name for one of them with `names` in the configuration",
    )


def _taken_by_star(project: Project, renaming: Renaming) -> Iterable[Obstacle]:
    """What star imports bring under the new name into a file that names the model."""
    for path in sorted(renaming.files):
        found = starred(project, path, renaming.new)
        if found is not None and renaming.model.variable not in denoted(project, found):
            start = max(bindings_of(project, found)[0].start, 0)
            reason = f"{path}, which sees {renaming.model.name}, gets another {renaming.new} by a star import from here"
            yield Obstacle(found.path, start, start + len(renaming.new), reason, "import what is needed by name")


def _taken_in_files(project: Project, renaming: Renaming) -> list[Obstacle]:
    new = renaming.new
    places = renaming.files | _star_importers(project, renaming)
    return [
        Obstacle(
            path,
            *span,
            f"the new name {new} is taken in {path}, which sees {renaming.model.name}",
            "rename what has it, or choose another name with `names` in the configuration",
        )
        for path in sorted(places)
        if project.mentions(path, new) and (span := _meaning(project, path, renaming)) is not None
    ]


def _star_importers(project: Project, renaming: Renaming) -> set[str]:
    """Files that get the new name from a star import, though they do not name the model."""
    carriers = renaming.files
    return {
        path
        for path in project.mentioning([renaming.new])
        for row in project.facts(path).stars
        if isinstance(module := imported_module(project, path, row), Module) and module.path in carriers
    }


def _meaning(project: Project, path: str, renaming: Renaming) -> Span | None:
    """Where the new name is bound or used in a file, other than as an alias of the model itself."""
    facts = project.facts(path)
    new = renaming.new
    own_alias = False
    for row in facts.bindings:
        if row.name == new:
            if row.kind in {"import", "assign"} and _is_alias_of(project, Variable(path, row.scope, new), renaming):
                own_alias = True
                continue
            start = row.start if row.start >= 0 else row.statement[0]
            return Span(start, start + len(new))
    for name in facts.names:
        if name.name == new and not own_alias:
            return Span(name.start, name.start + len(new))
    for statement in facts.imports:
        if statement.name == new and not own_alias:
            return Span(statement.start, statement.start + len(new))
    return None


def _is_alias_of(project: Project, target: Variable, renaming: Renaming) -> bool:
    return denoted(project, target) == {renaming.model.variable}


def _taken_in_registry(project: Project, renaming: Renaming) -> list[Obstacle]:
    return [
        Obstacle(
            other.ref.path,
            other.start,
            other.start + len(other.name),
            f"another model of the same base is called {renaming.new}",
            "choose another name with `names` in the configuration",
        )
        for other in models(project)
        if other.name == renaming.new and other.roots & renaming.model.roots
    ]


# -- the class's name is read


def readers(project: Project, renaming: Renaming) -> list[Reader]:
    """The places that read the name of the model's class."""
    by_path: dict[str, set[int]] = {}
    for path, start in renaming.usage.references:
        by_path.setdefault(path, set()).add(start)
    places = {path: frozenset(starts) for path, starts in sorted(by_path.items())}
    return [
        *readers_in_hierarchy(project, renaming.model.ref),
        *(reader for path, starts in places.items() for reader in readers_of(project, path, starts)),
        *(reader for path, starts in places.items() for reader in readers_of_values(project, path, starts)),
        *readers_of_arguments(project, places),
        *readers_of_held(project, places),
        *readers_of_all(project),
    ]


# -- the table's name follows the class's name


def pins(project: Project, renamings: Sequence[Renaming]) -> list[Group]:
    """The renamings in groups that are made all or none, each with the table names that it must write out."""
    by_ref = {renaming.model.ref: renaming for renaming in renamings}
    links = _sharing_places(renamings)
    needed: dict[ClassRef, dict[ClassRef, Pin]] = {}
    problems: dict[ClassRef, list[Obstacle]] = {}
    for ref, renaming in by_ref.items():
        origin = table_name(project, ref, renaming.model.name, renaming.new)
        if isinstance(origin, Underivable):
            problems.setdefault(ref, []).append(_underivable(origin))
        elif isinstance(origin, Derived):
            needed.setdefault(ref, {})[ref] = Pin(ref, origin.table, origin)
            for child in _submodels(project, ref):
                _pin_child(project, ref, child, needed[ref], problems)
                if child in by_ref:
                    links[ref].add(child)
                    links[child].add(ref)
    return [_group(members, by_ref, needed, problems) for members in _components(links)]


def _sharing_places(renamings: Sequence[Renaming]) -> dict[ClassRef, set[ClassRef]]:
    """The models that some place names together, such as one in each branch of an `if`: for each, itself and those."""
    links = {renaming.model.ref: {renaming.model.ref} for renaming in renamings}
    owners: dict[tuple[str, int], set[ClassRef]] = {}
    for renaming in renamings:
        for place in renaming.usage.references:
            owners.setdefault(place, set()).add(renaming.model.ref)
    for sharing in owners.values():
        for ref in sharing if len(sharing) > 1 else ():
            links[ref] |= sharing
    return links


def _underivable(origin: Underivable) -> Obstacle:
    return Obstacle(origin.path, *origin.span, origin.reason, "write `__tablename__` in the model, then run again")


def _pin_child(
    project: Project,
    parent: ClassRef,
    child: ClassRef,
    needed: dict[ClassRef, Pin],
    problems: dict[ClassRef, list[Obstacle]],
) -> None:
    """A model below a pinned one would inherit the written name instead of computing its own."""
    name = definition(project, child).name
    origin = table_name(project, child, name, f"{name}X")
    if isinstance(origin, Underivable):
        problems.setdefault(parent, []).append(_underivable(origin))
    elif isinstance(origin, Derived):
        needed[child] = Pin(child, origin.table, origin)


@question
def _submodels(project: Project, ref: ClassRef) -> tuple[ClassRef, ...]:
    return tuple(model.ref for model in models(project) if ref in ancestors(project, model.ref))


def _components(links: dict[ClassRef, set[ClassRef]]) -> list[list[ClassRef]]:
    seen: set[ClassRef] = set()
    found = []
    for start in links:
        if start in seen:
            continue
        members, open_ends = [], [start]
        while open_ends:
            ref = open_ends.pop()
            if ref not in seen:
                seen.add(ref)
                members.append(ref)
                open_ends += links[ref]
        found.append(sorted(members))
    return found


def _group(
    members: list[ClassRef],
    by_ref: dict[ClassRef, Renaming],
    needed: dict[ClassRef, dict[ClassRef, Pin]],
    problems: dict[ClassRef, list[Obstacle]],
) -> Group:
    written: dict[ClassRef, Pin] = {}
    for ref in members:
        written |= needed.get(ref, {})
    trouble = [problem for ref in members for problem in problems.get(ref, ())]
    renamings = tuple(by_ref[ref] for ref in members)
    return Group(unit_of(renamings[0]), renamings, tuple(written.values()), tuple(trouble))
