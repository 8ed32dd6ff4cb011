"""Suppressions: where the comment stands decides what it covers; what looks like one and is none covers nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lifeops_codemods.operation import Span
from lifeops_codemods.suppressions import Suppression, complaints, suppressions

MODULE = '''\
"""Docstring."""
import os  # lifeops: ignore[first]

BIG = call(
    one,
    two,  # lifeops: ignore[middle]
    three,
)  # lifeops: ignore[last]
NEXT = 1; AFTER = 2  # lifeops: ignore[two]


@decorate  # lifeops: ignore[decorator]
@again(
    4
)
async def function(
    a, # lifeops: ignore[parameter]
    b,
) -> None:  # lifeops: ignore[whole]
    """Text."""
    for x in many:  # lifeops: ignore[header]
        await x.y  # lifeops: ignore[inner]

    return None


class Thing:  # lifeops: ignore[thing]
    async def method(self): return 1  # lifeops: ignore[one]

    other = 3
# dedented comment

async def later():
    async with x:  # lifeops: ignore[with]
        pass
    # at the end


END = 1
'''


def only(text: str, rule: str) -> Suppression:
    [found] = [each for each in suppressions(text) if rule in each.rules]
    return found


def covered(text: str, rule: str) -> str:
    """The text of the region that the comment for `rule` covers."""
    return text[slice(*only(text, rule).region)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("rule", "begin", "end"),
    [
        ("first", "import os", "ignore[first]"),
        ("middle", "    two", "ignore[middle]\n"),
        ("last", "BIG = call(", "ignore[last]"),
        ("two", "NEXT = 1", "ignore[two]"),
        ("decorator", "@decorate", "ignore[decorator]"),
        ("parameter", "    a,", "ignore[parameter]\n"),
        ("whole", "@decorate", "return None"),
        ("header", "for x", "ignore[header]"),
        ("inner", "await x.y", "ignore[inner]"),
        ("thing", "class Thing", "other = 3"),
        ("one", "async def method", "ignore[one]"),
        ("with", "async with x", "ignore[with]"),
    ],
)
def test_the_region_is_the_statement_or_the_definition(rule: str, begin: str, end: str, ending: str) -> None:
    text = MODULE.replace("\n", ending)
    found = covered(text, rule)
    assert found.startswith(begin)
    assert found.endswith(end.replace("\n", ending))
    comment = text[slice(*only(text, rule).span)]
    assert comment.startswith("# lifeops: ignore[")
    assert comment.endswith("]")


def test_columns_are_code_points() -> None:
    text = 'x = "ä𝄞"; y = "\x0c"  # lifeops: ignore[a]\nz = 1\n'
    assert covered(text, "a") == text[: text.index("\n")]


@pytest.mark.parametrize(
    "text",
    [
        'x = "# lifeops: ignore"\n',
        '"""\n# lifeops: ignore\n"""\n',
        "x = 1  # see lifeops: ignore\n",
        "x = 1  # lifeops: the main router\n",
        "x = 1  # LIFEOPS: ignore\n",
        "lifeops: ignore = 3\n",
        "x = 1\n",
        "",
    ],
)
def test_what_only_looks_like_a_suppression_is_none(text: str) -> None:
    assert suppressions(text) == ()


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("# lifeops: ignore", ()),
        ("#lifeops:ignore", ()),
        ("# lifeops: ignore because it is loaded by the middleware", ()),
        ("# lifeops: ignore[a]", ("a",)),
        ("# lifeops: ignore[ a ,b-c, ] with a reason", ("a", "b-c")),
        ("# noqa: E501  # lifeops: ignore[a]", ("a",)),
    ],
)
def test_ways_to_write_it(comment: str, rules: tuple[str, ...]) -> None:
    [found] = suppressions(f"x = 1  {comment}\n")
    assert (found.rules, found.error) == (rules, "")


def test_two_in_one_comment() -> None:
    assert [each.rules for each in suppressions("x = 1  # lifeops: ignore[a] # lifeops: ignore[b]\n")] == [
        ("a",),
        ("b",),
    ]


def test_a_named_rule_is_silenced_and_no_other() -> None:
    text = "x = 1  # lifeops: ignore[a]\ny = 2\n"
    [found] = suppressions(text)
    assert found.covers("a", 0, 5)
    assert found.covers("a", 4, 5)
    assert not found.covers("b", 0, 5)
    assert not found.covers("a", text.index("y"), text.index("y") + 1)


def test_without_a_list_every_rule_is_silenced() -> None:
    [found] = suppressions("x = 1  # lifeops: ignore\n")
    assert found.covers("a", 0, 5)
    assert found.covers("b", 0, 5)


