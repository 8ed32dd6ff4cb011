"""The table of libraries that read class names: the formulas give what the libraries give, and the rows hold together.

The expected names were computed with the libraries themselves.
"""

from __future__ import annotations

import re

import pytest

from lifeops_codemods.project.class_name_readers import (
    READERS,
    ClassNameReader,
    Follow,
    Harmless,
    Pin,
    Place,
    Refuse,
    Seen,
    dashed,
    dashed_words,
    lower,
    spaced,
    spaced_plural,
    strictest,
    unchanged,
)

ROWS = [pytest.param(row, id=f"{row.library}: {row.version}") for row in READERS]


@pytest.mark.parametrize(
    ("formula", "class_name", "expected"),
    [
        (dashed_words, "User", "user"),
        (dashed_words, "UserDB", "user-db"),
        (dashed_words, "TaskNote", "task-note"),
        (dashed_words, "HTTPServer", "http-server"),
        (dashed_words, "OAuth2Token", "o-auth2-token"),
        (dashed, "UserDB", "user-d-b"),
        (dashed, "TaskNote", "task-note"),
        (dashed, "OAuth2Token", "o-auth2-token"),
        (spaced, "UserDB", "User D B"),
        (spaced, "TaskNote", "Task Note"),
        (spaced_plural, "TaskNote", "Task Notes"),
        (lower, "TaskNote", "tasknote"),
        (unchanged, "TaskNote", "TaskNote"),
    ],
)
def test_formulas_give_what_the_libraries_give(formula: object, class_name: str, expected: str) -> None:
    assert callable(formula)
    assert formula(class_name) == expected


@pytest.mark.parametrize("row", ROWS)
def test_each_row_says_how_it_is_seen_and_what_to_do(row: ClassNameReader) -> None:
    assert row.version
    assert row.remedies
    for use in row.uses:
        assert use.names
        assert all(re.fullmatch(r"[\w.()]+", name) and "." in name for name in use.names)
        assert use.seen not in (Seen.CLASS_KEYWORD, Seen.CLASS_ATTRIBUTE) or use.parameter


@pytest.mark.parametrize("row", ROWS)
def test_a_value_is_pinned_where_the_model_is_seen(row: ClassNameReader) -> None:
    seen = {use.seen for use in row.uses}

    for remedy in row.remedies:
        match remedy:
            case Pin(place=Place.CALL):
                assert seen == {Seen.ARGUMENT}
            case Pin(place=Place.CLASS_BODY):
                assert seen <= {Seen.CLASS_KEYWORD, Seen.CLASS_ATTRIBUTE}
            case Follow():
                assert all(use.only for use in row.uses)


def test_no_name_is_seen_in_two_ways_that_contradict_each_other() -> None:
    rows: dict[tuple[str, Seen, str], str] = {}
    for row in READERS:
        for use in row.uses:
            for name in use.names:
                key = (name, use.seen, use.parameter)
                assert key not in rows, f"{name} is in two rows"
                rows[key] = row.library


def test_the_libraries_of_the_specification_are_there() -> None:
    libraries = {row.library for row in READERS}

    assert {"sqladmin", "SQLAlchemy-Utils", "strawberry-sqlalchemy-mapper", "graphene-sqlalchemy"} <= libraries


def test_the_strictest_remedy_decides() -> None:
    breaks, seen = Refuse("breaks"), Refuse("seen", only_seen=True)
    pin, harmless = Pin(Place.CALL, ()), Harmless("nothing")

    assert strictest((harmless, pin, seen, breaks)) is breaks
    assert strictest((harmless, pin, seen)) is seen
    assert strictest((harmless, pin)) is pin
    assert strictest((harmless,)) is harmless
