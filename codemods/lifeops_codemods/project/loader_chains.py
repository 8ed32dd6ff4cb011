"""Loader options as text: `selectinload(models.Quest.steps).selectinload(models.Step.comments)`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow.attributes import model_at, relationship_at
from lifeops_codemods.project.flow.loaders import LOADS
from lifeops_codemods.project.flow.values import Path
from lifeops_codemods.project.other_loaders import UNSAID, Strategy
from lifeops_codemods.project.query_sites import Option
from lifeops_codemods.project.relationships import relationships
from lifeops_codemods.project.spelling import Spelling, spelled
from lifeops_codemods.project.walks import is_endless, walks

AUTO = "auto"
_JOINED = "contains_eager"
_LINK = "defaultload"


class Chain(NamedTuple):
    """The option that loads `path`: `code`; or what goes on with an option that is there, at `extends`.

    loaders: the functions that the code calls. imports: the models that it names and the file does not have yet.
    """

    path: Path
    code: str
    loaders: tuple[str, ...]
    imports: tuple[Spelling, ...]
    extends: Span | None = None


class Unnamed(NamedTuple):
    """A path that cannot be written: the file would have to import `model`, which imports the file."""

    path: Path
    model: ClassRef


class Joined(NamedTuple):
    """A path that leads over what a join of the query fills, in a branch perhaps: the join is not here to see."""

    path: Path


class Disputed(NamedTuple):
    """A path of which other options of the query load a part in another way, or which cannot be known to be none."""

    path: Path


class Walked(NamedTuple):
    """A path that goes round through a tree or a graph: it goes on until nothing is left, and loaders do not."""

    path: Path


Made = Chain | Unnamed | Joined | Disputed | Walked


def longest(paths: Iterable[Path]) -> list[Path]:
    """The paths of which no other is a continuation."""
    wanted = set(paths)
    return [path for path in wanted if not any(other[: len(path)] == path and other != path for other in wanted)]


def in_order(project: Project, model: ClassRef, paths: Iterable[Path]) -> list[Path]:
    """Paths in the order in which the models define their relationships."""

    def key(path: Path) -> tuple[int, ...]:
        places = []
        for index, name in enumerate(path):
            owner = model_at(project, model, path[:index])
            names = list(relationships(project, owner)) if owner is not None else []
            places.append(names.index(name) if name in names else len(names))
        return tuple(places)

    return sorted(paths, key=key)


def chains(
    project: Project,
    file: str,
    model: ClassRef,
    entity: str,
    paths: Iterable[Path],
    options: Sequence[Option],
    others: Mapping[Path, frozenset[Strategy]] | None,
    strategy: str,
) -> list[Made]:
    """What loads all of `paths`, each path once. `entity` is how the query names the model.

    others: the strategies that the query has for each path already, from wherever; None where that is not known.

    An option that is there and leads part of the way is continued where it stands, by the first path that needs it.
    """
    wanted = tuple(paths)
    round_and_round = walks(project, model, wanted)
    straight = longest(path for path in wanted if path not in round_and_round)
    round_and_round |= {path for path in straight if _is_in_conflict(project, model, path, straight, options)}
    made: list[Made] = [Walked(path) for path in sorted(round_and_round)]
    extended: set[Span] = set()
    for path in in_order(project, model, (path for path in straight if path not in round_and_round)):
        before = _prefix(path, [option for option in options if option.span not in extended])
        start = len(before.path) if before is not None else 0
        if before is not None:
            extended.add(before.span)
        if others is None:
            made.append(Disputed(path))
        else:
            steps = _Steps(project, model, wanted, others, strategy)
            made.append(_chain(project, file, model, entity, path, start, before, steps))
    return made


def _is_in_conflict(
    project: Project, model: ClassRef, path: Path, paths: Iterable[Path], options: Iterable[Option]
) -> bool:
    """Whether an endless way begins as another one does: SQLAlchemy takes only one depth for a relationship."""
    others = [*(other for other in paths if other != path), *(option.path for option in options)]
    return is_endless(project, model, path) and any(other[:1] == path[:1] for other in others)


def _prefix(path: Path, options: Sequence[Option]) -> Option | None:
    """The option that leads furthest along a path."""
    fitting = [option for option in options if option.path and path[: len(option.path)] == option.path]
    return max(fitting, key=lambda option: len(option.path), default=None)


class _Steps(NamedTuple):
    """Says which loader each step of a path takes."""

    project: Project
    model: ClassRef
    wanted: tuple[Path, ...]
    others: Mapping[Path, frozenset[Strategy]]
    strategy: str

    def loader(self, way: Path) -> str | None:
        """The loader of one step of a path; None where none agrees with the other options that the query may have.

        What all of its callers load in one way is loaded so once more; what some load is left to them.
        """
        others = self.others.get(way, frozenset())
        own = _loader(self.project, self.model, way, self.strategy)
        if not others - {UNSAID, Strategy(own)}:
            return own
        if way in self.wanted:
            return None
        (first, *more) = others
        return first.loader if not more and first.is_plain and LOADS[first.loader] == "load" else _LINK


def _chain(
    project: Project,
    file: str,
    model: ClassRef,
    entity: str,
    path: Path,
    start: int,
    before: Option | None,
    steps: _Steps,
) -> Made:
    if is_endless(project, model, path):
        if path[:1] in steps.others:
            return Disputed(path)
        return Chain(path, f"selectinload({entity}.{path[0]}, recursion_depth=-1)", ("selectinload",), ())
    links, loaders, imports = [], [], []
    for index in range(start, len(path)):
        owner = model_at(project, model, path[:index])
        spelling = Spelling(entity) if index == 0 else spelled(project, file, owner, entity) if owner else None
        if spelling is None:
            return Unnamed(path, owner or model)
        loader = steps.loader(path[: index + 1])
        if loader == _JOINED:
            return Joined(path)
        if loader is None:
            return Disputed(path)
        links.append(f"{loader}({spelling.text}.{path[index]})")
        if index == 0:
            loaders.append(loader)
        if spelling.module:
            imports.append(spelling)
    extends = before.span if before is not None else None
    return Chain(path, ".".join(links), tuple(loaders), tuple(imports), extends)


def _loader(project: Project, model: ClassRef, path: Path, strategy: str) -> str:
    way = relationship_at(project, model, path)
    if way is None:
        return "selectinload"
    if way.eager:
        return _LINK
    if strategy == AUTO:
        return "selectinload" if way.many else "joinedload"
    return strategy
