"""Rules run one after another: each sees what the former left, and what is shown is where the user's file has it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from lifeops_codemods.operation import InsertBefore, ReplaceName, Span
from lifeops_codemods.pipeline import ordered
from lifeops_codemods.plan.mapping import apply_changes
from lifeops_codemods.project import Project
from lifeops_codemods.rule import Edit, Reason

from .making import inserting, lines, noting, places, planned, renaming, rule, texts, write

TEXT = "# é😀 comment\nfirst = 1\nold, second = 2, 3\nif old: print(old, second)\n"


def test_a_rule_comes_after_those_that_it_names() -> None:
    a, b, c = noting("x", name="a", after=("c",)), noting("x", name="b", after=("a",)), noting("x", name="c")
    assert [rule.name for rule in ordered([a, b, c])] == ["c", "a", "b"]


def test_rules_without_an_order_come_by_name() -> None:
    rules = [noting("x", name=name) for name in ("c", "a", "b")]
    assert [rule.name for rule in ordered(rules)] == ["a", "b", "c"]


def test_a_rule_that_does_not_run_is_waited_for_by_nobody() -> None:
    assert [rule.name for rule in ordered([noting("x", name="a", after=("gone",))])] == ["a"]


def test_a_later_rule_sees_what_the_former_wrote(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "old = 1\n"})
    migration = planned(
        tmp_path, renaming("new", "newest", "second", after=("first",)), renaming("old", "new", "first")
    )
    assert texts(migration) == {"a.py": "newest = 1\n"}
    (file,) = migration.files
    assert [(step.rule, step.before, step.after) for step in file.steps] == [
        ("first", "old = 1\n", "new = 1\n"),
        ("second", "new = 1\n", "newest = 1\n"),
    ]


def test_positions_after_two_waves_are_those_of_the_original(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": TEXT})
    longer = renaming("old", "a_much_longer_name", "1-rename")
    above = inserting("zero = 0\nnull = 0", "first", "2-insert", after=("1-rename",))
    migration = planned(tmp_path, longer, above, noting("second", after=("2-insert",)))
    assert lines(migration.findings) == [("a.py", 3, 6), ("a.py", 4, 20)]
    assert [item.why for item in migration.findings] == [("a.py:3 seen",), ("a.py:4 seen",)]
    ends = [(item.position.end_line, item.position.end_column) for item in migration.findings]
    assert ends == [(3, 12), (4, 26)]


def test_a_chain_of_facts_leads_through_other_files_of_the_same_wave(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "first = 1\nold = 2\n", "b.py": "old = 3\n"})

    def check(project: Project, options: object) -> Iterator[Edit]:
        seen = next(Reason(path, span, "seen") for path, span in places(project, "old"))
        above = InsertBefore(span=Span(0, 9), expected="first = 1", code="zero = 0\nnull = 0")
        yield Edit(rule="both", path="a.py", operation=above, message="insert", unit="u", why=(seen,))
        renamed = ReplaceName(span=Span(0, 3), expected="old", new="new")
        yield Edit(rule="both", path="b.py", operation=renamed, message="rename", unit="u", why=(seen,))

    migration = planned(tmp_path, rule("both", check))
    assert {item.why for item in migration.edits} == {("a.py:2 seen",)}


def test_positions_of_edits_in_the_second_wave_are_those_of_the_original(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": TEXT})
    above = inserting("zero = 0", "first", "1-insert")
    shorter = renaming("old", "o", "2-rename", after=("1-insert",))
    migration = planned(tmp_path, above, shorter, renaming("second", "third", "3-rename", after=("2-rename",)))
    found = [(item.edit.rule, item.position.line, item.position.column) for item in migration.edits]
    assert found == [
        ("1-insert", 2, 1),
        *(("2-rename", line, column) for line, column in ((3, 1), (4, 4), (4, 15))),
        *(("3-rename", line, column) for line, column in ((3, 6), (4, 20))),
    ]


def test_a_finding_on_what_an_earlier_rule_wrote_is_shown_where_it_was_written(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": TEXT})
    migration = planned(tmp_path, inserting("zero = 0", "first", "1"), noting("zero", after=("1",)))
    ((_, line, _),) = lines(migration.findings)
    assert line == 2


def test_the_steps_of_a_file_are_one_chain(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": TEXT})
    rules = [
        renaming("old", "older", "1"),
        inserting("zero = 0", "first", "2"),
        renaming("older", "oldest", "3", after=("1",)),
    ]
    (file,) = planned(tmp_path, *rules).files
    text = file.before
    for step in file.steps:
        assert step.before == text
        text = apply_changes(text, step.changes)
        assert step.after == text
    assert (file.before, text) == (TEXT, file.after)
    assert file.after_bytes == file.after.encode()


def test_a_rule_that_undoes_the_former_is_still_one_chain(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "old = 1\n"})
    migration = planned(tmp_path, renaming("old", "new", "1"), renaming("new", "old", "2", after=("1",)))
    assert all(step.before != step.after for file in migration.files for step in file.steps)


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf# x\nold = 1\r\n", b"# -*- coding: latin-1 -*-\n# \xe9\nold = 1", b"old = 1\r"]
)
def test_bytes_around_an_edit_stay(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, {"a.py": data})
    (file,) = planned(tmp_path, renaming("old", "new")).files
    assert (file.before_bytes, file.after_bytes) == (data, data.replace(b"old", b"new"))


def test_a_name_behind_a_byte_order_mark_is_found(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": b"\xef\xbb\xbfold = 1\n"})
    assert texts(planned(tmp_path, renaming("old", "new"))) == {"a.py": "new = 1\n"}


def test_what_was_read_is_every_file_with_its_digest(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.py": "old = 1\n",
        "b.py": "nothing = 1\n",
        "broken.py": "def (\n",
        "c.py": b"\xff\n",
    }
    write(tmp_path, files)
    migration = planned(tmp_path, renaming("old", "new"))
    expected = {path: sha256((tmp_path / path).read_bytes()).hexdigest() for path in files}
    assert migration.read == expected
    assert migration.files_read == len(files)


def test_every_rule_has_its_time(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "old = 1\n"})
    seconds = planned(tmp_path, renaming("old", "new"), noting("x")).seconds
    assert {"discover", "read", "rule:rename", "rule:note"} <= seconds.keys()
