"""What the rules about errors give as the reason of an edit: the way from the route to the `raise`, and the session."""

from __future__ import annotations

from pathlib import Path

from .harness.case import Case, cases
from .harness.planning import planned


def case_called(rule: str, name: str) -> Case:
    return next(case for case in cases(rule) if case.name == name)


def reasons(rule: str, name: str, folder: Path) -> list[str]:
    migration = planned(case_called(rule, name).before(), rule, folder / "project").migration
    return [" / ".join(edit.why) for edit in migration.edits]


def test_the_way_leads_from_the_route_to_the_raise(tmp_path: Path) -> None:
    said = reasons("value-error-400", "missing_handlers", tmp_path)
    wanted = ("label answers GET /tickets/{seat}/label", "app/service.py:31", "app/service.py:42", "app/service.py:22")
    assert any(all(piece in way for piece in wanted) for way in said), said
    assert all("this is where it is raised" in way for way in said)


def test_the_commit_that_becomes_a_rollback_is_told(tmp_path: Path) -> None:
    said = reasons("value-error-400", "rollback", tmp_path)
    assert said
    assert all("app/database.py:41" in way and "followed by a rollback" in way for way in said), said


def test_what_may_be_none_is_told(tmp_path: Path) -> None:
    said = reasons("not-found-404", "one_lookup", tmp_path)
    assert any("app/books.py:11" in way and "says that there may be none" in way for way in said), said
