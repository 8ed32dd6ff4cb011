"""The colours of code are those that pygments gives it, but for what pygments reads wrongly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

from lifeops_migrate.diff.lines import python_lines, without_end
from lifeops_migrate.highlight.kinds import Kind
from lifeops_migrate.highlight.line import colored, runs_of
from lifeops_migrate.highlight.syntax import Syntax

ROOT = Path(__file__).parents[2]
FOLDERS = ("cli", "codemods", "fixtures/lifeops")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))[::3]
KINDS = {
    "Token.Comment": Kind.COMMENT,
    "Token.Literal.String": Kind.STRING,
    "Token.Literal.Number": Kind.NUMBER,
    "Token.Keyword": Kind.KEYWORD,
    "Token.Operator.Word": Kind.KEYWORD,
    "Token.Name.Decorator": Kind.DECORATOR,
    "Token.Name.Function": Kind.NAME,
    "Token.Name.Class": Kind.NAME,
    "Token.Name.Builtin": Kind.BUILTIN,
}
SAME = r"""
x = f'{a!r:>{w}} {{b}} {c=} {d:%Y-%m}'
f"{x['a'](1)}" + f"{ {1: 2}[1] }"
rf'\{x}\d' f'\{x}' fr"{a}" t'{b}' 5
f'{f"{f'{x}'}"}' 5
f'{x:{y}.{z}}' 5
print(f'{a}' 'b')
from . import print, str as int
from .a.list import (b as c, print)
import list.str as int, os
raise X from None
raise X from err
yield from range(3)
await x, async_, not_in, is not
async def f(): ...
@a.b(c)
x @ y
@ y
def __init__(self): cls.print(print)
x.__len__()
class list(dict): pass
def list(): ...
match x:
match = 5
match(x)
match, y = x
case _: pass
case (a, _) if _: ...
    case Point(x=0, y=_):
0x1F + 0b10 + 0o17 + 1_000 + 1.5e3 + 1e5 + .5 + 5. + 1j + 0_0
a1 + 1if x else 2
x1_2.3
'a\'b' "c\"" b'\x00' u'x' Rb'\\' ur
'unclosed
'' "" "a" '' 'b'
x = 5  # type: ignore 'a'
		x = 5
lazy import os
lazy from os import path
x = lazy
größe = 'ä' + naïve.str
a ? b $ c ! d
x = \
5
self.self
type X = int
lambda self: self
global x, nonlocal_y
True.False None
""".strip("\n").split("\n")
OPEN = [
    'f"""a\n{b\n+ c:>3} d\n""" if x else y',
    '"""doc\nin 5 x\nend""" + x',
    "'''a''' '''b\nc'''\nx",
    '"a \\\nb"; x = 5',
    '"a\nb"; x = 5',
]
BETTER = {
    'r"""\\""" + x"""': "a backslash before quotes stays in a raw string of three, as Python has it",
    "case foo_: pass": "a name that ends in an underscore is no wildcard",
    "from.x import y": "a word needs no space after it",
}
MISREAD = re.compile(r"""\s*(?:match|case) .*_['"]""")
"""A `_` at the end of a string within a pattern, which pygments takes for the wildcard."""


def by_pygments(text: str) -> list[list[Kind]]:
    """The kind of each character of each line."""
    lines: list[list[Kind]] = [[]]
    for _, token, part in PythonLexer().get_tokens_unprocessed(text):
        name = str(token)
        while name and name not in KINDS:
            name = name.rpartition(".")[0]
        for number, piece in enumerate(part.split("\n")):
            if number:
                lines.append([])
            lines[-1] += [KINDS.get(name, Kind.PLAIN)] * len(piece)
    return lines


def ours(text: str) -> list[list[Kind]]:
    return [[run.kind for run in runs for _ in run.text] for runs in colored(text.split("\n"))]


def visible(text: str, kinds: list[list[Kind]]) -> list[list[Kind | None]]:
    """Without those of blanks: no colour is seen there."""
    lines = zip(text.split("\n"), kinds, strict=True)
    return [[kind if character.strip() else None for character, kind in zip(*line, strict=True)] for line in lines]


def test_real_code_is_coloured_as_pygments_does() -> None:
    assert len(FILES) > 100
    for path in FILES:
        text = path.read_text("utf-8")
        compared = zip(text.split("\n"), visible(text, ours(text)), visible(text, by_pygments(text)), strict=True)
        for line, one, other in compared:
            assert one == other or MISREAD.match(line), f"{path}: {line}"


@pytest.mark.parametrize("text", [*SAME, *OPEN])
def test_odd_lines_are_coloured_as_pygments_does(text: str) -> None:
    assert visible(text, ours(text)) == visible(text, by_pygments(text))


def test_odd_lines_in_a_row_are_coloured_as_pygments_does() -> None:
    text = "\n".join([*SAME, *OPEN])
    assert visible(text, ours(text)) == visible(text, by_pygments(text))


@pytest.mark.parametrize("text", BETTER, ids=BETTER.values())
def test_what_differs_is_named(text: str) -> None:
    assert visible(text, ours(text)) != visible(text, by_pygments(text))


def test_what_is_better() -> None:
    assert set(ours('r"""\\""" + x"""')[0]) == {Kind.STRING}
    assert ours("case foo_: pass")[0][5:9] == [Kind.PLAIN] * 4
    assert ours("from.x import y")[0][:4] == [Kind.KEYWORD] * 4


PIECES = st.lists(
    st.sampled_from(
        [
            *("'", '"', "'''", '"""', "f", "r", "rb", "{", "}", "{{", "(", ")", ":", "!r", "=", "\\", "#", "\n", " "),
            *("def ", "class ", "import ", "from ", "as", "match ", "case ", "_", "x", "print", "5", "1.", "@", "ä"),
        ]
    ),
    max_size=30,
).map("".join)


@given(PIECES)
def test_no_character_is_lost(text: str) -> None:
    state: tuple[str, ...] = ()
    for line in text.split("\n"):
        runs, state = runs_of(line, state)
        assert "".join(run.text for run in runs) == line
        assert all(run.text for run in runs)


@given(PIECES)
def test_what_is_open_does_not_depend_on_what_was_asked_before(text: str) -> None:
    starts = python_lines(text).starts
    syntax = Syntax(text)
    assert [syntax.state(start) for start in starts] == [Syntax(text).state(start) for start in starts]


def test_a_hunk_within_a_long_string_is_read_from_where_that_begins() -> None:
    text = 'x = 1\ny = """a\n' + "not code: def 5\n" * 50 + "end\"\"\"; z = f'''{\nq}\n'''\n"
    lines = python_lines(text)
    whole = [*colored(map(without_end, lines.items))]
    for index, start in enumerate(lines.starts[:-1]):
        assert [*colored(map(without_end, lines.items[index:]), Syntax(text).state(start))] == whole[index:]


@pytest.mark.parametrize(
    "piece", ["'", '"\\', "f'{", "f'{a}", "x", "(", "1_", "1", "''' ", "from ", "import a, ", "@", "\\", " ", "_", "."]
)
def test_a_very_long_line_is_read_at_once(piece: str) -> None:
    runs, _ = runs_of(piece * 20_000)
    assert "".join(run.text for run in runs) == piece * 20_000
