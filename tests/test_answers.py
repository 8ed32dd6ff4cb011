"""Fixtures as their clients see them: each request before and after the migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.rule import Effect

from .harness.answers import Answer, Script, Side, answers, script_of
from .harness.case import Case, cases, rule_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RULES = ("value-error-400", "not-found-404")
"""The rules whose every edit changes the status of an answer."""
SCRIPTED = [(case, script) for rule in rule_names() for case in cases(rule) if (script := script_of(case)) is not None]
CHANGING = [(case, script) for case, script in SCRIPTED if case.rule in RULES]
SAFE = [(case, script) for case, script in SCRIPTED if case.effect == Effect.SAFE and not case.skip]
ENOUGH_RUN = 0.8
"""So many of the cases that are edited have a script."""


@pytest.fixture(scope="module")
def answered() -> Callable[[Path], list[Answer]]:
    jobs = [(case.folder / side, script) for case, script in SCRIPTED for side in sides(case)]
    found = dict(zip((project for project, _ in jobs), answers(jobs), strict=True))
    return lambda project: found[project]


def sides(case: Case) -> tuple[str, ...]:
    return ("before",) if case.skip else ("before", "after")


@pytest.mark.parametrize(
    ("case", "script", "side"),
    [
        pytest.param(case, script, side, id=f"{case.rule}-{case.name}-{side}")
        for case, script in SCRIPTED
        for side in sides(case)
    ],
)
def test_clients_are_answered(answered: Callable[[Path], list[Answer]], case: Case, script: Script, side: str) -> None:
    for request, answer in zip(script.requests, answered(case.folder / side), strict=True):
        expected: Side = request.before if side == "before" else request.after
        assert answer.status == expected.status, (request.send, answer)
        if expected.body is not None:
            assert answer.body == expected.body, request.send
        for text in expected.logs:
            assert any(text in message for message in answer.logs), (request.send, answer.logs)
        if expected.events is not None:
            assert answer.events == expected.events, request.send


@pytest.mark.parametrize("rule", RULES)
def test_most_edited_cases_are_run(rule: str) -> None:
    edited = [case for case in cases(rule) if not case.skip]
    run = [case for case in edited if script_of(case) is not None]
    assert len(run) / len(edited) >= ENOUGH_RUN


@pytest.mark.parametrize(("case", "script"), SAFE, ids=[f"{case.rule}-{case.name}" for case, _ in SAFE])
def test_a_safe_edit_changes_no_answer(case: Case, script: Script) -> None:
    assert [one.before for one in script.requests] == [one.after for one in script.requests]


@pytest.mark.parametrize(("case", "script"), CHANGING, ids=[f"{case.rule}-{case.name}" for case, _ in CHANGING])
def test_each_edited_case_changes_an_answer(case: Case, script: Script) -> None:
    changed = [one for one in script.requests if one.before.status != one.after.status]
    assert bool(changed) is not case.skip
