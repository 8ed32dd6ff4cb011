"""Lines and columns as Python's parser counts them."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeops_codemods.source.lines import LineIndex

NAMES = st.sampled_from(["x", "é", "变量", "ß_1", "_"])
LITERALS = st.text(st.sampled_from("aé€😀変\t\f\v\x1c\x85\u2028\u2029")).map(lambda text: f"'{text}'")
TRIPLES = st.text(st.sampled_from("aé😀\n\f\x85")).map(lambda text: f"'''{text}'''")
EXPRESSIONS = st.recursive(
    NAMES | LITERALS | TRIPLES,
    lambda inner: st.tuples(inner, inner).map(lambda pair: f"({pair[0]}, {pair[1]})"),
    max_leaves=5,
)
STATEMENTS = st.tuples(NAMES, EXPRESSIONS).map(lambda pair: f"{pair[0]} = {pair[1]}")
BLOCKS = st.tuples(NAMES, STATEMENTS).map(lambda pair: f"if {pair[0]}:\n\t{pair[1]}")
ENDINGS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def programs(draw: st.DrawFn) -> str:
    lines = "\n".join(draw(st.lists(STATEMENTS | BLOCKS, min_size=1, max_size=6)))
    return re.sub("\n", lambda _: draw(ENDINGS), lines) + draw(st.sampled_from(["", "\n", "\r\n"]))


@given(programs())
def test_the_parsers_columns_lead_to_the_node(text: str) -> None:
    index = LineIndex(text)
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.expr) or node.end_lineno is None or node.end_col_offset is None:
            continue
        start = index.offset(node.lineno, node.col_offset)
        end = index.offset(node.end_lineno, node.end_col_offset)
        assert ast.dump(ast.parse(text[start:end], mode="eval").body) == ast.dump(node).replace("Store", "Load")


@given(st.text(st.sampled_from("ab é😀\r\n\f\v\x85\u2028\x1c")))
def test_positions_and_offsets_are_inverse(text: str) -> None:
    index = LineIndex(text)
    for offset in range(len(text) + 1):
        line, column = index.position(offset)
        before = text[offset - column + 1 : offset]
        assert index.starts[line - 1] + column - 1 == offset
        assert index.offset(line, len(before.encode())) == offset


@given(st.text(st.sampled_from("a é\r\n\f\v\x85\u2028\x1c")))
def test_lines_end_where_the_tokenizer_ends_them(text: str) -> None:
    index = LineIndex(text)
    expected = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert [index.line(number) for number in range(1, len(index) + 1)] == expected


def test_a_line_feed_after_a_return_is_one_ending() -> None:
    index = LineIndex("a\r\nb\rc\nd")
    assert index.starts == [0, 3, 5, 7]
    assert (index.position(2), index.position(3), index.position(8)) == ((1, 3), (2, 1), (4, 2))


def test_columns_count_code_points_from_one() -> None:
    text = "é😀x = 1"
    index = LineIndex(text)
    assert index.position(text.index("x")) == (1, 3)
    assert index.offset(1, len("é😀".encode())) == 2


def test_ascii_lines_of_a_text_that_is_not_all_ascii() -> None:
    index = LineIndex("é = 1\nabc = 2\n")
    assert index.offset(2, 4) == 10


@pytest.mark.parametrize("column", [1, 4, 5])
def test_a_column_within_a_character_or_behind_the_line_is_an_error(column: int) -> None:
    with pytest.raises(ValueError, match=f"byte {column} of line 1"):
        LineIndex("éa").offset(1, column)


@pytest.mark.parametrize("text", ["a\nb", "é\nb"])
@pytest.mark.parametrize("line", [0, -1, 3])
def test_a_line_that_is_not_is_an_error(text: str, line: int) -> None:
    index = LineIndex(text)
    with pytest.raises(IndexError):
        index.offset(line, 0)
    with pytest.raises(IndexError):
        index.line(line)


@pytest.mark.parametrize("offset", [-1, 4])
def test_an_offset_outside_the_text_is_an_error(offset: int) -> None:
    with pytest.raises(IndexError):
        LineIndex("a\nb").position(offset)


def test_an_empty_text_has_one_line() -> None:
    index = LineIndex("")
    assert (len(index), index.line(1), index.position(0), index.offset(1, 0)) == (1, "", (1, 1), 0)
