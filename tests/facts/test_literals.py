"""Positions in a string's value stand where the literal says: tried against Python's own reading of it.

A letter of the source that is replaced changes the value at one place, or is part of an escape: what changes is
what must be found, and nothing else.
"""

from __future__ import annotations

import ast
import random

import pytest

from lifeops_codemods.project.literals import runs, source_offset

from . import samples

PIECES = [
    *("a", "Hero", " ", ".", "é", "😀", "{x}", "#", "'", '"', "\n", "\r\n"),
    *("\\n", "\\x41", "\\u00e9", "\\U0001F600", "\\N{EM DASH}", "\\101", "\\0", "\\7", "\\8", "\\t"),
    *("\\\\", "\\'", '\\"', "\\d", "\\\n", "\\\r\n"),
]
BETWEEN = (" ", "", "  # it's\n ", "\\\n", "\n", "\r\n", '  # "\r\n')


def literal(rng: random.Random) -> str:
    """Some pieces of a string, put together; not all of them are valid."""
    parts = []
    for _ in range(rng.randint(1, 3)):
        quote = rng.choice(("'", '"', "'''", '"""'))
        prefix = rng.choice(("", "", "", "r", "u", "R"))
        inner = "".join(rng.choice(PIECES) for _ in range(rng.randint(0, 6)))
        parts += [f"{prefix}{quote}{inner}{quote}", rng.choice(BETWEEN)]
    return "".join(parts[:-1])


def value(source: str) -> str | None:
    try:
        found = ast.literal_eval(f"({source})")
    except (SyntaxError, ValueError):
        return None
    return found if isinstance(found, str) else None


def test_each_letter_is_found_where_replacing_it_changes_the_value() -> None:
    rng, checked = random.Random("literals"), 0
    wrong: list[str] = []
    for _ in range(6000):
        source = literal(rng)
        true = value(source)
        if true is not None and not _is_known(source):
            checked += 1
            wrong += [source] if _differs(source, true) else []
    assert wrong == []
    assert checked > 1000


def _differs(source: str, true: str) -> bool:
    pieces = runs(source, 0, len(source))
    said = {place: index for index in range(len(true)) if (place := source_offset(pieces, index, 1)) is not None}
    if any(source[place] != true[index] for place, index in said.items() if true[index] != "\n"):
        return True
    return any(_told(source, true, place) not in {said.get(place), -1} for place in range(len(source)))


def _told(source: str, true: str, place: int) -> int | None:
    """The index in the value that a letter of the source is; None if it is none, -1 where that is not to be told."""
    if not source[place].isalpha() or source[place] in "xuUNrR":
        return -1
    other = value(source[:place] + "Ω" + source[place + 1 :])
    if other is None or len(other) != len(true):
        return -1
    differing = [index for index in range(len(true)) if true[index] != other[index]]
    return differing[0] if len(differing) == 1 and other[differing[0]] == "Ω" else None


def _is_known(source: str) -> bool:
    """What the test below shows in small."""
    return "\\\r\n" in source and "r" in source.lower().replace("\r", "").replace("hero", "")


def test_a_raw_string_in_a_file_with_crlf_keeps_its_backslashes() -> None:
    assert found("r'''a\\\r\nHero'''", "Hero") == "Hero@8"


def test_the_strings_of_real_files_are_read_as_python_reads_them() -> None:
    count = 0
    for text in samples.stdlib(40, "literals") + samples.fixtures():
        lines = text.split("\n")
        tree = ast.parse(text)
        pieces_of_f_strings = {
            id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and text.isascii()):
                continue
            if id(node) in pieces_of_f_strings:
                continue
            start = sum(len(line) + 1 for line in lines[: node.lineno - 1]) + node.col_offset
            end = sum(len(line) + 1 for line in lines[: (node.end_lineno or 0) - 1]) + (node.end_col_offset or 0)
            if text[start] not in "rRuU'\"":
                continue  # within an f-string, where Python 3.11 gets places wrong
            pieces = runs(text, start, end)
            count += 1
            for run in pieces:
                inside = node.value[run.value_start : run.value_start + run.length]
                assert inside == text[run.source_start : run.source_start + run.length]
            if "\\" not in text[start:end] and node.value:
                assert sum(run.length for run in pieces) == len(node.value)
    assert count > 3000


def found(source: str, word: str) -> str | None:
    text = value(source)
    assert text is not None
    start = source_offset(runs(source, 0, len(source)), text.index(word), len(word))
    return None if start is None else source[start : start + len(word)] + f"@{start}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'Hero'", "Hero@1"),
        ("r'\\d Hero'", "Hero@5"),
        ("'\\n Hero'", "Hero@4"),
        ("'a' 'Hero'", "Hero@5"),
        ("'He' 'ro'", None),
        ("'\\x48ero'", None),
        ("'He\\\nro'", None),
        ("'''a\r\nHero'''", "Hero@6"),
        ("'a'  # 'Hero'\n 'Hero'", "Hero@16"),
        ("'\\'Hero'", "Hero@3"),
        ("'\\\\Hero'", "Hero@3"),
        ("'\\N{EM DASH}Hero'", "Hero@12"),
    ],
)
def test_a_word_is_found_only_in_one_piece(source: str, expected: str | None) -> None:
    assert found(source, "Hero") == expected
