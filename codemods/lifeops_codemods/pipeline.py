"""The stages in the order they run: discover, read, facts, project, plan. Read this first.

    discover ─ bytes ─▶ facts ─ per file ─▶ project ─ whole ─▶ plan ─ FilePlan ─▶ (preview ─▶ apply)

Rules run one after another, in the order that their `after` gives. Each is a wave: it sees the project as the former
ones left it, and only the files that they changed are read again.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from lifeops_codemods.apply.checks import unwritable
from lifeops_codemods.config import Settings
from lifeops_codemods.deep import with_room
from lifeops_codemods.plan.gate import Gate, Unwanted
from lifeops_codemods.plan.model import Migration
from lifeops_codemods.plan.units import settle
from lifeops_codemods.project import Project
from lifeops_codemods.replay.inputs import Inputs
from lifeops_codemods.replay.plans import Plans
from lifeops_codemods.replay.tree import discovered
from lifeops_codemods.report import Report
from lifeops_codemods.rule import Edit, Finding, Rule
from lifeops_codemods.rules import listed_rules
from lifeops_codemods.store import sweep
from lifeops_codemods.styles import Styles, first_party
from lifeops_codemods.workers.rewriting import Rewriter
from lifeops_codemods.workspace import Workspace

if TYPE_CHECKING:
    from concurrent.futures import Executor

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, what is done and what there is to do."""
Kept = Callable[[Migration, Inputs, bool], None]
"""Called with a plan, all that it was made of besides the request, and whether it was made just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to plan.

    root: absolute; everything below it is read. rules: those to run, in any order. paths: POSIX paths relative to root
    of the files or folders that may be edited; empty means all. changed: those that may be edited of the files that
    there are; None means all. rejected: units that the user turned down; their names hold for the texts that the rules
    before left, so a later rule's are asked for anew. turned_down: names of rules that only report. cache_dir: None
    means no cache. jobs: worker processes. executor: workers that do their work, on this or on other machines; it may
    be of any kind, and is not shut down. kept: is told of a plan that can be replayed, for what is made of plans.
    """

    root: Path
    rules: tuple[Rule, ...]
    settings: Settings = field(default_factory=Settings)
    paths: tuple[str, ...] = ()
    changed: frozenset[str] | None = None
    safe_only: bool = False
    rejected: frozenset[str] = frozenset()
    turned_down: frozenset[str] = frozenset()
    cache_dir: Path | None = None
    jobs: int = 1
    executor: Executor | None = None
    progress: Progress | None = None
    kept: Kept | None = None


def plan(request: Request) -> Migration:
    """Plan the migration that `request` asks for. Writes nothing outside `request.cache_dir`."""
    with without_collector():
        try:
            return _plan(request)
        except RecursionError:
            return with_room(lambda: _plan(request, deep=True))


def _plan(request: Request, *, deep: bool = False) -> Migration:
    """deep: it is the second try, with room for trees that were too deep for the first."""
    rules = ordered(request.rules)
    request = replace(request, rules=rules)
    clock = Clock()
    with clock("discover"):
        found = discovered(request.cache_dir, request.root, request.settings.exclude)
    plans = Plans(request, found)
    with clock("replay"):
        replayed = plans.find()
    if replayed is not None:
        return replace(replayed, seconds=clock.seconds)
    with clock("read"):
        workspace = Workspace(
            request.root, found.files, rules, request.cache_dir, request.jobs, executor=request.executor, deep=deep
        )
    workspace.errors |= {error.path: error for error in found.errors}
    no = Unwanted(request.safe_only, request.rejected, request.turned_down)
    unwritable_paths = Unwritable(request.root)
    gate = Gate(request.paths, no, request.settings, workspace.text, unwritable_paths, request.changed)
    styles = Styles(request.root, first_party(found.files))
    rewriter = Rewriter(request.jobs, request.executor)
    report = Report(request.root, rules, workspace)
    project = Project(workspace, request.settings.src, styles.checks)
    for number, rule in enumerate(rules):
        if request.progress:
            request.progress(rule.name, number, len(rules))
        with clock(f"rule:{rule.name}"):
            edits, findings = ask(rule, project, request.settings)
            settled = settle(edits, workspace.text, styles.of, gate.blocks, rewriter)
            report.add(rule, edits, settled, gate.open_findings(findings), gate)
            if settled.files:
                workspace.change({path: made.text for path, made in settled.files.items()})
                project.change(settled.files)
    ran = [rule.name for rule in rules]
    known = {*ran, *(rule.name for rule in listed_rules())}
    for path in workspace.mentioning(b"lifeops"):
        for complaint in gate.complaints(path, ran, known):
            report.complain(path, complaint)
    with clock("check"):
        workspace.check_others()
    with clock("cache"):
        workspace.save()
        sweep(request.cache_dir)
        migration = report.migration(found.skipped, clock.seconds)
        if not workspace.died_of:
            plans.keep(migration, Inputs(workspace.digests, styles.digests, unwritable_paths.known))
    return migration


def ordered(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules so that each comes after those it names in `after`; otherwise by name."""
    by_name = {rule.name: rule for rule in rules}
    sorter: TopologicalSorter[str] = TopologicalSorter(
        {name: [other for other in by_name[name].after if other in by_name] for name in sorted(by_name)}
    )
    sorter.prepare()
    order: list[Rule] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += [by_name[name] for name in ready]
        sorter.done(*ready)
    return tuple(order)


def ask(rule: Rule, project: Project, settings: Settings) -> tuple[Sequence[Edit], Sequence[Finding]]:
    """What a rule says of a project, with the options that the settings give it."""
    options = settings.rule_options.get(rule.name) or rule.options()
    said = list(rule.check(project, options))
    edits = [item for item in said if isinstance(item, Edit)]
    return edits, [item for item in said if isinstance(item, Finding)]


@contextmanager
def without_collector() -> Iterator[None]:
    """Planning makes a million small tuples and no cycles: looking for some takes a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Unwritable:
    """Why a file of the root cannot be replaced on disk, asked once for each file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.known: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        if path not in self.known:
            self.known[path] = unwritable(self._root, [path]).get(path, "")
        return self.known[path]


class Clock:
    """Wall time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = perf_counter() - start
