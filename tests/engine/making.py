"""Tiny rules and projects, to see what the engine makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lifeops_codemods.operation import InsertBefore, Operation, ReplaceName, Span
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.plan.model import Migration, PlannedFinding
from lifeops_codemods.project import Project
from lifeops_codemods.rule import Category, Edit, Effect, Finding, Reason, Rule, Severity

Check = Callable[[Project, Any], Iterator[Edit | Finding]]


def rule(name: str, check: Check, **given: Any) -> Rule:
    defaults: dict[str, Any] = {
        "category": Category.NAMING,
        "effect": Effect.SAFE,
        "severity": Severity.INFO,
        "summary": name,
        "documentation": name,
    }
    return Rule(name=name, check=check, **(defaults | given))


def places(project: Project, word: str) -> Iterator[tuple[str, Span]]:
    """Where a name is read or bound, in all files."""
    for path in project.mentioning([word]):
        facts = project.facts(path)
        starts = {row.start for row in facts.names if row.name == word}
        starts |= {row.start for row in facts.bindings if row.name == word}
        yield from ((path, Span(start, start + len(word))) for start in sorted(starts))


def renaming(old: str, new: str, name: str = "rename", unit: str = "unit", **given: Any) -> Rule:
    """A rule that renames whatever is called `old`, in one unit; `unit="{path}"` makes one for each file."""
    effect = given.pop("edit_effect", Effect.SAFE)

    def check(project: Project, options: object) -> Iterator[Edit]:
        for path, span in places(project, old):
            yield Edit(
                rule=name,
                path=path,
                operation=ReplaceName(span=span, expected=old, new=new),
                message=f"rename {old}",
                unit=unit.format(path=path),
                effect=effect,
                why=(Reason(path, span, f"{old} is here"),),
            )

    return rule(name, check, **given)


def noting(word: str, name: str = "note", **given: Any) -> Rule:
    """A rule with a finding wherever `word` is a name."""

    def check(project: Project, options: object) -> Iterator[Finding]:
        for path, span in places(project, word):
            why = (Reason(path, span, "seen"),)
            yield Finding(rule=name, path=path, span=span, message=f"{word} is here", reason="r", fix="f", why=why)

    return rule(name, check, **given)


def inserting(code: str, before: str, name: str = "insert", **given: Any) -> Rule:
    """A rule that inserts a statement before each statement that binds `before`."""

    def check(project: Project, options: object) -> Iterator[Edit]:
        for path in project.mentioning([before]):
            text = project.text(path)
            for row in project.facts(path).bindings:
                if row.name == before and code not in text:
                    span = Span(*row.statement)
                    operation = InsertBefore(span=span, expected=text[span.start : span.end], code=code)
                    yield Edit(rule=name, path=path, operation=operation, message="insert", unit=path)

    return rule(name, check, **given)


def doing(operations: Sequence[tuple[str, str, Operation]], name: str = "do", **given: Any) -> Rule:
    """A rule that wants these operations: each with its unit and its path."""

    def check(project: Project, options: object) -> Iterator[Edit]:
        for unit, path, operation in operations:
            yield Edit(rule=name, path=path, operation=operation, message=f"do {unit}", unit=unit)

    return rule(name, check, **given)


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def planned(root: Path, *rules: Rule, **request: Any) -> Migration:
    return plan(Request(root=root, rules=rules, **request))


def texts(migration: Migration) -> dict[str, str]:
    """The changed files as they will be."""
    return {file.path: file.after for file in migration.files}


def lines(findings: Sequence[PlannedFinding]) -> list[tuple[str, int, int]]:
    return [(found.finding.path, found.position.line, found.position.column) for found in findings]
