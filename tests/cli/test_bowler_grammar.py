"""What Bowler's grammar lacks: such a file is named with its line and the construct, and the rest goes on."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .making import Command

QUERY = 'Query().select_function("old").rename("new")'

BEYOND = {
    "match statement": ("match x:\n    case 1:\n        old()\n", 1, "`match` statement"),
    "positional-only": ("def f(\n    a,\n    /,\n    b,\n): ...\n", 2, "positional-only parameters"),
    "positional-only lambda": ("f = lambda a, /: old()\n", 1, "positional-only parameters"),
    "with in parentheses": (
        "with (\n    open(a) as b,\n    open(c) as d,\n):\n    old()\n",
        2,
        "`with` in parentheses",
    ),
    "one with in parentheses": ("with (old() as b):\n    pass\n", 1, "`with` in parentheses"),
    "decorator with an index": ("@a[0].b\ndef f(): ...\n", 1, "PEP 614"),
    "decorator of a call of a call": ("@a.b(c).d\ndef f(): ...\n", 1, "PEP 614"),
    "decorator in parentheses": ("@(a)\nclass C: ...\n", 1, "PEP 614"),
    "except star": ("try:\n    old()\nexcept* ValueError:\n    pass\n", 3, "`except*`"),
    "star in an annotation": ("def f(*args: *Ts): ...\n", 1, "PEP 646"),
    "star in a subscript": ("x: tuple[int, *Ts] = old()\n", 1, "PEP 646"),
    "walrus in a subscript": ("x[y := 1] = old()\n", 1, "`:=` in a subscript"),
    "walrus in a set": ("x = {y := 1, old()}\n", 1, "`:=` in a set"),
    "star in the head of a for": ("for x in *a, b:\n    old()\n", 1, "`for`"),
    "exec of a session": ("q = old()\nsession.exec(q)\n", 2, "`exec` but the statement of Python 2"),
    "method called exec": ("class A:\n    def exec(self): ...\n", 2, "`exec` but the statement of Python 2"),
    "exec as a keyword": ("f(exec=old())\n", 1, "`exec` but the statement of Python 2"),
    "exec as a value": ("f = exec\n", 1, "`exec` but the statement of Python 2"),
    "import of exec": ("from a import exec\n", 1, "`exec` but the statement of Python 2"),
    "asynchronous comprehension": ("x = f(y async for y in old())\n", 1, "grammar"),
}
NEWER = {
    "type statement": ("type X = int\n", 1, "`type` statement"),
    "type parameters of a function": ("def f[T](x: T): ...\n", 1, "type parameters"),
    "type parameters of a class": ("class A[T]: ...\n", 1, "type parameters"),
    "quotes of the f-string": ('x = 1\nf"{x["a"]}"\n', 2, "PEP 701"),
    "f-string in an f-string": ("f'{f'{old()}'}'\n", 1, "PEP 701"),
}
"""Needs Python 3.12."""

WITHIN = {
    "match as a name": "match = {}\nmatch.x = 1\n",
    "type as a name": "type = 1\ntype(x)\n",
    "print as a function": "print(1, file=x)\nprint\n",
    "exec as a function": "exec(x)\n",
    "walrus": "if (x := 1):\n    f(y := 2)\n",
    "with a parenthesised expression": "with (a):\n    pass\nwith (a)(b) as c, d:\n    pass\n",
    "async": "async def f():\n    async with a as b, c:\n        return [x async for x in await y]\n",
    "plain decorators": "@a\n@a.b.c\n@a.b(lambda x, *y: (x, y))\ndef f(): ...\n",
    "f-strings": "f'{x!r:>{w}} {x[\"a\"]}' rf'\\d{x=}'\n",
    "stars": "a, *b = [*c, *d]\nf(*a, **b, c=1, **d)\n{**a, 'b': 1}\n",
    "numbers": "1_000, 0x_ff, 0o17, 1e-3_0, 2_0j\n",
    "return with a star": "def f():\n    return *a, b\n",
    "annotations": "x: int\ny: 'dict[str, list[int]]' = {}\ndef f(a: int = 1, *, b, **c) -> None: ...\n",
    "matrices": "a @= b @ c\n",
}


@pytest.mark.parametrize("name", [*BEYOND, *NEWER])
def test_a_file_beyond_the_grammar_is_named(command: Command, root: Path, name: str) -> None:
    code, line, reason = {**BEYOND, **NEWER}[name]
    write(root, code)
    done = command("bowler", "-e", QUERY, "--yes")
    assert done.code == 3
    if name in NEWER and sys.version_info < (3, 12):
        reason = "uses 3.12 syntax, which Bowler's grammar lacks; change this file by hand"
    assert f"beyond.py:{line + 1}: " in done.err
    assert reason in done.err
    assert (root / "plain.py").read_text() == "def new(): ...\n"
    assert (root / "beyond.py").read_text().endswith(code)


@pytest.mark.parametrize("name", BEYOND)
def test_what_is_refused_is_good_python(name: str) -> None:
    ast.parse(BEYOND[name][0])


@pytest.mark.parametrize("name", WITHIN)
def test_a_file_within_the_grammar_is_edited(command: Command, root: Path, name: str) -> None:
    write(root, WITHIN[name])
    done = command("bowler", "-e", QUERY, "--yes")
    assert (done.code, (root / "beyond.py").read_text()) == (0, f"import os; new()\n{WITHIN[name]}"), done.err


def test_the_construct_is_named_that_stands_where_reading_failed(command: Command, root: Path) -> None:
    write(root, "x = old()\nsession.exec(x)\nmatch x:\n    case 1:\n        old()\ndef f(a, /): ...\n")
    assert "beyond.py:3: Bowler's grammar has no `exec`" in command("bowler", "-e", QUERY, "--check").err


def test_what_no_query_can_match_is_no_error(command: Command, root: Path) -> None:
    (root / "beyond.py").write_text("match x:\n    case 1:\n        older()\n")
    (root / "broken.py").write_text("def (\n")
    (root / "bytes.py").write_bytes(b"x = '\xff'\n")
    assert command("bowler", "-e", QUERY, "--check").code == 0
    named = 'Query().select_function("old").is_filename(include="plain").rename("new")'
    (root / "beyond.py").write_text("match old:\n    case 1:\n        old()\n")
    assert command("bowler", "-e", named, "--check").code == 0


def test_what_python_cannot_read_is_an_error_where_the_query_could_match(command: Command, root: Path) -> None:
    (root / "broken.py").write_text("def (\nold()\n")
    (root / "bytes.py").write_bytes(b"x = '\xff'\nold()\n")
    (root / "python2.py").write_text("print >> x, old()\nold()\nexec 'x'\n")
    done = command("bowler", "-e", QUERY, "--check")
    assert done.code == 3
    assert "broken.py:1: cannot parse" in done.err
    assert "bytes.py:1: byte 0xff is not valid utf-8" in done.err
    assert "python2.py:3: cannot parse" in done.err


def write(root: Path, code: str) -> None:
    """A file with `code` that uses the name, and one that defines it."""
    (root / "plain.py").write_text("def old(): ...\n")
    (root / "beyond.py").write_text(f"import os; old()\n{code}")
