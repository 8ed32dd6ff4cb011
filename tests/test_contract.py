"""What the migration of a fixture changes of its OpenAPI document is what its rule declares, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lifeops_codemods.contract.change import Change, Difference, Impact, undeclared, worst
from lifeops_codemods.contract.compare import compared
from lifeops_codemods.rule import Effect, Rule
from lifeops_codemods.rules import all_rules

from .harness.case import Case, cases, rule_names
from .harness.documents import documents
from .harness.planning import rule_called

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EDITED = [case for rule in rule_names() for case in cases(rule) if not case.skip and not case.told and case.readable]
SERVED = [case for case in EDITED if case.app]
DECLARING = [rule for rule in all_rules() if rule.contract]
ENOUGH_SERVED = 0.8
"""So many of the edited cases of a rule that declares something have a document."""


def each(chosen: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", chosen, ids=[f"{case.rule}-{case.name}" for case in chosen])


@pytest.fixture(scope="module")
def seen() -> Callable[[Case], tuple[Difference, ...]]:
    """What changes of a case's document from its `before` to its `after`."""
    sides = [(case.folder / side, case.app) for case in SERVED for side in ("before", "after")]
    found: dict[Path, dict[str, Any]] = dict(zip((side for side, _ in sides), documents(sides), strict=True))
    return lambda case: compared(found[case.folder / "before"], found[case.folder / "after"])


@each(SERVED)
def test_every_difference_is_declared(case: Case, seen: Callable[[Case], tuple[Difference, ...]]) -> None:
    said = [str(one) for one in undeclared(seen(case), rule_called(case.rule).contract)]
    assert said == []


@each([case for case in SERVED if case.effect == Effect.SAFE])
def test_a_safe_edit_changes_nothing_for_clients(case: Case, seen: Callable[[Case], tuple[Difference, ...]]) -> None:
    assert worst(seen(case)) is Impact.NONE


@pytest.mark.parametrize("rule", DECLARING, ids=[rule.name for rule in DECLARING])
def test_what_a_rule_declares_is_shown_by_a_case(rule: Rule, seen: Callable[[Case], tuple[Difference, ...]]) -> None:
    shown = {one.change for case in SERVED if case.rule == rule.name for one in seen(case)}
    assert set(rule.contract) <= shown


@pytest.mark.parametrize("rule", DECLARING, ids=[rule.name for rule in DECLARING])
def test_most_cases_of_a_rule_that_declares_have_a_document(rule: Rule) -> None:
    edited = [case for case in EDITED if case.rule == rule.name]
    assert sum(bool(case.app) for case in edited) >= ENOUGH_SERVED * len(edited)


def test_a_safe_rule_declares_nothing_that_clients_notice() -> None:
    safe = [rule for rule in all_rules() if rule.effect is Effect.SAFE]
    assert [rule.name for rule in safe if any(change.impact is not Impact.NONE for change in rule.contract)] == []


def test_what_no_rule_declares_is_left_over() -> None:
    before: dict[str, Any] = {"paths": {"/x": {"get": {"responses": {}}}}}
    after: dict[str, Any] = {
        "paths": {"/x": {"get": {"responses": {}, "description": "All of them.", "operationId": "x"}}}
    }
    found = compared(before, after)
    assert [one.change for one in undeclared(found, [Change.DESCRIPTION])] == [Change.OPERATION_ID]
    assert undeclared(found, [Change.DESCRIPTION, Change.OPERATION_ID]) == ()
