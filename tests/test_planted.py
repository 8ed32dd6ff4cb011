"""The demonstration names what is wrong in it: each rule answers for its part, and leaves what only looks like it."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.config import parse_settings
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_codemods.plan.model import Migration, Position

LIFEOPS = Path(__file__).parent.parent / "fixtures" / "lifeops"
EXPECTED = ("edit", "finding", "either")
SCOPES = ("line", "statement", "block", "file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One place of PLANTED.toml. `scope` says how far from its line an edit or a finding still counts."""

    file: str
    line: int
    rule: str
    text: str
    note: str
    expect: str = "either"
    scope: str = "statement"

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.text!r} ({self.note})"

    def covers(self, position: Position) -> bool:
        if self.scope == "line":
            return position.line == self.line and (position.end_line > self.line or self._overlaps(position))
        first, last = _extent(self)
        return first <= position.line <= last

    def is_named_by(self, link: str) -> bool:
        """Whether an edit elsewhere is about this place: a generic query that gets its loaders from a method."""
        place, _, text = link.partition(" ")
        file, _, line = place.rpartition(":")
        first, last = (self.line, self.line) if self.scope == "line" else _extent(self)
        return text == "the query" and file == self.file and first <= int(line) <= last

    def _overlaps(self, position: Position) -> bool:
        start = _lines(self.file)[self.line - 1].index(self.text)
        return position.column - 1 < start + len(self.text) and position.end_column - 1 > start


def test_every_entry_says_where_it_is() -> None:
    wrong = [str(entry) for entry in _all_entries() if entry.text not in _line(entry)]
    assert not wrong
    assert all(entry.expect in EXPECTED and entry.scope in SCOPES for entry in _all_entries())


def test_no_entry_stands_twice() -> None:
    places = Counter((entry.file, entry.line, entry.rule, entry.text) for entry in _all_entries())
    assert [place for place, times in places.items() if times > 1] == []


def test_each_rule_of_the_standard_is_planted_several_times_with_look_alikes() -> None:
    planted = Counter(entry.rule for entry in _entries("planted"))
    lookalikes = Counter(entry.rule for entry in _entries("lookalike"))
    assert planted.keys() == lookalikes.keys()
    assert min(planted.values()) >= 2
    assert min(lookalikes.values()) >= 2


def test_every_rule_that_exists_is_planted() -> None:
    assert {rule.name for rule in all_rules()} <= {entry.rule for entry in _entries("planted")}


@pytest.mark.parametrize("rule", [rule.name for rule in all_rules()])
def test_what_is_planted_is_found(rule: str) -> None:
    migration = _migration()
    missed = [
        f"{entry}: expected {entry.expect}"
        for entry in _entries("planted")
        if entry.rule == rule and not _answers(migration, entry)
    ]
    assert not missed


@pytest.mark.parametrize("rule", [rule.name for rule in all_rules()])
def test_what_looks_alike_is_left(rule: str) -> None:
    migration = _migration()
    touched = [
        f"{entry}: {message}"
        for entry in _entries("lookalike")
        if entry.rule == rule
        for _, message in _said_at(migration, entry)
    ]
    assert not touched


def _answers(migration: Migration, entry: Entry) -> bool:
    kinds = {kind for kind, _ in _said_at(migration, entry)}
    return entry.expect in kinds or (entry.expect == "either" and bool(kinds))


def _said_at(migration: Migration, entry: Entry) -> Iterator[tuple[str, str]]:
    for edit in migration.edits:
        here = edit.edit.path == entry.file and entry.covers(edit.position)
        if edit.edit.rule == entry.rule and (here or any(entry.is_named_by(link) for link in edit.why)):
            yield "edit", edit.edit.message
    for found in migration.findings:
        if (found.finding.rule, found.finding.path) == (entry.rule, entry.file) and entry.covers(found.position):
            yield "finding", found.finding.message


@cache
def _migration() -> Migration:
    rules = all_rules()
    shared = LIFEOPS / "pyproject.toml"
    settings = parse_settings(shared.read_text(encoding="utf-8"), shared.name, rules)
    return plan(Request(root=LIFEOPS, rules=rules, settings=settings))


def _all_entries() -> tuple[Entry, ...]:
    return _entries("planted") + _entries("lookalike")


@cache
def _entries(kind: str) -> tuple[Entry, ...]:
    table = tomllib.loads((LIFEOPS / "PLANTED.toml").read_text(encoding="utf-8"))
    default = "line" if kind == "lookalike" else "statement"
    return tuple(Entry(**{"scope": default} | raw) for raw in table[kind])


def _line(entry: Entry) -> str:
    lines = _lines(entry.file)
    return lines[entry.line - 1] if entry.line <= len(lines) else ""


@cache
def _lines(file: str) -> list[str]:
    return _source(file).replace("\r\n", "\n").split("\n")


@cache
def _source(file: str) -> str:
    return (LIFEOPS / file).read_bytes().decode("utf-8")


@cache
def _extent(entry: Entry) -> tuple[int, int]:
    """First and last line of the entry's scope. Of a statement that has a body, "statement" is only the head."""
    if entry.scope == "file":
        return 1, len(_lines(entry.file))
    around = [
        (_first_line(node), node)
        for node in ast.walk(ast.parse(_source(entry.file)))
        if isinstance(node, ast.stmt | ast.excepthandler) and _first_line(node) <= entry.line <= (node.end_lineno or 0)
    ]
    first, innermost = max(around, key=lambda found: (found[0], -(found[1].end_lineno or 0)))
    body: list[ast.stmt] = getattr(innermost, "body", [])
    if entry.scope == "statement" and body:
        return first, max(innermost.lineno, body[0].lineno - 1)
    return first, innermost.end_lineno or first


def _first_line(node: ast.stmt | ast.excepthandler) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
