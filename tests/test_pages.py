"""Lists that pagination has changed, asked for over HTTP: 250 rows, in pages of several sizes, forwards and backwards.

None of this asks the rule: a fixture's `after` is held against its `before`, which answers with the whole list.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from .harness.case import Case, Drive, cases
from .harness.running import pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RULE = "pagination"
DRIVEN = [case for case in cases(RULE) if case.driven is Drive.PAGES and case.readable]
EDITED = [case for case in cases(RULE) if not case.skip and case.readable]
ROWS = 250
DEFAULT = 100
each = pytest.mark.parametrize("case", DRIVEN, ids=[case.name for case in DRIVEN])


@pytest.fixture(scope="module")
def seen() -> Callable[[Case, str], dict[str, Any]]:
    jobs = [(case.folder / side, case.drive, side == "after") for case in DRIVEN for side in ("before", "after")]
    answers = dict(zip((project for project, _, _ in jobs), pages(jobs), strict=True))
    return lambda case, side: answers[case.folder / side]


def test_every_edited_case_is_driven() -> None:
    assert [case.name for case in EDITED if case not in DRIVEN] == []


@each
def test_answers_with_the_first_page(case: Case, seen: Callable[[Case, str], dict[str, Any]]) -> None:
    whole, first = (seen(case, side)["plain"] for side in ("before", "after"))
    assert len(whole["items"]) == ROWS
    assert len(first["items"]) == DEFAULT


@each
def test_pages_hold_every_row_once(case: Case, seen: Callable[[Case, str], dict[str, Any]]) -> None:
    whole = sorted(map(as_text, seen(case, "before")["plain"]["items"]))
    for walk in seen(case, "after")["walks"]:
        assert sorted(rows_of(walk)) == whole
        assert all(len(page["items"]) == walk["size"] for page in walk["pages"][:-2])
        assert walk["pages"][-1]["items"] == []


@each
def test_pages_of_every_size_have_one_order(case: Case, seen: Callable[[Case, str], dict[str, Any]]) -> None:
    orders = [rows_of(walk) for walk in seen(case, "after")["walks"]]
    assert all(order == orders[0] for order in orders)
    assert orders[0][:DEFAULT] == list(map(as_text, seen(case, "after")["plain"]["items"]))


@each
def test_keeps_the_order_that_there_was(case: Case, seen: Callable[[Case, str], dict[str, Any]]) -> None:
    """Rows that the old order leaves equal may come in another order among themselves."""
    whole = seen(case, "before")["plain"]["items"]
    paged = [item for page in seen(case, "after")["walks"][0]["pages"] for item in page["items"]]
    if isinstance(whole[0], dict) and "rank" in whole[0]:
        assert [item["rank"] for item in paged] == [item["rank"] for item in whole]
        assert len({item["rank"] for item in whole}) < ROWS


@each
def test_bounds_are_422(case: Case, seen: Callable[[Case, str], dict[str, Any]]) -> None:
    assert set(seen(case, "after")["bad"]) == {422}


@each
def test_sends_as_many_statements_as_before(case: Case, seen: Callable[[Case, str], dict[str, Any]]) -> None:
    """One more where the number of all rows is reported."""
    before, after = seen(case, "before"), seen(case, "after")
    allowed = before["plain"]["statements"] + (after["plain"]["total"] is not None)
    counts = {page["statements"] for walk in after["walks"] for page in walk["pages"] if page["items"]}
    assert counts == {after["plain"]["statements"]}
    assert max(counts) <= allowed


@each
def test_total_is_that_of_all_rows(case: Case, seen: Callable[[Case, str], dict[str, Any]]) -> None:
    after = seen(case, "after")
    totals = {page["total"] for walk in after["walks"] for page in walk["pages"]}
    assert totals == {seen(case, "before")["plain"]["total"]}
    assert totals <= {None, ROWS}


@each
def test_other_callers_get_all_rows(case: Case, seen: Callable[[Case, str], dict[str, Any]]) -> None:
    assert seen(case, "after").get("others") == seen(case, "before").get("others")


@pytest.mark.parametrize(
    ("name", "lost"),
    [("direct_select", ".order_by(Quest.id)"), ("default_style", ", Quest.id"), ("keywords_only", "ge=0, ")],
)
def test_what_an_edit_forgets_is_seen(name: str, lost: str, tmp_path: Path) -> None:
    """An order, the key that decides between equal rows, a bound: without them the pages do not fit together."""
    case = next(case for case in DRIVEN if case.name == name)
    shutil.copytree(case.folder / "after", tmp_path / "after")
    main = tmp_path / "after" / "app" / "main.py"
    main.write_text(main.read_text().replace(lost, "", 1))
    (answer,) = pages([(tmp_path / "after", case.drive, True)])
    orders = [rows_of(walk) for walk in answer["walks"]]
    assert any(order != orders[0] for order in orders) or set(answer["bad"]) != {422}


def rows_of(walk: dict[str, Any]) -> list[str]:
    return [as_text(item) for page in walk["pages"] for item in page["items"]]


def as_text(item: Any) -> str:
    return json.dumps(item, sort_keys=True)
