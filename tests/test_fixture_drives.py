"""Fixtures that are driven on a real database: what they send to it before, and that it is constant afterwards.

None of this asks the rule. What a rule makes is held against the fixture's `after` elsewhere; here that `after` proves
itself, and `before` proves that there was something to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .harness.case import Case, Drive, cases, rule_names
from .harness.running import Sent, drives

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = [case for rule in rule_names() for case in cases(rule)]
DRIVEN = [case for case in CASES if case.driven and case.driven is not Drive.PAGES and case.readable]
EDITED = [case for case in DRIVEN if not case.skip]

ERRORS = {
    Drive.RAISES: "MissingGreenlet",
    Drive.FORBIDDEN: "is not available due to lazy='raise'",
    Drive.DETACHED: "DetachedInstanceError",
}


def each(chosen: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", chosen, ids=[f"{case.rule}-{case.name}" for case in chosen])


@pytest.fixture(scope="module")
def sent() -> Callable[[Case, str], list[Sent]]:
    jobs = [(case.folder / side, case.drive) for case in DRIVEN for side in sides(case)]
    answers = dict(zip((project for project, _ in jobs), drives(jobs), strict=True))
    return lambda case, side: answers[case.folder / side][""]


@each(DRIVEN)
def test_behaves_before_as_the_case_says(case: Case, sent: Callable[[Case, str], list[Sent]]) -> None:
    few, many = sent(case, "before")
    match case.driven:
        case Drive.RAISES | Drive.FORBIDDEN | Drive.DETACHED as kind:
            assert ERRORS[kind] in few.error
            assert ERRORS[kind] in many.error
        case Drive.GROWS:
            assert (few.error, many.error) == ("", "")
            assert 0 < few.statements < many.statements
            assert few.answer != many.answer
        case _:
            sends_a_constant_number(few, many)


@each(EDITED)
def test_sends_a_constant_number_afterwards(case: Case, sent: Callable[[Case, str], list[Sent]]) -> None:
    sends_a_constant_number(*sent(case, "after"))


@each([case for case in EDITED if case.driven is Drive.GROWS])
def test_answers_the_same_afterwards(case: Case, sent: Callable[[Case, str], list[Sent]]) -> None:
    assert [one.answer for one in sent(case, "after")] == [one.answer for one in sent(case, "before")]


@each(EDITED)
def test_has_something_to_do_before(case: Case) -> None:
    assert case.driven is not Drive.CONSTANT


@each(CASES)
def test_has_a_drive_where_it_says_so(case: Case) -> None:
    assert case.drive.exists() == (case.driven is not None)


def sends_a_constant_number(few: Sent, many: Sent) -> None:
    """The answer must differ, or the rows were never seen; nothing may be loaded as it is read."""
    assert (few.error, many.error) == ("", "")
    assert few.statements == many.statements > 0
    assert (few.lazy, many.lazy) == (0, 0)
    assert few.answer != many.answer


def sides(case: Case) -> tuple[str, ...]:
    return ("before",) if case.skip else ("before", "after")
