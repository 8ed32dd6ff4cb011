"""The statements that functions run or give back, by where they are made and where they are run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from lifeops_codemods.project.flow.frame import Run, Summary
from lifeops_codemods.project.flow.values import Place, Statement, Symbol


class RunIndex:
    """What the summaries of functions say of statements. done: grows; what has come is added when somebody asks."""

    def __init__(self, done: Mapping[Any, Summary]) -> None:
        self._done = done
        self._seen = 0
        self._made_at: dict[Place | Symbol, dict[Run, None]] = {}
        self._run_at: dict[Place, dict[Statement, None]] = {}
        self._returned: dict[Place | Symbol, dict[Statement, None]] = {}

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

    def _learn(self) -> None:
        for summary in islice(self._done.values(), self._seen, None):
            for run in summary.runs:
                self._made_at.setdefault(run.statement.site, {})[run] = None
                self._run_at.setdefault(run.execution.place, {})[run.statement] = None
            for atom in summary.returns:
                if isinstance(atom, Statement):
                    self._returned.setdefault(atom.site, {})[atom] = None
        self._seen = len(self._done)
