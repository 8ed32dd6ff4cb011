"""Every fixture of every rule: what comes out, what is said, and the laws that hold whatever the rule."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.rule import Effect
from lifeops_migrate.reports.patch import patch
from lifeops_migrate.showing import shown_of

from .harness.case import Case, cases, clause_ids, rule_names
from .harness.laws import broken_laws, changed_lines, unified
from .harness.planning import Outcome, described, names_place, planned, rule_called, text_of
from .harness.running import accounts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RULES = rule_names()
CASES = [case for rule in RULES for case in cases(rule)]
EDITED = [case for case in CASES if not case.skip and not case.told]
TOLD = [case for case in CASES if case.told]
RUNNABLE = [case for case in CASES if case.run and case.readable]

ENOUGH_LEFT_ALONE = 0.4
SUPPRESSION = "law-suppression"  # a person asked for silence: a finding that says so is allowed and not demanded
ONE_FACT = 25  # lines in which a case may differ from its sibling


def each(chosen: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", chosen, ids=[f"{case.rule}-{case.name}" for case in chosen])


@pytest.fixture(scope="session")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Outcome]:
    @cache
    def once(case: Case) -> Outcome:
        return planned(case.before(), case.rule, tmp_path_factory.mktemp(case.name) / "project")

    return once


@each(CASES)
def test_comes_out_as_written(case: Case, outcome: Callable[[Case], Outcome]) -> None:
    assert outcome(case).files == case.after(), unified(case.after(), outcome(case).files)


@each([case for case in EDITED if case.readable])
def test_git_takes_its_patch(case: Case, outcome: Callable[[Case], Outcome], tmp_path: Path) -> None:
    made = outcome(case)
    for path, content in case.before().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    # Paths in the patch are those from the root: the fixture's project is in no repository of its own.
    git = ["git", "-C", str(tmp_path), "apply", "--whitespace=nowarn"]
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    subprocess.run([*git, "--check"], input=patch(shown_of(made.migration)), env=environment, check=True)
    subprocess.run(git, input=patch(shown_of(made.migration)), env=environment, check=True)
    assert {path: (tmp_path / path).read_bytes() for path in made.files} == made.files


@each(CASES)
def test_breaks_no_law(case: Case, outcome: Callable[[Case], Outcome]) -> None:
    assert broken_laws(case.before(), outcome(case).files) == []


@each(CASES)
def test_changes_nothing_a_second_time(case: Case, outcome: Callable[[Case], Outcome], tmp_path: Path) -> None:
    first = outcome(case).files
    second = planned(first, case.rule, tmp_path / "project")
    assert second.files == first, unified(first, second.files)


@each(CASES)
def test_says_what_it_refuses(case: Case, outcome: Callable[[Case], Outcome]) -> None:
    found = [one for one in outcome(case).migration.findings if one.finding.rule == case.rule]
    said = [described(one) for one in found]
    for expected in case.findings:
        there = (one for one in found if names_place(one, expected.path, expected.line))
        assert any(expected.contains in text_of(one) for one in there), (expected, said)
    if case.readable and SUPPRESSION not in case.clauses and not case.findings:
        assert said == []


@each(EDITED)
def test_has_the_effect(case: Case, outcome: Callable[[Case], Outcome]) -> None:
    migration = outcome(case).migration
    if not case.readable:
        assert migration.errors
    assert {planned.edit.effect for planned in migration.edits} <= {Effect(case.effect)}


@each(TOLD)
def test_what_is_only_told_has_a_finding(case: Case) -> None:
    assert case.findings
    assert not case.skip


@each(CASES)
def test_oracle_keeps_the_laws(case: Case) -> None:
    if not case.readable:
        pytest.skip("needs a newer Python")
    assert broken_laws(case.before(), case.after()) == []
    assert case.skip or case.told or case.before() != case.after()


@pytest.fixture(scope="session")
def account() -> Callable[[Case, str], str]:
    jobs = [(case.folder / side, case) for case in RUNNABLE for side in sides(case)]
    answers = dict(zip((project for project, _ in jobs), accounts(jobs), strict=True))
    return lambda case, side: answers[case.folder / side]


@each(RUNNABLE)
def test_runs_the_same(case: Case, account: Callable[[Case, str], str]) -> None:
    said = [account(case, side) for side in sides(case)]
    assert not said[0].startswith("ERROR"), said[0]
    assert said[0] == said[-1]


@pytest.mark.parametrize("rule", RULES)
def test_enough_is_left_alone(rule: str) -> None:
    left = [case for case in cases(rule) if case.skip]
    assert len(left) / len(cases(rule)) >= ENOUGH_LEFT_ALONE


@pytest.mark.parametrize("rule", RULES)
def test_each_clause_has_a_fixture(rule: str) -> None:
    ids = clause_ids(rule)
    covered = {clause for case in cases(rule) for clause in case.clauses}
    assert covered == set(ids)
    assert len(ids) == len(set(ids))
    assert [clause for clause in ids if clause not in rule_called(rule).documentation] == []


@each([case for case in CASES if case.skip])
def test_what_is_left_alone_has_a_sibling_that_is_edited(case: Case) -> None:
    sibling = next(other for other in (*EDITED, *TOLD) if (other.rule, other.name) == (case.rule, case.sibling))
    assert 0 < changed_lines(case.before(), sibling.before()) <= ONE_FACT


def sides(case: Case) -> tuple[str, ...]:
    return ("before",) if case.skip or case.told else ("before", "after")
