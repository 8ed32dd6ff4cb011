"""Windows compose, hunks lose nothing, and neither looks at what did not change."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lifeops_codemods.plan.model import Change, Step
from lifeops_migrate.diff.hunks import CONTEXT, Hunk, hunks
from lifeops_migrate.diff.lines import Lines, git_lines, python_lines
from lifeops_migrate.diff.origin import origin
from lifeops_migrate.diff.windows import composed, windows_of_file, windows_of_step
from lifeops_migrate.diff.written import as_text
from lifeops_migrate.showing import shown_file

from .making import file, replacing, step

TEXT = st.text(alphabet="ab\r\n\t \x0c\u2028", max_size=40)


@st.composite
def steps(draw: st.DrawFn, before: str) -> Step:
    cuts = sorted(draw(st.lists(st.integers(0, len(before)), max_size=6)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return step(before, [Change(start, end, draw(TEXT)) for start, end in pairs])


@st.composite
def chains(draw: st.DrawFn) -> list[Step]:
    text = draw(TEXT)
    chain: list[Step] = []
    for _ in range(draw(st.integers(1, 4))):
        chain.append(draw(steps(text)))
        text = chain[-1].after
    return chain


@given(chains())
def test_windows_of_a_chain_lead_from_its_first_text_to_its_last(chain: list[Step]) -> None:
    before, after = chain[0].before, chain[-1].after
    rebuilt, at = "", 0
    for window in composed(map(windows_of_step, chain)):
        assert at <= window.start <= window.end
        rebuilt += before[at : window.start] + after[window.new_start : window.new_end]
        at = window.end
    assert rebuilt + before[at:] == after


@given(chains())
def test_hunks_lead_from_one_text_to_the_other(chain: list[Step]) -> None:
    for split in (git_lines, python_lines):
        before, after = split(chain[0].before), split(chain[-1].after)
        found = hunks(before, after, composed(map(windows_of_step, chain)))
        assert applied(before, after, found) == list(after.items)
        assert all(later.start > hunk.end for hunk, later in itertools.pairwise(found))
        assert all(block.start - hunk.start <= CONTEXT for hunk in found for block in hunk.blocks[:1])


@given(chains())
def test_every_kept_line_is_traced_to_an_equal_one(chain: list[Step]) -> None:
    first, later = python_lines(chain[0].before), python_lines(chain[-1].after)
    back = origin(first, later, composed(map(windows_of_step, chain)))
    for index, line in enumerate(later.items):
        found = back.of(index)
        if found.exact:
            assert first.items[found.line] == line


def applied(before: Lines, after: Lines, found: tuple[Hunk, ...]) -> list[str]:
    result: list[str] = []
    at = 0
    for hunk in found:
        result += before.items[at : hunk.start]
        for line in hunk.lines():
            if line.after is not None:
                result.append(after.items[line.after])
            if line.before is not None and line.after is not None:
                assert before.items[line.before] == after.items[line.after]
        at = hunk.end
    return result + list(before.items[at:])


def test_two_changes_among_a_hundred_thousand_equal_lines_stay_two() -> None:
    text = "x = 1\n" * 100_000
    plan = file("app/a.py", step(text, [Change(6 * 100, 6 * 100 + 1, "y"), Change(6 * 90_000, 6 * 90_000 + 1, "z")]))
    diff = shown_file(plan)
    assert (diff.added, diff.removed) == (2, 2)
    assert as_text(diff).count("\n") == 2 + 2 * (1 + 2 * CONTEXT + 2)


def test_a_rule_that_replaces_much_is_still_shown_by_what_differs() -> None:
    text = "".join(f"line {number}\n" for number in range(500))
    plan = file("app/a.py", step(text, [Change(0, len(text), text.replace("line 250\n", "other\n"))]))
    assert (shown_file(plan).added, shown_file(plan).removed) == (1, 1)


def test_close_changes_share_a_hunk_and_distant_ones_do_not() -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    close = file("a.py", replacing(text, ("line 2\n", "x\n"), ("line 9\n", "y\n")))
    distant = file("a.py", replacing(text, ("line 2\n", "x\n"), ("line 10\n", "y\n")))
    assert as_text(shown_file(close)).count("@@ -") == 1
    assert as_text(shown_file(distant)).count("@@ -") == 2


def test_a_change_undone_by_the_next_step_is_no_change() -> None:
    first = replacing("a\nb\n", ("a", "x"))
    assert as_text(shown_file(file("a.py", first, replacing(first.after, ("x", "a"))))).count("@@") == 0


def test_a_file_without_changes_is_compared_as_a_whole() -> None:
    plan = file("a.py", Step("rule", "a\nb\nc\n", "a\nB\nc\n", (), ()))
    assert windows_of_file(plan) == ()
    assert "-b\n+B\n" in as_text(shown_file(plan))