def test_an_edit_that_reaches_over_the_line_is_silenced() -> None:
    text = "query = (\n    db.query(A)\n    .filter(B)  # lifeops: ignore\n    .all()\n)\nafter = 1\n"
    [found] = suppressions(text)
    assert found.covers("a", text.index("db"), text.index("all()") + 5)
    assert not found.covers("a", text.index("db"), text.index("(A)"))


def test_a_definition_is_silenced_as_a_whole_only_by_name() -> None:
    text = "def f(a):\n    x = 1  # lifeops: ignore{}\n    return x\n"
    [every] = suppressions(text.format(""))
    [named] = suppressions(text.format("[a]"))
    whole = (0, text.index("return x") + 8)
    assert not every.covers("a", *whole)
    assert named.covers("a", *whole)
    assert every.covers("a", text.index("x = 1"), text.index("return"))


def test_what_has_no_place_is_silenced_by_the_file_alone() -> None:
    [line] = suppressions("import os  # lifeops: ignore\n")
    [file] = suppressions("# lifeops: ignore-file\nimport os\n")
    assert not line.covers("a", 0, 0)
    assert line.covers("a", 7, 7)
    assert file.covers("a", 0, 0)


@pytest.mark.parametrize(
    "above",
    ["", '"""Docstring."""\n', '"""Docstring."""\n\n# other\n', "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n"],
)
def test_a_file_is_silenced_from_its_top(above: str) -> None:
    text = f"{above}# lifeops: ignore-file[a]\nimport os\n\nx = 1\n"
    [found] = suppressions(text)
    assert found.covers("a", len(text) - 3, len(text) - 2)
    assert not found.covers("b", len(text) - 3, len(text) - 2)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("import os\n# lifeops: ignore-file\n", "`ignore-file` stands above the first statement"),
        ("import os  # lifeops: ignore-file\n", "`ignore-file` stands above the first statement"),
        ("# lifeops: ignore\nimport os\n", "it stands on a line of its own"),
        ("f(\n    # lifeops: ignore[a]\n    1)\n", "it stands on a line of its own"),
        ("x = 1  # lifeops: ignore[a\n", "its list of rules has no `]`"),
        ("x = 1  # lifeops: ignore[]\n", "its list of rules is empty"),
        ("x = 1  # lifeops: ignroe[a]\n", "did you mean `ignore`?"),
        ("# lifeops: ignore_file\nx = 1\n", "did you mean `ignore-file`?"),
    ],
)
def test_a_suppression_that_cannot_be_in_force_says_why(text: str, error: str) -> None:
    [found] = suppressions(text)
    assert found.error.startswith(error)
    assert not found.covers("a", 0, len(text))
    [complaint] = complaints([found], [("a", Span(0, len(text)))], {"a"}, {"a"})
    assert complaint.message.startswith(f"this suppression is not in force: {error}")
    assert text[slice(*complaint.span)].startswith("# lifeops:")


def test_a_file_that_does_not_parse_keeps_the_lines_before_the_error() -> None:
    text = "x = 1  # lifeops: ignore[a]\ncall(1,  # lifeops: ignore[b]\n"
    assert covered(text, "a").startswith("x = 1")
    assert covered(text, "b") == "call(1,  # lifeops: ignore[b]\n"


KNOWN = {"a", "b", "c"}


@pytest.mark.parametrize(
    ("comment", "matched", "ran", "messages"),
    [
        ("[a]", "a", {"a"}, []),
        ("[a]", "b", {"a"}, ["this suppression of a silences nothing"]),
        ("[a]", "", {"b"}, []),
        ("[a, b]", "a", KNOWN, ["this suppression of b silences nothing"]),
        ("[a, x]", "a", KNOWN, ["this suppression names `x`, which is no rule; the nearest known one is "]),
        ("", "c", KNOWN, []),
        ("", "", KNOWN, ["this suppression silences nothing"]),
        ("", "", {"a", "b"}, []),
    ],
)
def test_unused_and_unknown_are_told(comment: str, matched: str, ran: set[str], messages: list[str]) -> None:
    found = suppressions(f"x = 1  # lifeops: ignore{comment}\ny = 2\n")
    told = [each.message for each in complaints(found, [(matched, Span(0, 5))] if matched else [], ran, KNOWN)]
    assert len(told) == len(messages)
    assert all(message.startswith(expected) for message, expected in zip(told, messages, strict=True))


PIECES = [
    "# lifeops: ignore",
    "[a]",
    "\n",
    "    ",
    "def f():",
    "class A:",
    "(",
    ")",
    '"""',
    "x = 1",
    ";",
    "\\",
    "@d",
    "\t",
    "\r",
    ":",
    "'",
]


@example("    (")
@example("    x = 1  # lifeops: ignore\n")
@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_text_is_too_broken(text: str) -> None:
    for found in suppressions(text):
        assert text[slice(*found.span)].startswith("# lifeops:")
        assert 0 <= found.region.start <= found.region.end <= len(text)
        found.covers("a", 0, len(text))
