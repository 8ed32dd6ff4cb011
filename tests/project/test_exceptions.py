"""How blocks end, what exception classes are, and what leaves functions that call each other, in any order of files."""

from __future__ import annotations

import ast

import pytest

from lifeops_codemods.project import Project
from lifeops_codemods.project.answers.endpoints import endpoints
from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.exceptions.endings import Ending, endings
from lifeops_codemods.project.exceptions.escapes import chain, flow
from lifeops_codemods.project.exceptions.kinds import EXCEPTION, KEY_ERROR, VALUE_ERROR, Kind, is_a, name_of

from .projects import made


@pytest.mark.parametrize(
    ("code", "ways"),
    [
        ("pass", "FALLS"),
        ("return 1", "RETURNS"),
        ("raise", "RERAISES"),
        ("if a:\n    raise\nelse:\n    raise", "RERAISES"),
        ("if a:\n    raise", "FALLS RERAISES"),
        ("if a:\n    raise X\nraise", "RAISES RERAISES"),
        ("try:\n    a()\nexcept E:\n    raise\nraise", "RAISES RERAISES"),
        ("try:\n    raise\nfinally:\n    return 1", "RETURNS"),
        ("while True:\n    a()", ""),
        ("while True:\n    break", "FALLS"),
        ("while a:\n    return 1", "FALLS RETURNS"),
        ("for a in b:\n    continue", "FALLS"),
        ("with suppress(E):\n    raise", "FALLS RERAISES"),
        ("with lock:\n    raise", "RERAISES"),
        ("match a:\n    case 1:\n        return 1\n    case _:\n        raise", "RETURNS RERAISES"),
        ("match a:\n    case 1:\n        return 1", "FALLS RETURNS"),
        ("def f():\n    raise", "FALLS"),
    ],
)
def test_how_a_block_ends(code: str, ways: str) -> None:
    assert endings(ast.parse(code).body) == {Ending[way] for way in ways.split()}


@pytest.mark.parametrize(
    ("kind", "other", "answer"),
    [
        ("builtins.UnicodeDecodeError", VALUE_ERROR, True),
        ("json.JSONDecodeError", VALUE_ERROR, True),
        ("builtins.ValueError", KEY_ERROR, False),
        ("builtins.KeyError", "builtins.LookupError", True),
        ("builtins.FileNotFoundError", "builtins.OSError", True),
        ("sqlalchemy.exc.NoResultFound", VALUE_ERROR, False),
        ("asyncio.CancelledError", EXCEPTION, False),
        ("some.library.Error", VALUE_ERROR, None),
    ],
)
def test_what_a_librarys_class_is(kind: Kind, other: Kind, answer: bool | None) -> None:
    assert is_a(made({"a.py": ""}), kind, other) is answer


def test_what_a_class_of_the_project_is() -> None:
    project = made(
        {"a.py": "class A(ValueError): ...\n", "b.py": "from a import A\nclass B(A): ...\nclass C(x.Y): ...\n"}
    )
    assert is_a(project, ClassRef("b.py", 0), VALUE_ERROR) is True
    assert is_a(project, ClassRef("b.py", 0), KEY_ERROR) is False
    assert is_a(project, ClassRef("b.py", 1), KEY_ERROR) is None


FILES = {
    "app/main.py": """
from fastapi import FastAPI
from app.first import even

app = FastAPI()

@app.get("/{number}")
def read(number: int):
    return even(number)
""",
    "app/first.py": """
from app.second import odd

def even(number):
    if number < 0:
        raise ValueError("negative")
    return number == 0 or odd(number - 1)
""",
    "app/second.py": """
from app import first

def odd(number):
    if number > 99:
        raise KeyError(number)
    return number != 0 and first.even(number - 1)
""",
    "app/__init__.py": "",
}


def test_functions_that_call_each_other() -> None:
    said = {_told(made(FILES)), _told(made(FILES, shuffled=7))}
    assert said == {
        (
            ("KeyError", ("app/main.py", "app/first.py", "app/second.py")),
            ("ValueError", ("app/main.py", "app/first.py")),
        )
    }


def _told(project: Project) -> tuple[tuple[str, tuple[str, ...]], ...]:
    (endpoint,) = endpoints(project)
    leaves = flow(project, endpoint.ref).leaves
    ways = ((name_of(project, item.kind), tuple(place.path for place in chain(project, item))) for item in leaves)
    return tuple(sorted(ways))
