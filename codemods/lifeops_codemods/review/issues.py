"""From what a rule said of the project as it is to issues: one for each unit of edits, one for each finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.model import Migration, PlannedEdit, PlannedFinding
from lifeops_codemods.plan.units import Settled, first_edits
from lifeops_codemods.project import Project
from lifeops_codemods.review.endpoints import lines_of
from lifeops_codemods.review.model import Endpoint, Issue, link_of
from lifeops_codemods.rule import Edit, Effect, Rule

_FEW = 8


class Around(NamedTuple):
    """What is around a place: the names of the definitions from the outside in, and the text of its line."""

    scope: str
    anchor: str


Describe = Callable[[str, Span, int], Around]
"""Says what is around a span of a file that begins in a line."""


def issues_of(
    rule: Rule, edits: Sequence[Edit], settled: Settled, migration: Migration, around: Describe
) -> Iterator[Issue]:
    """The issues of one rule. `migration` is what the rule does by itself."""
    planned = {id(one.edit): one for one in migration.edits}
    units = _by_unit(settled)
    for unit, first in first_edits(edits).items():
        made = [planned[id(edit)] for edit in units.get(unit, ()) if id(edit) in planned]
        if made:
            yield _of_unit(rule, planned.get(id(first), made[0]), made, around)
    for found in migration.findings:
        yield of_finding(rule, found, around)


def _by_unit(settled: Settled) -> Mapping[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for edits in settled.edits.values():
        for edit in edits:
            found.setdefault(edit.unit, []).append(edit)
    return found


def _of_unit(rule: Rule, main: PlannedEdit, made: Sequence[PlannedEdit], around: Describe) -> Issue:
    edit = main.edit
    unsafe = any(one.edit.effect is Effect.UNSAFE for one in made)
    told = next((one.edit.clients_see for one in (main, *made) if one.edit.clients_see), "")
    where = around(edit.path, edit.operation.span, main.position.line)
    return Issue(
        fingerprint="",
        rule=rule,
        name=rule.name,
        severity=rule.severity,
        path=edit.path,
        position=main.position,
        message=edit.message,
        anchor=where.anchor,
        scope=where.scope,
        effect=Effect.UNSAFE if unsafe else Effect.SAFE,
        clients_see=told,
        why=main.why,
        unit=edit.unit,
        edits=len(made),
        files=tuple(sorted({one.edit.path for one in made})),
    )


def of_finding(rule: Rule | None, found: PlannedFinding, around: Describe) -> Issue:
    """The issue that a finding is; without a rule it is one about a suppression."""
    finding = found.finding
    where = around(finding.path, finding.span, found.position.line)
    return Issue(
        fingerprint="",
        rule=rule,
        name=finding.rule,
        severity=finding.severity,
        path=finding.path,
        position=found.position,
        message=finding.message,
        anchor=where.anchor,
        scope=where.scope,
        reason=finding.reason,
        advice=finding.fix,
        why=found.why,
        files=(finding.path,),
    )


def surroundings(project: Project) -> Describe:
    """A function that says what is around a place of the project."""

    def around(path: str, span: Span, line: int) -> Around:
        if path not in project:
            return Around("", "")
        index = lines_of(project, path)
        text = index.line(line) if line <= len(index) else ""
        return Around(_scope(project, path, span.start), text.strip())

    return around


def _scope(project: Project, path: str, offset: int) -> str:
    facts = project.facts(path)
    rows = [(row.definition, row.name) for row in facts.classes]
    rows += [(row.definition, row.name) for row in facts.functions]
    inside = sorted((span[0], -span[1], name) for span, name in rows if span[0] <= offset < span[1])
    return ".".join(name for _, _, name in inside)


def attributed(issue: Issue, endpoints: Sequence[Endpoint]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The endpoints that an issue belongs to, and the functions on the way from the first of them to its place.

    Those it lies in; else those that its chain of facts passes; else those that run the function it lies in, as long as
    they are few: what many run is nobody's own.
    """
    place = (issue.path, issue.position.line)
    inside = [number for number, endpoint in enumerate(endpoints) if endpoint.spot.holds(*place)]
    links = [(link.path, link.line) for link in map(link_of, issue.why) if link is not None]
    told = [number for number, endpoint in enumerate(endpoints) if any(endpoint.spot.holds(*link) for link in links)]
    reaching = [
        number
        for number, endpoint in enumerate(endpoints)
        if any(reached.spot.holds(*place) for reached in endpoint.reaches)
    ]
    found = inside or told or (reaching if len(reaching) <= _FEW else [])
    return tuple(found), _way(endpoints[found[0]], place, links) if found else ()


def _way(endpoint: Endpoint, place: tuple[str, int], links: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """The endpoint, and of the functions that it runs those that the place or its chain of facts lies in."""
    wanted = [place, *links]
    through = [one.name for one in endpoint.reaches if any(one.spot.holds(*link) for link in wanted)]
    return tuple(dict.fromkeys((endpoint.name, *through)))
