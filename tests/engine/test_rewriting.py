"""Files that workers rewrite are as one process rewrites them, edits that cannot be made included."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lifeops_codemods.operation import InsertBefore, ReplaceName, Span
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.plan.model import Migration
from lifeops_codemods.plan.rewriting import Rewritten, rewrite
from lifeops_codemods.plan.style import Style
from lifeops_codemods.plan.units import Task
from lifeops_codemods.project import Project
from lifeops_codemods.rule import Edit, Finding
from lifeops_codemods.rules import all_rules
from lifeops_codemods.workers import rewriting

from .making import rule, texts, write
from .test_executors import Here

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(autouse=True)
def workers_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "WORTH_WORKERS", 1)


def changed(case: Path) -> int:
    """How many files a case changes."""
    before, after = case / "before", case / "after"
    return sum(path.read_bytes() != (after / path.relative_to(before)).read_bytes() for path in before.rglob("*.py"))


def planned(root: Path, **given: Any) -> Migration:
    return replace(plan(Request(root=root, rules=all_rules(), **given)), seconds={})


@pytest.mark.parametrize("name", ["model-db-suffix", "eager-load", "value-error-400", "pagination", "created-status"])
def test_workers_write_what_one_process_writes(name: str) -> None:
    cases = [folder for folder in sorted((FIXTURES / name).iterdir()) if (folder / "after").is_dir()]
    root = max(cases, key=changed) / "before"
    executor = Here()
    alone = planned(root)
    assert alone.files
    assert planned(root, jobs=2) == alone
    assert planned(root, executor=executor) == alone
    assert any(len(sent) == 2 for sent in executor.sent), "something was rewritten there"


def edit(name: str, number: int = 0, expected: str = "old") -> Edit:
    rename = ReplaceName(span=Span(number, number + 3), expected=expected, new="new")
    return Edit(rule="rule", path=f"{name}.py", operation=rename, message="rename", unit=name)


def both(tasks: list[Task]) -> Iterator[list[Rewritten]]:
    yield list(rewriting.Rewriter(2)(tasks))
    yield list(rewriting.Rewriter(1, Here())(tasks))


def test_refusals_are_those_of_the_same_edits() -> None:
    equal = edit("twice")
    tasks = [
        Task("old = 1\n", [edit("good")], Style()),
        Task("old = 1\n", [edit("bad", expected="other"), edit("good")], Style()),
        Task("old = 1\n", [equal, equal], Style(line_length=40)),
        Task("def (old\n", [edit("broken", 5)], Style()),
    ]
    alone = [rewrite(*task) for task in tasks]
    assert [len(one.refused) for one in alone] == [0, 1, 0, 1]
    for found in both(tasks):
        assert found == alone
        assert found[1].refused[0].edit is tasks[1].edits[0]


def test_where_a_worker_dies_the_edits_of_its_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deadly(text: str, edits: Any, style: Style) -> Rewritten:
        if "deadly" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return rewrite(text, edits, style)

    def check(project: Project, options: object) -> Iterator[Edit | Finding]:
        for path in project.paths:
            yield edit(path.removesuffix(".py"))

    monkeypatch.setattr(rewriting, "rewrite", deadly)
    good = {f"good{number}.py": "old = 1\n" for number in range(9)}
    write(tmp_path, {**good, "bad.py": "old = 'deadly'\n"})
    migration = plan(Request(root=tmp_path, rules=(rule("rule", check),), jobs=2))
    assert texts(migration) == dict.fromkeys(good, "new = 1\n")
    (finding,) = migration.findings
    assert finding.finding.path == "bad.py"
    assert "the process that rewrote the file died" in finding.finding.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnName(ReplaceName):
    """An operation that the program does not know."""


def test_an_edit_of_somebodys_own_class_is_made_here() -> None:
    own = replace(edit("a"), operation=OwnName(span=Span(0, 3), expected="old", new="new"))
    tasks = [Task("old = 1\n", [own], Style()), Task("old = 2\n", [edit("b")], Style())]
    executor = Here()
    assert [one.text for one in rewriting.Rewriter(1, executor)(tasks)] == ["new = 1\n", "new = 2\n"]
    assert not executor.sent


def test_an_edit_that_needs_a_tree_counts_for_more_than_its_text() -> None:
    small = Task("x = 1\n", [edit("a")], Style())
    tree = Task(
        "x = 1\n",
        [replace(edit("a"), operation=InsertBefore(span=Span(0, 5), expected="x = 1", code="y = 2"))],
        Style(),
    )
    assert rewriting._size(small) == 6
    assert rewriting._size(tree) > 10_000
