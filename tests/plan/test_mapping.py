from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lifeops_codemods.operation import Span
from lifeops_codemods.plan.difference import differences
from lifeops_codemods.plan.mapping import apply_changes, compose, map_back, map_offset, map_span, narrowed
from lifeops_codemods.plan.model import Change

TEXT = "abc User def User"
CHANGES = (Change(4, 8, "UserDB"), Change(8, 8, "!"), Change(13, 17, "X"))


@st.composite
def changed(draw: st.DrawFn, text: str) -> tuple[Change, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return tuple(Change(start, end, draw(st.text("xyz\n", max_size=3))) for start, end in pairs)


@given(st.data(), st.text("ab\n", max_size=20))
def test_two_sets_of_changes_are_one(data: st.DataObject, text: str) -> None:
    first = data.draw(changed(text))
    middle = apply_changes(text, first)
    second = data.draw(changed(middle))
    both = compose(len(text), first, second)
    assert apply_changes(text, both) == apply_changes(middle, second)
    assert all(one.end <= two.start for one, two in pairwise(both))


@given(st.text("ab \n\r", max_size=30), st.text("ab \n\r", max_size=30))
def test_differences_make_the_new_text(old: str, new: str) -> None:
    assert apply_changes(old, differences(old, new)) == new


@given(st.data(), st.text("ab\n", max_size=20))
def test_an_offset_outside_of_changes_maps_there_and_back(data: st.DataObject, text: str) -> None:
    changes = data.draw(changed(text))
    for offset in range(len(text)):
        if not any(change.start <= offset <= change.end for change in changes):
            assert map_back(changes, map_offset(changes, offset)) == offset


def test_a_place_in_a_replacement_maps_to_its_start() -> None:
    assert [map_offset(CHANGES, offset) for offset in (0, 4, 6, 8, 13, 15, 17)] == [0, 4, 4, 11, 16, 16, 17]
    assert [map_back(CHANGES, offset) for offset in (0, 4, 7, 10, 11, 16, 17)] == [0, 4, 4, 8, 8, 13, 17]


def test_what_is_inserted_at_a_spans_edge_stays_outside() -> None:
    assert map_span((Change(4, 4, "("), Change(8, 8, ")")), Span(4, 8)) == Span(5, 9)
    assert map_span(CHANGES, Span(4, 8)) == Span(4, 10)
    assert map_span((Change(4, 4, "(("),), Span(4, 4)) == Span(6, 6)


def test_a_change_is_narrowed_to_what_differs() -> None:
    assert narrowed(TEXT, Change(4, 8, "UserDB")) == Change(8, 8, "DB")


def test_lines_that_are_only_indented_change_only_there() -> None:
    old = "    a = 1\n    b(\n        c)\n"
    new = "    try:\n        a = 1\n        b(\n            c)\n    except E:\n        pass\n"
    assert all(not change.text.strip("\n ") or "a = 1" not in change.text for change in differences(old, new))
    assert apply_changes(old, differences(old, new)) == new
