"""What a file's facts take in memory, and what they must not leave behind."""

from __future__ import annotations

import gc
import marshal
from pathlib import Path

import pytest

from lifeops_codemods import workspace
from lifeops_codemods.facts.collect import collect
from lifeops_codemods.facts.model import FileFacts, Shelf
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules

FIXTURES = Path(__file__).parents[2] / "fixtures"

TEXT = "import a\n\n\nclass B(a.C):\n    def f(self, x: int = 1) -> 'a.D':\n        return [y for y in x if f'{y}']\n"


def test_a_walk_leaves_nothing_that_only_the_cycle_collector_would_find() -> None:
    collect(TEXT)
    gc.collect()
    gc.disable()
    try:
        collect(TEXT)
        assert gc.collect() == 0
    finally:
        gc.enable()


def is_open(facts: FileFacts) -> bool:
    return "raw" in vars(facts)


def test_as_many_files_are_open_as_fit_and_one_at_least() -> None:
    packed = marshal.dumps(collect(TEXT))
    for room, fit in ((1, 1), (3 * len(packed), 3)):
        shelf = Shelf(room)
        files = [FileFacts(packed, shelf) for _ in range(5)]
        assert {facts.classes for facts in files * 2} == {FileFacts(collect(TEXT)).classes}
        assert sum(map(is_open, files)) == fit
        assert is_open(files[-1])


def test_a_file_that_was_closed_says_the_same_again() -> None:
    facts = FileFacts(marshal.dumps(collect(TEXT)))
    before = [getattr(facts, name) for name in (*FileFacts.TABLES, "bound", "members_of")]
    facts.close()
    assert not is_open(facts)
    assert [getattr(facts, name) for name in (*FileFacts.TABLES, "bound", "members_of")] == before


@pytest.mark.parametrize("name", ["model-db-suffix", "eager-load", "value-error-400"])
def test_a_plan_does_not_depend_on_how_many_files_are_open(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [folder for folder in sorted((FIXTURES / name).iterdir()) if (folder / "after").is_dir()]
    request = Request(root=max(cases, key=_files_in) / "before", rules=all_rules())
    roomy = plan(request)
    closed: list[FileFacts] = []
    close = FileFacts.close

    def noting(facts: FileFacts) -> None:
        closed.append(facts)
        close(facts)

    monkeypatch.setattr(workspace, "_OPEN", 1)
    monkeypatch.setattr(FileFacts, "close", noting)
    cramped = plan(request)
    assert closed
    assert (cramped.files, cramped.findings, cramped.errors) == (roomy.files, roomy.findings, roomy.errors)
    assert roomy.files


def _files_in(case: Path) -> int:
    return len(list((case / "before").rglob("*.py")))
