"""Workflow commands are escaped as GitHub's runner reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_codemods.rule import Effect
from lifeops_migrate.reports.github import command as workflow_command

from .making import Command, file, finding, migration, replacing

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_data_and_properties_are_escaped_each_in_its_way() -> None:
    line = workflow_command("error", "100%\r\na:b,c", file="a,b:c%.py", line=3)
    assert line == "::error file=a%2Cb%3Ac%25.py,line=3::100%25%0D%0Aa:b,c"


def test_edits_and_findings(root: Path, command: Command) -> None:
    made = replacing("a\nb\n", ("b", "c"), message="change b", effect=Effect.UNSAFE, clients_see="c instead of b")
    command.plan = migration(root, [file("app/a.py", made)], findings=(finding("app/b.py", 4),))
    assert command("--dry-run", "--format", "github").out == (
        "::notice file=app/a.py,line=2,endLine=2,col=1,title=model-db-suffix (unsafe)"
        "::change b; clients will see: c instead of b\n"
        "::error file=app/b.py,line=4,endLine=4,col=1,title=bound-sql"
        "::what was seen%0Aleft alone: why it was left%0Awhat to do: what to do\n"
    )
    assert command("--check", "--format", "github").out.startswith("::error file=app/a.py,")


def test_paths_start_at_the_workspace(root: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    command.plan = migration(root, [file("app/a.py", replacing("a\n", ("a", "b")))])
    monkeypatch.setenv("GITHUB_WORKSPACE", str(root.parent))
    assert "file=project/app/a.py," in command("--dry-run", "--format", "github").out
