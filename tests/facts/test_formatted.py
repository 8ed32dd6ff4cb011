"""The expressions of f-strings are found where they stand, also by a Python whose `ast` does not know it."""

from __future__ import annotations

import pytest

from lifeops_codemods.facts.collect import collect
from lifeops_codemods.facts.model import FileFacts

from .checks import forgotten, misplaced

SPELLINGS = [
    'f"{x}"',
    'f"{{x}} {x}"',
    'f"{{{x}}}"',
    "f'{x!r}'",
    "f'{x = }'",
    "f'{x=!r:^20}'",
    "f'{x!r:>{y}}'",
    "f'{x:{y}.{z}}'",
    "f'{x:{y!r}}{z}'",
    "f'{x:%H:%M}{y}'",
    "f'{x:=5}'",
    "f'{(x:=5)}'",
    "f'{x != y} {x == y} {x >= y} {x <= y}'",
    "f'{x == y = }'",
    "f'{x[\"a:b\"]} {y}'",
    "f'{x[\"}\"]} {y}'",
    "f'{ {1: x}[1] } {y}'",
    "f'{(lambda x: y)(1)}'",
    "f'{x if y else z}'",
    "f'{x, y}'",
    "f'{*x, y}'",
    "f'{[x for x in y if z]}'",
    "f\"{f'{x}' + y}\"",
    "f'''{\nx\n} {y}'''",
    "f'''a\n{x:{\ny}}\n{z}'''",
    "f'''it's {x} and \"{y}\"'''",
    "u'a' f'{x}' 'b' f'{y}'",
    "(f'{x}'  # '{z}\n f'{y}')",
    "(f'{x}' \\\n f'{y}')",
    "rf'\\{x}' f'\\\\{y}'",
    "f'\\'{x}\\' {y}'",
    "f'\\\n{x}'",
    "f'é{x}é{y}' + z",
    "fR'\\d{x}'",
    "F'{é.ü(x=y)}'",
    "f'{x.y.z(a=1)}'",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_names_in_f_strings_have_their_places(text: str) -> None:
    assert "x" in text
    assert misplaced(text) == []
    assert forgotten(text) == []


@pytest.mark.parametrize(
    "text",
    ["x = f'\\N{EM DASH} {y}'", "x = f'\\N{BULLET}{y}'", "x = f'{y:\\N{BULLET}>5}'"],
)
def test_a_character_by_its_name_is_no_field(text: str) -> None:
    assert [row.name for row in FileFacts(collect(text)).names] == ["y"]
    assert misplaced(text) == []


def test_in_a_raw_f_string_there_are_no_characters_by_name() -> None:
    assert [row.name for row in FileFacts(collect("rf'\\N{x}'")).names] == ["x"]


def test_a_backslash_before_the_backslash_leaves_a_field() -> None:
    assert [row.name for row in FileFacts(collect("f'\\\\N{x}'")).names] == ["x"]


def test_names_in_f_strings_belong_to_the_scope_around() -> None:
    facts = FileFacts(collect("def f(x):\n    return f'{x:{y}}'\n"))
    assert {(facts.scopes[row.scope].name, row.name) for row in facts.names} == {("f", "x"), ("f", "y")}


def test_a_call_in_an_f_string_has_its_place() -> None:
    text = "print(f'{f(a=b)}')"
    (call,) = (row for row in FileFacts(collect(text)).calls if row.function == ("f",))
    assert text[call.start : call.end] == "f(a=b)"
    assert [text[start : start + 2] for _, start in call.keywords] == ["a="]


def test_the_texts_of_an_f_string_that_is_an_argument_are_kept() -> None:
    text = "patch(f'app.{x}.Character')"
    (row,) = FileFacts(collect(text)).strings
    assert (row.role, row.value, text[row.start : row.end]) == ("formatted", "app.\0.Character", text[6:-1])
