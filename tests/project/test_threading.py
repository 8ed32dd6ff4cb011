"""What must take the same parameters as a function, and what forbids it to take any."""

from __future__ import annotations

import pytest

from lifeops_codemods.operation import AddParameter
from lifeops_codemods.project import Project
from lifeops_codemods.project.functions import FunctionRef, function, owner
from lifeops_codemods.project.threading.families import Kind, family
from lifeops_codemods.project.threading.patches import expectations, replacements
from lifeops_codemods.project.threading.signatures import Added, definition_edits, obstacles

from .projects import made

SKIP = Added("skip", "int", "0")
LIMIT = Added("limit", "int", "None", optional=True)

REPOSITORIES = """
from abc import ABC, abstractmethod
from typing import Protocol, overload

class Reader(Protocol):
    def read(self, key: int) -> list: ...

class Base(ABC):
    @abstractmethod
    def read(self, key: int) -> list: raise NotImplementedError

class Real(Base):
    def read(self, key: int) -> list:
        return [key]

class Deeper(Real):
    def read(self, key: int) -> list:
        return super().read(key)

class Apart:
    def read(self, other: str) -> str:
        return other
"""
TESTS = """
from app.repositories import Real

class FakeReal:
    def read(self, key): return []

class RealButOther:
    def read(self, stream): return stream
"""


def ref(project: Project, path: str, name: str, of: str = "") -> FunctionRef:
    found = [FunctionRef(path, row) for row, one in enumerate(project.facts(path).functions) if one.name == name]
    return next(one for one in found if class_name(project, one) == of)


def class_name(project: Project, one: FunctionRef) -> str:
    holder = owner(project, one)
    return "" if holder is None else project.facts(holder.path).classes[holder.row].name


def test_definitions_that_stand_for_each_other_are_a_family() -> None:
    project = made({"app/repositories.py": REPOSITORIES, "tests/test_read.py": TESTS})
    found = family(project, ref(project, "app/repositories.py", "read", "Real"))
    assert {class_name(project, one.callee.ref): one.kind for one in found} == {
        "Reader": Kind.STUB,
        "Base": Kind.STUB,
        "Real": Kind.REAL,
        "Deeper": Kind.REAL,
        "FakeReal": Kind.FAKE,
    }


def test_a_family_is_the_same_whoever_is_asked() -> None:
    project = made({"app/repositories.py": REPOSITORIES})
    members = family(project, ref(project, "app/repositories.py", "read", "Real"))
    assert all(family(project, one.callee.ref) == members for one in members)


@pytest.mark.parametrize(
    "patching",
    [
        'monkeypatch.setattr(crud, "listed", fake)',
        'monkeypatch.setattr("app.crud.listed", fake)',
        'mock.patch("app.crud.listed", fake)',
        'mock.patch("app.crud.listed", new=fake)',
        'mock.patch.object(crud, "listed", side_effect=fake)',
    ],
)
def test_what_tests_patch_in_takes_them_too(patching: str) -> None:
    test = (
        f"from unittest import mock\nfrom app import crud\ndef fake(db): ...\ndef test(monkeypatch):\n    {patching}\n"
    )
    project = made({"app/crud.py": "def listed(db): return db.all()\n", "tests/test_it.py": test})
    found = replacements(project, ref(project, "app/crud.py", "listed")).functions
    assert [function(project, one).name for one in found] == ["fake"]


def test_what_patches_another_function_is_none_of_it() -> None:
    test = 'def fake(db): ...\ndef test(monkeypatch):\n    monkeypatch.setattr("app.crud.counted", fake)\n'
    files = {"app/crud.py": "def listed(db): return 1\ndef counted(db): return 2\n", "tests/test_it.py": test}
    project = made(files)
    assert replacements(project, ref(project, "app/crud.py", "listed")).functions == ()


def test_expected_calls_are_found() -> None:
    test = "def test(listed):\n    listed.assert_called_once_with(1)\n    listed.assert_not_called()\n"
    project = made({"app/crud.py": "def listed(db): return 1\n", "tests/test_it.py": test})
    (found,) = expectations(project, ref(project, "app/crud.py", "listed"))
    assert test[slice(*found[1])] == "listed.assert_called_once_with"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def listed(db, limit): ...\n", "for something else"),
        ("def listed(db):\n    limit = 3\n", "for something else"),
        ("def listed(db):\n    return limit(db)\n", "for something else"),
        ("def listed(db, **more): ...\ndef other(db): return listed(db, skip=2)\n", "is given skip here"),
        ("from fastapi import Depends\ndef listed(db): ...\ndef other(rows=Depends(listed)): ...\n", "is a dependency"),
        ("def plain(f):\n    def inner(db): ...\n    return inner\n@plain\ndef listed(db): ...\n", "is not seen"),
        ("from cachetools import cached\n@cached('key')\ndef listed(db): ...\n", "a key of its own"),
        ("@cli.command()\ndef listed(db): ...\n", "is registered by command"),
    ],
)
def test_what_forbids_parameters(code: str, said: str) -> None:
    project = made({"app.py": code})
    assert [said in one.reason for one in obstacles(project, ref(project, "app.py", "listed"), ["skip", "limit"])] == [
        True
    ]


@pytest.mark.parametrize(
    "code",
    [
        "def listed(db): return db.limit(3)\n",
        "def listed(db, **more): ...\ndef other(db): return listed(db, first=2)\n",
        "def any(f):\n    def inner(*a, **k): return f(*a, **k)\n    return inner\n@any\ndef listed(db): ...\n",
        "def marked(f):\n    f.mark = 1\n    return f\n@marked\ndef listed(db): ...\n",
        "from functools import lru_cache\n@lru_cache(maxsize=2)\ndef listed(db): ...\n",
    ],
)
def test_what_forbids_none(code: str) -> None:
    project = made({"app.py": code})
    assert list(obstacles(project, ref(project, "app.py", "listed"), ["skip", "limit"])) == []


@pytest.mark.parametrize(
    ("code", "annotation"),
    [
        ("def listed(db): ...\n", "int | None"),
        ("from typing import Optional\ndef listed(db: Optional[int]): ...\n", "Optional[int]"),
        ("from typing import Optional\nx: Optional[int]\ndef listed(db: int | None): ...\n", "int | None"),
    ],
)
def test_annotations_are_those_of_the_file(code: str, annotation: str) -> None:
    project = made({"app.py": code})
    written = definition_edits(project, ref(project, "app.py", "listed"), [SKIP, LIMIT])
    found = [operation.code for _, operation in written if isinstance(operation, AddParameter)]
    assert found == ["skip: int = 0", f"limit: {annotation} = None"]
