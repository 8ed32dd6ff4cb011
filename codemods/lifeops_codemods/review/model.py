"""What a review says, as frozen values that every format gets.

All positions are those of the files as they are; paths are POSIX, relative to the root.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lifeops_codemods.outcome import FileError
from lifeops_codemods.plan.model import FilePlan, Position
from lifeops_codemods.rule import Effect, Rule, Severity


class Spot(NamedTuple):
    """A definition: where its lines begin and end, decorators included, and where its name stands."""

    path: str
    start: int
    end: int
    line: int

    def holds(self, path: str, line: int) -> bool:
        """Whether a line lies in it."""
        return path == self.path and self.start <= line <= self.end


class Link(NamedTuple):
    """A link of the chain of facts behind an issue."""

    path: str
    line: int
    text: str


_LINK = re.compile(r"(.+?):(\d+) (.*)", re.DOTALL | re.ASCII)


def link_of(text: str) -> Link | None:
    """A link that `report` wrote as `path:line text`."""
    found = _LINK.fullmatch(text)
    return Link(found[1], int(found[2]), found[3]) if found else None


class Named(NamedTuple):
    """A class or function, and where."""

    name: str
    spot: Spot


class Reached(NamedTuple):
    """A function that an endpoint runs, with the models that it names."""

    name: str
    spot: Spot
    models: tuple[Named, ...] = ()


class Endpoint(NamedTuple):
    """One registered path operation. verbs: upper-case, sorted. path: with all prefixes, as far as they are known.

    own: the models that it names itself. reaches: the functions that it runs, nearest first.
    """

    verbs: tuple[str, ...]
    path: str
    name: str
    spot: Spot
    own: tuple[Named, ...] = ()
    reaches: tuple[Reached, ...] = ()

    @property
    def models(self) -> tuple[Named, ...]:
        """All models that it and what it runs name."""
        return tuple(sorted({*self.own, *(model for reached in self.reaches for model in reached.models)}))

    @property
    def label(self) -> str:
        """`GET /characters/{id}`."""
        return f"{'/'.join(self.verbs) or 'ANY'} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How many of a kind of thing follow a standard, counted in the project itself.

    rule: the name of the rule that is about it, whether or not there is one yet. noun: `models`.
    """

    rule: str
    standard: str
    noun: str
    follows: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the project is."""

    endpoints: tuple[Endpoint, ...] = ()
    services: tuple[Named, ...] = ()
    models: tuple[Named, ...] = ()
    schemas: tuple[Named, ...] = ()
    sessions: tuple[Named, ...] = ()
    async_sessions: int = 0
    measures: tuple[Measure, ...] = ()

    def verbs(self) -> dict[str, int]:
        """How many endpoints answer each verb, by verb."""
        every = [verb for endpoint in self.endpoints for verb in endpoint.verbs or ("ANY",)]
        return {verb: every.count(verb) for verb in sorted(set(every))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing to put right: a unit of edits that a rule can make, or a finding that a person must decide.

    fingerprint: the same as long as the code in question is, wherever it moves. anchor: the line it stands on, without
    spaces around it. effect: None for a finding. reason, advice: of a finding, why no edit is made and what to do.
    edits, files: how much the unit changes. endpoints: indices into the state's, of those that it belongs to. way: the
    functions from the first of them to the place.
    """

    fingerprint: str
    rule: Rule | None
    name: str
    severity: Severity
    path: str
    position: Position
    message: str
    anchor: str = ""
    scope: str = ""
    effect: Effect | None = None
    clients_see: str = ""
    reason: str = ""
    advice: str = ""
    why: tuple[str, ...] = ()
    unit: str = ""
    edits: int = 0
    files: tuple[str, ...] = ()
    endpoints: tuple[int, ...] = ()
    way: tuple[str, ...] = ()

    @property
    def is_edit(self) -> bool:
        return self.effect is not None

    @property
    def place(self) -> str:
        return f"{self.path}:{self.position.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How far a standard is followed. `share` is a whole percentage, 100 only where all follow."""

    rule: str
    standard: str
    noun: str
    follows: int
    total: int
    issues: int

    @property
    def share(self) -> int:
        return 100 if self.follows >= self.total else min(99, 100 * self.follows // self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review. change: what an issue's edits do by themselves, file by file; nothing for a finding.

    known: how many issues a baseline had already. gone: how many of the baseline's are no more.
    """

    topic: str
    root: Path
    rules: tuple[Rule, ...]
    state: State
    scores: tuple[Score, ...]
    issues: tuple[Issue, ...]
    errors: tuple[FileError, ...]
    files_read: int
    change: Callable[[Issue], tuple[FilePlan, ...]]
    known: int = 0
    gone: int = 0

    def count(self, severity: Severity) -> int:
        """How many issues are so severe."""
        return sum(issue.severity is severity for issue in self.issues)

    def of_rule(self, name: str) -> tuple[Issue, ...]:
        """The issues of one rule."""
        return tuple(issue for issue in self.issues if issue.name == name)
