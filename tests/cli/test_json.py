"""The JSON document is the one that the contract describes, key by key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods import __version__
from lifeops_codemods.outcome import FileError
from lifeops_codemods.plan.model import Change

from .making import Command, file, finding, migration, replacing, step, write

if TYPE_CHECKING:
    from pathlib import Path


def test_the_whole_document(root: Path, command: Command) -> None:
    made = replacing(
        "\nclass Character:\n", ("Character", "CharacterDB"), message="rename", why=("app/a.py:2 is mapped",)
    )
    command.plan = migration(
        root,
        [file("app/a.py", made)],
        findings=(finding("app/b.py", 40),),
        errors=(FileError("app/c.py", 3, "cannot parse"),),
    )
    done = command("--dry-run", "--format", "json", "-v")
    assert json.loads(done.out) == {
        "schema": 1,
        "version": __version__,
        "root": ".",
        "applied": False,
        "edits": [
            {
                "rule": "model-db-suffix",
                "effect": "safe",
                "path": "app/a.py",
                "line": 2,
                "column": 7,
                "end_line": 2,
                "message": "rename",
                "why": ["app/a.py:2 is mapped"],
            }
        ],
        "files": [
            {
                "path": "app/a.py",
                "rules": ["model-db-suffix"],
                "added": 1,
                "removed": 1,
                "diff": "--- a/app/a.py\n+++ b/app/a.py\n@@ -1,2 +1,2 @@\n \n-class Character:\n+class CharacterDB:\n",
            }
        ],
        "findings": [
            {
                "rule": "bound-sql",
                "severity": "error",
                "path": "app/b.py",
                "line": 40,
                "column": 1,
                "message": "what was seen",
                "fix": "what to do",
                "reason": "why it was left",
            }
        ],
        "errors": [{"path": "app/c.py", "line": 3, "message": "cannot parse"}],
        "summary": {
            "files_read": 1,
            "files_changed": 1,
            "edits": 1,
            "findings": 1,
            "errors": 1,
            "by_rule": {"bound-sql": {"edits": 0, "findings": 1}, "model-db-suffix": {"edits": 1, "findings": 0}},
        },
    }
    assert list(json.loads(done.out)) == [
        "schema", "version", "root", "applied", "edits", "files", "findings", "errors", "summary",
    ]  # fmt: skip


def test_edits_are_ordered_by_path_and_position(root: Path, command: Command) -> None:
    text = "a\nb\nc\n"
    later = step(text, [Change(4, 5, "x"), Change(0, 1, "y")][::-1], path="app/z.py")
    second = replacing(later.after, ("b", "z"), name="another", path="app/z.py")
    first = replacing(text, ("c", "d"), path="app/a.py")
    command.plan = migration(root, [file("app/z.py", later, second), file("app/a.py", first)])
    edits = json.loads(command("--dry-run", "--format", "json").out)["edits"]
    assert [(edit["path"], edit["line"]) for edit in edits] == [
        ("app/a.py", 3), ("app/z.py", 1), ("app/z.py", 2), ("app/z.py", 3),
    ]  # fmt: skip


def test_the_root_is_relative_to_the_current_folder(root: Path, command: Command) -> None:
    command.plan = migration(root)
    command.folder = root.parent
    assert json.loads(command("--dry-run", "--format", "json", "project").out)["root"] == "project"


def test_applied_says_so(root: Path, command: Command) -> None:
    command.plan = migration(root, [file("app/a.py", replacing("a\n", ("a", "b")))])
    write(root, command.plan)
    done = command("--yes", "--format", "json")
    assert json.loads(done.out)["applied"] is True
    assert done.err == ""


def test_a_bug_still_gives_a_document(root: Path, command: Command) -> None:
    command.plan = migration(root)
    object.__setattr__(command.plan, "files", (None,))
    done = command("--dry-run", "--format", "json")
    assert done.code == 2
    assert json.loads(done.out)["errors"][0]["message"].startswith("internal error: ")


def test_a_new_file_comes_from_nowhere(root: Path, command: Command) -> None:
    command.plan = migration(root, [file("app/a b.py", step("", [Change(0, 0, "x\n")]), new=True)])
    diff = json.loads(command("--dry-run", "--format", "json").out)["files"][0]["diff"]
    assert diff == "--- /dev/null\n+++ b/app/a b.py\t\n@@ -0,0 +1 @@\n+x\n"


def test_the_layout_is_that_of_the_standard_library(root: Path, command: Command) -> None:
    odd = 'é "quoted" \\ %s \n\u2028\x1b'
    full = migration(
        root,
        [
            file("app/a.py", replacing("a\nb\n", ("a", odd), ("b", "%d"), message=odd, why=(odd, "app/b.py:1 why"))),
            file("app/b.py", replacing("c\n", ("c", "d"))),
        ],
        findings=(finding("app/b.py", 40, message=odd), finding("app/c.py", 1)),
        errors=(FileError("app/c.py", 3, odd), FileError("app/d.py", 0, "cannot parse")),
    )
    for plan in (full, migration(root)):
        command.plan = plan
        for arguments in (["--dry-run"], []):
            text = command(*arguments, "--format", "json").out
            assert text == json.dumps(json.loads(text), indent=2) + "\n"
    assert json.loads(command("--nonsense", "--format", "json").out)["edits"] == []


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig"])
def test_a_diff_is_one_of_texts(root: Path, command: Command, encoding: str) -> None:
    command.plan = migration(root, [file("a.py", replacing("é = 1\n", ("1", "2")), encoding=encoding)])
    diff = json.loads(command("--dry-run", "--format", "json").out)["files"][0]["diff"]
    assert diff == "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-é = 1\n+é = 2\n"
