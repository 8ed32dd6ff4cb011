"""Ways that walk through a tree or a graph of rows: `while folder: folder = folder.parent`.

Ways are followed as far as they are told apart, and a walk goes on until nothing is left. So no list of loaders loads
what a walk reads, but for one that follows a single relationship and reads nothing on its way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow.attributes import model_at, relationship_at
from lifeops_codemods.project.flow.values import LONGEST_PATH, Path

_ENDLESS = 3
"""A relationship that is read so often on a way is read until nothing is left."""
_Step = tuple[ClassRef | None, str]


def is_endless(project: Project, model: ClassRef, path: Path) -> bool:
    """Whether a way follows one relationship of a model to itself, as far as ways are followed."""
    way = relationship_at(project, model, path[:1])
    return len(path) >= _ENDLESS and set(path) == {path[0]} and way is not None and way.target == model


def walks(project: Project, model: ClassRef, paths: Iterable[Path]) -> frozenset[Path]:
    """The paths that go round on a walk, and do not follow one relationship only.

    A relationship that some path comes to three times is walked, and twice where a path is as long as they get; so is
    all that lies between.
    """
    ways = {path: _steps(project, model, path) for path in paths}
    walked: set[_Step] = set()
    for path, steps in ways.items():
        enough = 2 if len(path) >= LONGEST_PATH else _ENDLESS
        for step, count in Counter(steps).items():
            if count >= enough:
                first, second = [index for index, other in enumerate(steps) if other == step][:2]
                walked |= set(steps[first:second])
    return frozenset(
        path
        for path, steps in ways.items()
        if any(count > 1 and step in walked for step, count in Counter(steps).items())
        if len(set(path)) > 1
    )


def _steps(project: Project, model: ClassRef, path: Path) -> list[_Step]:
    return [(model_at(project, model, path[:index]), name) for index, name in enumerate(path)]
