"""The stages of a review: discover, read, survey, ask each rule about the code as it is.

No rule sees what another one would leave behind, so all that is said is true of the files on the disk, and all rules
share one project with the answers that it remembers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lifeops_codemods.pipeline import Request, ask, ordered, without_collector
from lifeops_codemods.plan.gate import Gate, Unwanted
from lifeops_codemods.plan.model import FilePlan
from lifeops_codemods.plan.units import settle
from lifeops_codemods.project import Project
from lifeops_codemods.report import Report
from lifeops_codemods.review.fingerprints import fingerprinted
from lifeops_codemods.review.issues import Describe, attributed, issues_of, of_finding, surroundings
from lifeops_codemods.review.model import Issue, Review
from lifeops_codemods.review.scores import scores
from lifeops_codemods.review.survey import survey
from lifeops_codemods.rule import Edit, Rule, Severity
from lifeops_codemods.rules import listed_rules
from lifeops_codemods.source.discovery import discover
from lifeops_codemods.styles import Styles, first_party
from lifeops_codemods.workers.rewriting import Rewriter
from lifeops_codemods.workspace import Workspace

_WORST_FIRST = {severity: number for number, severity in enumerate(Severity)}


def review(request: Request, topic: str) -> Review:
    """The review that `request` asks for; its paths say which issues are reported. Writes nothing but the cache."""
    with without_collector():
        return _Reviewing(request).review(topic)


class _Reviewing:
    """One review at work."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._rules = ordered(request.rules)
        found = discover(request.root, exclude=request.settings.exclude)
        self._workspace = Workspace(
            request.root, found.files, self._rules, request.cache_dir, request.jobs, executor=request.executor
        )
        self._rewriter = Rewriter(request.jobs, request.executor)
        self._styles = Styles(request.root, first_party(found.files))
        self._project = Project(self._workspace, request.settings.src, self._styles.checks)
        # What may be edited is asked when it is edited: a checkout that nobody may write to can be reviewed.
        self._gate = Gate((), Unwanted(), request.settings, self._workspace.text, lambda path: "")
        self._units: dict[tuple[str, str], tuple[Rule, list[Edit]]] = {}
        self._changes: dict[tuple[str, str], tuple[FilePlan, ...]] = {}

    def review(self, topic: str) -> Review:
        around = surroundings(self._project)
        found = [issue for number, rule in enumerate(self._rules) for issue in self._issues(number, rule, around)]
        found += self._about_suppressions(around)
        state = survey(self._project)
        placed = []
        for issue in fingerprinted(sorted(found, key=_by_place)):
            endpoints, way = attributed(issue, state.endpoints)
            placed.append(replace(issue, endpoints=endpoints, way=way))
        asked = [issue for issue in placed if self._is_asked_about(issue.path)]
        self._workspace.check_others()
        self._workspace.save()
        errors = self._workspace.errors
        return Review(
            topic=topic,
            root=self._request.root,
            rules=self._rules,
            state=state,
            scores=scores(state, self._rules, placed, len(self._workspace.data)),
            issues=tuple(sorted(asked, key=_by_severity)),
            errors=tuple(errors[path] for path in sorted(errors)),
            files_read=len(self._workspace.data),
            change=self._change,
        )

    def _issues(self, number: int, rule: Rule, around: Describe) -> Iterator[Issue]:
        if self._request.progress:
            self._request.progress(rule.name, number, len(self._rules))
        edits, findings = ask(rule, self._project, self._request.settings)
        settled = settle(edits, self._workspace.text, self._styles.of, self._gate.blocks, self._rewriter)
        report = self._report(rule)
        report.add(rule, edits, settled, self._gate.open_findings(findings), self._gate)
        for path in settled.edits:
            for edit in settled.edits[path]:
                self._units.setdefault((rule.name, edit.unit), (rule, []))[1].append(edit)
        yield from issues_of(rule, edits, settled, report.migration([], {}), around)

    def _about_suppressions(self, around: Describe) -> Iterator[Issue]:
        """Those that silence nothing, or that nobody can read."""
        ran = [rule.name for rule in self._rules]
        known = {*ran, *(rule.name for rule in listed_rules())}
        report = self._report()
        for path in self._workspace.mentioning(b"lifeops"):
            for complaint in self._gate.complaints(path, ran, known):
                report.complain(path, complaint)
        for finding in report.migration([], {}).findings:
            yield of_finding(None, finding, around)

    def _change(self, issue: Issue) -> tuple[FilePlan, ...]:
        """What the issue's unit does when nothing else is done."""
        if not issue.is_edit:
            return ()
        key = (issue.name, issue.unit)
        if key not in self._changes:
            self._changes[key] = self._made(*self._units[key])
        return self._changes[key]

    def _made(self, rule: Rule, edits: list[Edit]) -> tuple[FilePlan, ...]:
        settled = settle(edits, self._workspace.text, self._styles.of, self._gate.blocks)
        report = self._report(rule)
        report.add(rule, edits, settled, (), self._gate)
        return report.migration([], {}).files

    def _report(self, *rules: Rule) -> Report:
        return Report(self._request.root, rules, self._workspace)

    def _is_asked_about(self, path: str) -> bool:
        changed = self._request.changed
        return _is_below(path, self._request.paths) and (changed is None or path in changed)


def _is_below(path: str, places: Sequence[str]) -> bool:
    wanted = [place.strip("/") for place in places if place.strip("/") not in {"", "."}]
    return not wanted or any(path == place or path.startswith(f"{place}/") for place in wanted)


def _by_place(issue: Issue) -> tuple[object, ...]:
    return issue.path, issue.position, issue.name, issue.message


def _by_severity(issue: Issue) -> tuple[object, ...]:
    return _WORST_FIRST[issue.severity], issue.name, issue.path, issue.position, issue.message
