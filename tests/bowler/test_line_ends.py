"""Between a file's own lines and those that Bowler works on: what Bowler did is done to the file, and nothing else."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from lifeops_codemods.bowler.line_ends import changes, local_differences, plain
from lifeops_codemods.plan.mapping import apply_changes

ENDS = st.sampled_from(["\n", "\r\n", "\r"])
PIECES = st.sampled_from(["x", "y = 1", "", "    z", "\x0c", "'\u2028'", "# é"])
TEXTS = st.lists(st.tuples(PIECES, ENDS), max_size=8).flatmap(
    lambda lines: PIECES.map(lambda last: "".join(piece + end for piece, end in lines) + last)
)
RESULTS = st.lists(PIECES, max_size=8).map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(TEXTS, RESULTS)
@example("x\nx\nx\r", "x\nx\nx\n\n")
@example("x\rx\rx\n", "x\nx\n\n")
@example("x\rx\rx\nx", "x\nx\nx\n\nx\n")
def test_the_file_says_what_the_result_says(text: str, result: str) -> None:
    after = apply_changes(text, changes(text, result))
    ends_open = plain(text) != re.sub("\r\n|\r", "\n", text)
    assert re.sub("\r\n|\r", "\n", after) == (result.removesuffix("\n") if ends_open else result)


@given(TEXTS)
def test_nothing_changed_is_no_change(text: str) -> None:
    assert changes(text, plain(text)) == ()


@given(TEXTS, st.data())
def test_lines_that_were_not_touched_keep_their_ends(text: str, data: st.DataObject) -> None:
    lines = re.split("(\r\n|\r|\n)", text)
    last = len(lines) // 2 - (lines[-1] == "" and len(lines) > 1)
    at = data.draw(st.integers(0, last)) * 2
    renamed = [*lines[:at], f"{lines[at]}new", *lines[at + 1 :]]
    after = apply_changes(text, changes(text, plain("".join(renamed))))
    assert re.findall("\r\n|\r|\n", after) == re.findall("\r\n|\r|\n", text)


def test_far_apart_changes_of_a_long_file_stay_apart() -> None:
    lines = [f"a{number % 7} = f({number % 5})\n" for number in range(20_000)]
    new = [*lines]
    new[3], new[19_000] = "b = 1\n", "c = 2\n"
    del new[10_000]
    new.insert(15_000, "d = 3\n")
    found = list(local_differences("".join(lines), "".join(new)))
    assert apply_changes("".join(lines), found) == "".join(new)
    assert max(change.end - change.start for change in found) < 400
