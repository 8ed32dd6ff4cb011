"""A unit is made in all its places or in none, and whoever forbids one of them is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lifeops_codemods.config import Settings
from lifeops_codemods.operation import RemoveStatement, ReplaceExpression, ReplaceName, Span
from lifeops_codemods.project import Project
from lifeops_codemods.rule import Edit, Effect, Finding

from .making import doing, noting, planned, renaming, rule, texts, write

FILES = {"a.py": "old = 1\n", "b.py": "from a import old\nprint(old)\n", "deep/c.py": "old = 2\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path, FILES)


def name(text: str, old: str, new: str, nth: int = 0) -> ReplaceName:
    start = -1
    for _ in range(nth + 1):
        start = text.index(old, start + 1)
    return ReplaceName(span=Span(start, start + len(old)), expected=old, new=new)


def test_without_objection_all_of_it_is_made(root: Path) -> None:
    migration = planned(root, renaming("old", "new"))
    assert texts(migration) == {path: text.replace("old", "new") for path, text in FILES.items()}
    assert migration.findings == ()


def test_one_place_that_is_not_as_expected_gives_up_the_whole_unit_and_no_other(root: Path) -> None:
    wrong = ReplaceName(span=Span(0, 3), expected="was", new="new")
    good = [("one", "a.py", name("old = 1\n", "old", "new")), ("two", "deep/c.py", name("old = 2\n", "old", "new"))]
    migration = planned(root, doing([*good, ("one", "b.py", wrong)]))
    assert texts(migration) == {"deep/c.py": "new = 2\n"}
    (found,) = migration.findings
    assert (found.finding.path, found.finding.unit) == ("a.py", "one")
    assert "b.py" in found.finding.reason
    assert found.why[0].startswith("b.py:1 ")


def test_a_unit_that_falls_takes_no_other_with_it_in_the_same_file(tmp_path: Path) -> None:
    text = "f(x, y)\n"
    write(tmp_path, {"a.py": text, "b.py": text})
    wrong = ReplaceName(span=Span(0, 1), expected="g", new="h")
    operations = [
        ("falls", "a.py", name(text, "x", "fallen")),
        ("stands", "a.py", name(text, "y", "z")),
        ("stands", "b.py", name(text, "y", "z")),
        ("falls", "b.py", wrong),
    ]
    assert texts(planned(tmp_path, doing(operations))) == {"a.py": "f(x, z)\n", "b.py": "f(x, z)\n"}


def test_units_that_contradict_each_other_are_both_given_up_in_every_file(tmp_path: Path) -> None:
    text = "x = f(y)\n"
    write(tmp_path, {"a.py": text, "b.py": text})
    removed = RemoveStatement(span=Span(0, 8), expected="x = f(y)")
    replaced = ReplaceExpression(span=Span(6, 7), expected="y", code="z")
    operations = [("one", "a.py", removed), ("two", "a.py", replaced), ("two", "b.py", replaced)]
    migration = planned(tmp_path, doing(operations))
    assert texts(migration) == {}
    assert {found.finding.unit for found in migration.findings} == {"one", "two"}


# -- paths


@pytest.mark.parametrize("paths", [("a.py", "b.py"), ("deep",), ("deep/c.py", "a.py")])
def test_an_edit_outside_of_the_paths_refuses_the_unit_and_names_the_file(root: Path, paths: tuple[str, ...]) -> None:
    migration = planned(root, renaming("old", "new"), paths=paths)
    assert texts(migration) == {}
    (found,) = migration.findings
    outside = sorted(path for path in FILES if not path.startswith(paths))
    assert outside[0] in found.finding.reason
    assert "PATHS" in found.finding.fix


def test_every_file_outside_of_the_paths_is_named(root: Path) -> None:
    (found,) = planned(root, renaming("old", "new"), paths=("a.py",)).findings
    said = " ".join((found.finding.reason, found.finding.fix, *found.why))
    assert "b.py" in said
    assert "deep/c.py" in said


@pytest.mark.parametrize("paths", [(), (".",), ("",), ("a.py", "b.py", "deep"), ("a.py", "b.py", "deep/")])
def test_paths_that_hold_every_place_forbid_nothing(root: Path, paths: tuple[str, ...]) -> None:
    assert len(texts(planned(root, renaming("old", "new"), paths=paths))) == 3


def test_units_that_lie_within_the_paths_are_made(root: Path) -> None:
    migration = planned(root, renaming("old", "new", unit="{path}"), paths=("deep",))
    assert texts(migration) == {"deep/c.py": "new = 2\n"}


def test_a_path_is_no_prefix_of_another_name(tmp_path: Path) -> None:
    write(tmp_path, {"app/a.py": "old = 1\n", "app2/a.py": "old = 1\n", "app.py": "old = 1\n"})
    assert texts(planned(tmp_path, renaming("old", "new", unit="{path}"), paths=("app",))) == {"app/a.py": "new = 1\n"}


def test_findings_outside_of_the_paths_are_not_shown(root: Path) -> None:
    migration = planned(root, noting("old"), paths=("deep",))
    assert [found.finding.path for found in migration.findings] == ["deep/c.py"]


# -- suppressions and configuration


@pytest.mark.parametrize("comment", ["# lifeops: ignore", "# lifeops: ignore[rename]"])
def test_one_suppressed_place_refuses_the_unit_and_is_named(tmp_path: Path, comment: str) -> None:
    write(tmp_path, FILES | {"b.py": f"from a import old\nprint(old)  {comment}\n"})
    migration = planned(tmp_path, renaming("old", "new"))
    assert texts(migration) == {}
    (found,) = migration.findings
    assert found.finding.path == "a.py"
    assert found.why[0].startswith("b.py:2 ")


def test_a_suppression_of_another_rule_is_none(tmp_path: Path) -> None:
    write(tmp_path, FILES | {"b.py": "from a import old\nprint(old)  # lifeops: ignore[note]\n"})
    assert len(texts(planned(tmp_path, renaming("old", "new"), noting("nothing")))) == 3


def test_what_is_suppressed_where_the_unit_begins_is_left_without_a_word(tmp_path: Path) -> None:
    write(tmp_path, FILES | {"a.py": "old = 1  # lifeops: ignore\n"})
    migration = planned(tmp_path, renaming("old", "new"))
    assert (texts(migration), migration.findings) == ({}, ())


def test_suppressed_findings_are_not_shown(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "old = 1\nold = 2  # lifeops: ignore[note]\n"})
    (found,) = planned(tmp_path, noting("old")).findings
    assert found.position.line == 1


def test_a_suppression_that_silences_nothing_is_reported(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "new = 1  # lifeops: ignore[note]\nold = 1\n"})
    found = planned(tmp_path, noting("old")).findings
    assert [(item.finding.rule, item.position.line) for item in found] == [("suppression", 1), ("note", 2)]


SUPPRESSED_TWICE = {
    "a.py": "old = 1\n",
    "b.py": "from a import old  # lifeops: ignore[rename]\n",
    "c.py": "from a import old  # lifeops: ignore[rename]\n",
}


def test_of_several_suppressions_of_one_unit_none_is_called_useless(tmp_path: Path) -> None:
    write(tmp_path, SUPPRESSED_TWICE)
    found = planned(tmp_path, renaming("old", "new")).findings
    assert [item.finding.path for item in found if item.finding.rule == "suppression"] == []


def test_what_would_be_suppressed_is_no_useless_suppression_when_the_unit_is_not_wanted(tmp_path: Path) -> None:
    write(tmp_path, SUPPRESSED_TWICE)
    for request in ({"rejected": frozenset({"unit"})}, {"safe_only": True}):
        found = planned(tmp_path, renaming("old", "new", edit_effect=Effect.UNSAFE), **request).findings
        assert [item.finding.path for item in found if item.finding.rule == "suppression"] == []


def test_per_file_ignores_refuse_the_unit(root: Path) -> None:
    settings = Settings(per_file_ignores={"deep/**": ("rename",)})
    migration = planned(root, renaming("old", "new"), settings=settings)
    assert texts(migration) == {}
    (found,) = migration.findings
    assert "deep/c.py" in found.finding.reason


def test_per_file_ignores_silence_findings_of_that_rule_alone(root: Path) -> None:
    settings = Settings(per_file_ignores={"deep/**": ("note",)})
    migration = planned(root, noting("old"), noting("old", name="other"), settings=settings)
    assert {(item.finding.rule, item.finding.path) for item in migration.findings} == {
        ("note", "a.py"), ("note", "b.py"), ("other", "a.py"), ("other", "b.py"), ("other", "deep/c.py"),
    }  # fmt: skip


# -- the user's own no


def test_safe_only_leaves_unsafe_units_without_a_word(root: Path) -> None:
    migration = planned(root, renaming("old", "new", edit_effect=Effect.UNSAFE), safe_only=True)
    assert (texts(migration), migration.findings) == ({}, ())


def test_one_unsafe_edit_makes_the_unit_unsafe(root: Path) -> None:
    safe = renaming("old", "new")

    def check(project: Project, options: object) -> Iterator[Edit | Finding]:
        *edits, last = (item for item in safe.check(project, options) if isinstance(item, Edit))
        yield from (*edits, replace(last, effect=Effect.UNSAFE))

    assert texts(planned(root, rule("rename", check), safe_only=True)) == {}
    assert len(texts(planned(root, rule("rename", check)))) == 3


def test_a_rejected_unit_is_left_without_a_word_and_the_others_are_made(root: Path) -> None:
    migration = planned(root, renaming("old", "new", unit="{path}"), rejected=frozenset({"a.py"}))
    assert sorted(texts(migration)) == ["b.py", "deep/c.py"]
    assert migration.findings == ()


def test_later_rules_see_the_project_without_what_was_rejected(root: Path) -> None:
    first = renaming("old", "new", unit="{path}")
    migration = planned(root, first, noting("new", after=("rename",)), rejected=frozenset({"a.py"}))
    assert {item.finding.path for item in migration.findings} == {"b.py", "deep/c.py"}
