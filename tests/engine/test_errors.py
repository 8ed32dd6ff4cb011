"""Files that cannot be read or parsed are named with what to do, and the rest is migrated."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .making import planned, renaming, texts, write

BROKEN: list[tuple[bytes, int, str]] = [
    (b"x = 1\ndef (:\n", 2, "cannot parse"),
    (b"# old\nx = '\xff'\n", 2, "utf-8"),
    (b"# coding: nonsense\nx = 1\n", 0, "nonsense"),
    (b"x = 1\0\n", 0, "nul byte"),
    (b"x = " + b"(" * 5000 + b")" * 5000 + b"\n", 0, "nested parentheses"),
    (b"x = " + b"-" * 5000 + b"1\n", 0, "nested too deeply"),
    (b"if old: pass\n" + b"elif old: pass\n" * 3000, 0, "nested too deeply"),
    (b"print 'old'\n", 1, "cannot parse"),
    (b"if x:\n\ty = 1\n        z = 1\n", 3, "cannot parse"),
]


@pytest.mark.parametrize("content", BROKEN, ids=[text for _, _, text in BROKEN])
def test_a_file_that_is_not_understood_is_an_error_entry(tmp_path: Path, content: tuple[bytes, int, str]) -> None:
    data, line, said = content
    write(tmp_path, {"bad.py": data, "good.py": "old = 1\n"})
    migration = planned(tmp_path, renaming("old", "new"))
    (error,) = migration.errors
    assert error.path == "bad.py"
    assert said in error.message.lower()
    assert not line or error.line == line
    assert texts(migration) == {"good.py": "new = 1\n"}


NEWER = [
    ("type Alias = int\n", (3, 12)),
    ("x = 1\ntype Alias[T] = list[T]\n", (3, 12)),
    ("def first[T](items: list[T]) -> T: ...\n", (3, 12)),
    ("class Box[T]:\n    pass\n", (3, 12)),
    ("x = f'{y['z']}'\n", (3, 12)),
    ("try:\n    pass\nexcept A, B:\n    pass\n", (3, 14)),
    ("x = t'{y}'\n", (3, 14)),
]


@pytest.mark.parametrize(("text", "version"), NEWER)
def test_newer_syntax_names_the_python_that_reads_it(tmp_path: Path, text: str, version: tuple[int, int]) -> None:
    if sys.version_info >= version:
        pytest.skip("this Python reads it")
    write(tmp_path, {"bad.py": text})
    (error,) = planned(tmp_path, renaming("old", "new")).errors
    written = ".".join(map(str, version))
    assert error.message == f"uses {written} syntax: run lifeops-migrate under Python {written} or newer"


@pytest.mark.parametrize("text", ["type = = 1\n", "def f(:\n", "except A\n", "class A(\n", "x = 'a\n", "(a=1)\n"])
def test_what_no_python_reads_is_no_newer_syntax(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"bad.py": text})
    (error,) = planned(tmp_path, renaming("old", "new")).errors
    assert "syntax: run" not in error.message


@pytest.mark.parametrize("text", ["x = f'{'\n", "x = f'}'\n", "x = f'{a b}'\n", "x = f'{}'\n"])
def test_a_mistake_in_an_f_string_is_no_newer_syntax(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"bad.py": text})
    (error,) = planned(tmp_path, renaming("old", "new")).errors
    assert "syntax: run" not in error.message


@pytest.mark.parametrize("text", ["x = " + "-" * 200_000 + "1\n", "x = " + "lambda: " * 3000 + "1\n"])
def test_a_file_that_is_too_much_for_the_parser_is_an_error_entry(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"bad.py": text, "good.py": "old = 1\n"})
    migration = planned(tmp_path, renaming("old", "new"))
    assert [error.path for error in migration.errors] == ["bad.py"]
    assert texts(migration) == {"good.py": "new = 1\n"}


def test_errors_come_in_the_order_of_paths_and_once(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("b.py", "a/c.py", "a.py"), "def (old\n"))
    errors = planned(tmp_path, renaming("old", "new", "1"), renaming("x", "y", "2")).errors
    assert [error.path for error in errors] == ["a.py", "a/c.py", "b.py"]


def test_a_file_that_cannot_be_opened_is_an_error_entry(tmp_path: Path) -> None:
    write(tmp_path, {"bad.py": "old = 1\n", "good.py": "old = 1\n"})
    (tmp_path / "bad.py").unlink()
    (tmp_path / "bad.py").symlink_to(tmp_path / "bad.py")
    migration = planned(tmp_path, renaming("old", "new"))
    assert texts(migration) == {"good.py": "new = 1\n"}
    assert [skipped.path for skipped in migration.skipped] + [error.path for error in migration.errors] == ["bad.py"]
