"""`git apply` takes every patch and makes of the old bytes exactly the new ones."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from lifeops_codemods.plan.model import Change, FilePlan, Step
from lifeops_migrate.reports.patch import patch
from lifeops_migrate.showing import shown_of
from lifeops_migrate.whole_file import write_whole

from .making import file, migration, replacing, step, write
from .test_diff import chains
from .test_hostile import HOSTILE

if TYPE_CHECKING:
    from .making import Command

ODD_NAMES = [
    "app/plain.py",
    "app/with space.py",
    'app/quo"te.py',
    "app/back\\slash.py",
    "app/tab\there.py",
    "app/new\nline.py",
    "app/esc\x1b[31m.py",
    "app/ümlaut.py",
    "app/bidi\u202e.py",
    os.fsdecode(b"app/\xff\xfe.py"),
    "-dash.py",
    "app/b/a b.py",
]


def git_apply(root: Path, content: bytes, *, top: Path | None = None) -> None:
    """Check the patch, then apply it, outside any repository or at the top of one."""
    where = top or root
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(where.parent), "LC_ALL": "C"}
    for option in ("--check", "--whitespace=nowarn"):
        subprocess.run(["git", "apply", option], input=content, cwd=where, env=environment, check=True)


def assert_applies(root: Path, *plans: FilePlan) -> None:
    plan = migration(root, plans)
    write(root, plan)
    content = patch(shown_of(plan))
    if any(planned.before_bytes != planned.after_bytes for planned in plans):
        git_apply(root, content)
    for planned in plans:
        assert (root / planned.path).read_bytes() == planned.after_bytes


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names(tmp_path: Path, name: str) -> None:
    assert_applies(tmp_path, file(name, replacing("a = 1\nb = 2\n", ("a", "c"))))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_new_files_with_odd_names(tmp_path: Path, name: str) -> None:
    assert_applies(tmp_path, file(name, step("", [Change(0, 0, "a = 1\n")]), new=True))


TEXTS = {
    "crlf": replacing("a = 1\r\nb = 2\r\n", ("b", "c")),
    "mixed": replacing("a = 1\r\nb = 2\nc = 3\r", ("b", "d")),
    "carriage return only": replacing("a = 1\rb = 2\rc = 3\r", ("b", "d")),
    "crlf to lf": replacing("a = 1\r\nb = 2\r\n", ("1\r\n", "1\n")),
    "lone line feed of a pair": step("a\r\nb\n", [Change(2, 3, "")]),
    "form feed": replacing("a = 1\n\x0c\nb = 2\n", ("b", "c")),
    "no final newline": replacing("a = 1\nb = 2", ("b", "c")),
    "final newline comes": replacing("a = 1\nb = 2", ("2", "2\n")),
    "final newline goes": replacing("a = 1\nb = 2\n", ("2\n", "2")),
    "context without newline": replacing("a = 1\nb = 2", ("a", "c")),
    "first line": replacing("a\nb\nc\nd\ne\nf\ng\n", ("a", "x")),
    "last line": replacing("a\nb\nc\nd\ne\nf\ng\n", ("g", "x")),
    "emptied": replacing("a\n", ("a\n", "")),
    "filled": step("", [Change(0, 0, "a\n")]),
    "looks like a patch": replacing("--- a/x\n+++ b/x\n@@ -1 +1 @@\nb\n", ("b", "--- c")),
    "separators inside a line": replacing("a = '\u2028\x85\x0b'\nb = 2\n", ("b", "c")),
    "trailing white space": replacing("a = 1  \nb = 2\t\n", ("b", "c")),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_texts(tmp_path: Path, kind: str) -> None:
    assert_applies(tmp_path, file("app/a.py", TEXTS[kind]))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_strings(tmp_path: Path, kind: str, newline: str) -> None:
    """In a line that changes, in one beside it, in a new file and in the names of all of them."""
    text, name = HOSTILE[kind], HOSTILE[kind].replace("/", "_").replace("\0", "")[:60]
    body = f"first = 1\nname = '{text}'\nlast = 3 # {text}\n".replace("\n", newline)
    assert_applies(
        tmp_path,
        file(f"app/a{name}.py", replacing(body, ("name", "new"))),
        file(f"app/b{name}/c.py", replacing(body, ("last", text))),
        file(f"n{name}.py", step("", [Change(0, 0, body)]), new=True),
    )


def test_an_empty_new_file(tmp_path: Path) -> None:
    assert_applies(tmp_path, FilePlan("app/__init__.py", "", "", None, b"", ()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1251", "gb18030", "shift_jis"])
def test_the_bytes_are_those_of_the_file(tmp_path: Path, encoding: str) -> None:
    word = {"cp1251": "ы", "gb18030": "中", "shift_jis": "表"}.get(encoding, "ü")
    assert_applies(tmp_path, file("a.py", replacing(f"a = '{word}'\nb = 2\n", ("b", "c")), encoding=encoding))


def test_a_cookie_that_changes_every_line(tmp_path: Path) -> None:
    before, after = "# coding: latin-1\na = 'ü'\nb = 'ö'\n", "# coding: utf-8\na = 'ü'\nb = 'ö'\n"
    plan = FilePlan(
        "a.py", before, after, before.encode("latin-1"), after.encode(), (replacing(before, ("latin-1", "utf-8")),)
    )
    assert_applies(tmp_path, plan)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chains(), chains())
def test_texts_that_nobody_would_write(first: list[Step], second: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_applies(Path(folder).resolve(), file("a.py", *first), file("b/c d.py", *second))


def test_names_start_at_the_top_of_the_repository(tmp_path: Path) -> None:
    top = tmp_path / "repository"
    root = top / "services" / "api"
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", top], check=True)
    plan = migration(root, [file("app/a.py", replacing("a\n", ("a", "b")))])
    write(root, plan)
    content = patch(shown_of(plan))
    assert b"+++ b/services/api/app/a.py\n" in content
    git_apply(root, content, top=top)
    assert (root / "app/a.py").read_bytes() == b"b\n"


def test_patch_to_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "change.patch"
    target.write_bytes(b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["change.patch"]


def test_patch_on_stdout_is_alone_there(root: Path, command: Command) -> None:
    command.plan = migration(root, [file("app/a.py", replacing("a\r\n", ("a", "b")))])
    write(root, command.plan)
    done = command("--dry-run", "--patch", "-")
    assert done.code == 0
    assert done.raw == patch(shown_of(command.plan))
    assert "1 edit" in done.err
    git_apply(root, done.raw)
    assert (root / "app/a.py").read_bytes() == b"b\r\n"


def test_patch_beside_a_report(root: Path, command: Command, tmp_path: Path) -> None:
    command.plan = migration(root, [file("app/a.py", replacing("a\n", ("a", "b")))])
    target = tmp_path / "out.patch"
    assert command("--dry-run", "--format", "json", "--patch", str(target)).code == 0
    assert target.read_bytes() == patch(shown_of(command.plan))


def test_a_patch_that_cannot_be_written_is_an_error(root: Path, command: Command) -> None:
    command.plan = migration(root, [file("app/a.py", replacing("a\n", ("a", "b")))])
    done = command("--yes", "--patch", "missing/out.patch")
    assert done.code == 2
    assert "missing/out.patch: cannot write the patch: no such file or directory" in done.err
    assert not (root / "missing").exists()


def test_the_plain_diff_of_a_dry_run_can_be_applied_with_findings_below(root: Path, command: Command) -> None:
    from .making import finding

    command.plan = migration(
        root, [file("app/a.py", replacing("a\nb", ("b", "c")))], findings=(finding("app/a.py", message="+ @@ -1"),)
    )
    write(root, command.plan)
    done = command("--dry-run")
    git_apply(root, done.raw)
    assert (root / "app/a.py").read_bytes() == b"a\nc"
    assert done.out.endswith(
        "app/a.py:1:1: error: bound-sql: + @@ -1 (left alone: why it was left; what to do: what to do)\n"
    )
