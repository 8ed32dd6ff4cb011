"""Files that cannot be read or parsed are named with what to do, and the rest is migrated."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

from .making import inserting, planned, renaming, rule, texts, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lifeops_codemods.project import Project
    from lifeops_codemods.rule import Edit

BROKEN: list[tuple[bytes, int, str]] = [
    (b"x = 1\ndef (:\n", 2, "cannot parse"),
    (b"# old\nx = '\xff'\n", 2, "utf-8"),
    (b"# coding: nonsense\nx = 1\n", 0, "nonsense"),
    (b"x = 1\0\n", 0, "nul byte"),
    (b"x = " + b"(" * 5000 + b")" * 5000 + b"\n", 0, "nested parentheses"),
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


DEEP = {
    "1,500 calls": "x = old" + ".where(old)" * 1500 + "\n",
    "1,500 elif": "if old: pass\n" + "elif old: pass\n" * 1500,
    "a sum of 3,000": "x = " + " + ".join(["old"] * 3000) + "\n",
    "150 brackets": "x = " + "(" * 150 + "old" + ")" * 150 + "\n",
    "3,000 attributes": "x = old" + ".y" * 3000 + "\n",
    "5,000 signs": "x = " + "-" * 5000 + "old\n",
    "90 blocks": "".join(" " * depth + "if old:\n" for depth in range(90)) + " " * 90 + "old\n",
}


SHALLOW = sys.version_info[:2] == (3, 12)
"""In this one the depth of recursion in C is fixed: some of it is named where other versions read it."""


@pytest.mark.parametrize("name", DEEP)
def test_a_deep_tree_is_migrated_like_any_other(tmp_path: Path, name: str) -> None:
    write(tmp_path / "project", {"deep.py": DEEP[name], "flat.py": "old = 1\n"})
    for _ in range(2):  # the second time from the cache, as far as it goes
        migration = planned(tmp_path / "project", renaming("old", "new"), cache_dir=tmp_path / "cache")
        if SHALLOW and migration.errors:
            assert [error.path for error in migration.errors] == ["deep.py"]
            assert texts(migration) == {"flat.py": "new = 1\n"}
            continue
        assert not migration.errors
        assert texts(migration) == {"deep.py": DEEP[name].replace("old", "new"), "flat.py": "new = 1\n"}
    assert sys.getrecursionlimit() < 10_000
    assert threading.stack_size() == 0


@pytest.mark.skipif(SHALLOW, reason="this Python does not read it")
def test_a_deep_tree_is_rewritten_like_any_other(tmp_path: Path) -> None:
    write(tmp_path, {"deep.py": DEEP["a sum of 3,000"]})
    migration = planned(tmp_path, inserting("y = 1", "x"))
    assert texts(migration) == {"deep.py": f"y = 1\n{DEEP['a sum of 3,000']}"}


def test_a_rule_that_never_ends_is_an_error_and_no_crash(tmp_path: Path) -> None:
    def check(project: Project, options: object) -> Iterator[Edit]:
        yield from check(project, options)

    write(tmp_path, {"a.py": "old = 1\n"})
    with pytest.raises(RecursionError):
        planned(tmp_path, rule("endless", check))


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
