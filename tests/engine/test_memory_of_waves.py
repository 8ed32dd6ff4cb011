"""What a rule finds with the answers that outlived the waves before it is what it finds without them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.project import Project
from lifeops_codemods.project.memory import Memory
from lifeops_codemods.rules import all_rules

FIXTURES = Path(__file__).parents[2] / "fixtures"
ROOTS = {
    folder.name: [folder] if folder.name == "lifeops" else sorted(folder.glob("*/before"))
    for folder in sorted(FIXTURES.iterdir())
    if folder.is_dir()
}


def said(root: Path) -> tuple[Any, ...]:
    migration = plan(Request(root=root, rules=all_rules()))
    return migration.files, migration.findings, migration.errors


def forgetful(change: Any) -> Any:
    def forget(self: Project, paths: Any) -> None:
        change(self, paths)
        self.memory = Memory(self, self.source.paths)
        self._facts.clear()
        self._of_files.clear()

    return forget


@pytest.mark.parametrize("name", ROOTS)
def test_all_rules_say_the_same_where_nothing_is_remembered(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    remembered = [said(root) for root in ROOTS[name]]
    monkeypatch.setattr(Project, "change", forgetful(Project.change))
    assert [said(root) for root in ROOTS[name]] == remembered
