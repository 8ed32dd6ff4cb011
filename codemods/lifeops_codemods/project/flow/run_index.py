"""The statements that functions run or give back, by where they are made and where they are run."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow.frame import Run, Summary
from lifeops_codemods.project.flow.values import Place, Statement, Symbol
from lifeops_codemods.project.functions import FunctionRef

Key = tuple[FunctionRef, ClassRef | None]
"""A function, and the class on whose instance it is run where it is a method."""


class RunIndex:
    """What the summaries of functions say of statements. done: grows; what has come is added when somebody asks."""

    def __init__(self, done: dict[Key, Summary]) -> None:
        self._done = done
        self._seen = 0
        self._made_at: dict[Place | Symbol, dict[Run, None]] = {}
        self._run_at: dict[Place, dict[Statement, None]] = {}
        self._returned: dict[Place | Symbol, dict[Statement, None]] = {}
        self._together: dict[Place | Symbol, list[tuple[Run, ...]]] = {}
        self._done_in: dict[str, list[Key]] = {}

    def made_at(self, site: Place | Symbol) -> Iterable[Run]:
        """The runs of the statements that are made at a place, in any function, by itself or through others."""
        self._learn()
        return self._made_at.get(site, ())

    def run_at(self, place: Place) -> Iterable[Statement]:
        """The statements that are run at a place."""
        self._learn()
        return self._run_at.get(place, ())

    def returned(self, site: Place | Symbol) -> Iterable[Statement]:
        """The statements made at a place that a function gives back without running them."""
        self._learn()
        return self._returned.get(site, ())

    def together(self, site: Place) -> Iterable[tuple[Run, ...]]:
        """The runs of each function that runs the statement made at a place, itself or through others."""
        self._learn()
        return self._together.get(site, ())

    def done_in(self, path: str) -> Iterable[Key]:
        """The functions of a file that have been run, each with the classes on which."""
        self._learn()
        return self._done_in.get(path, ())

    def _learn(self) -> None:
        new = len(self._done) - self._seen
        for key in reversed(list(islice(reversed(self._done), new))):
            self._learn_of(key, self._done[key])
        self._seen += new

    def _learn_of(self, key: Key, summary: Summary) -> None:
        self._done_in.setdefault(key[0].path, []).append(key)
        for run in summary.runs:
            self._made_at.setdefault(run.statement.site, {})[run] = None
            self._run_at.setdefault(run.execution.place, {})[run.statement] = None
        for site in dict.fromkeys(run.statement.site for run in summary.runs):
            self._together.setdefault(site, []).append(summary.runs)
        for atom in summary.returns:
            if isinstance(atom, Statement):
                self._returned.setdefault(atom.site, {})[atom] = None
