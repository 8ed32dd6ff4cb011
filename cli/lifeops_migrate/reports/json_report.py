"""The migration as JSON, exactly as docs and scripts know it: keys and their order change only with a major version."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from lifeops_codemods import __version__
from lifeops_migrate.diff.file_diff import text_diff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_codemods.plan.model import FilePlan, Migration, PlannedEdit, PlannedFinding
    from lifeops_migrate.result import Result

SCHEMA = 1


def report(result: Result) -> str:
    """The document of a run. Refusals stand among the errors, without a path of their own."""
    migration = result.migration
    errors = [{"path": error.path, "line": error.line, "message": error.message} for error in migration.errors]
    errors += _general(result.refusals)
    return _document(result.root, result.applied, migration, errors)


def failure(root: str, messages: Sequence[str]) -> str:
    """The document of a run that came to nothing: the same keys, empty, and the errors."""
    return _document(root, False, None, _general(messages))


def _document(root: str, applied: bool, migration: Migration | None, errors: list[dict[str, Any]]) -> str:
    document = {
        "schema": SCHEMA,
        "version": __version__,
        "root": root,
        "applied": applied,
        "edits": [_edit(planned) for planned in _in_order(migration)] if migration else [],
        "files": [_file(file) for file in migration.files] if migration else [],
        "findings": [_finding(planned) for planned in migration.findings] if migration else [],
        "errors": errors,
        "summary": _summary(migration, len(errors)),
    }
    return json.dumps(document, indent=2) + "\n"


def _general(messages: Sequence[str]) -> list[dict[str, Any]]:
    return [{"path": "", "line": 0, "message": message} for message in messages]


def _in_order(migration: Migration) -> list[PlannedEdit]:
    return sorted(migration.edits, key=lambda planned: (planned.edit.path, planned.position, planned.edit.rule))


def _edit(planned: PlannedEdit) -> dict[str, Any]:
    edit, position = planned.edit, planned.position
    return {
        "rule": edit.rule,
        "effect": edit.effect.value,
        "path": edit.path,
        "line": position.line,
        "column": position.column,
        "end_line": position.end_line,
        "message": edit.message,
        "why": list(planned.why),
    }


def _file(file: FilePlan) -> dict[str, Any]:
    diff = text_diff(file)
    rules = list(dict.fromkeys(step.rule for step in file.steps))
    return {"path": file.path, "rules": rules, "added": diff.added, "removed": diff.removed, "diff": diff.text}


def _finding(planned: PlannedFinding) -> dict[str, Any]:
    finding, position = planned.finding, planned.position
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "path": finding.path,
        "line": position.line,
        "column": position.column,
        "message": finding.message,
        "fix": finding.fix,
        "reason": finding.reason,
    }


def _summary(migration: Migration | None, errors: int) -> dict[str, Any]:
    edits = Counter(planned.edit.rule for planned in migration.edits) if migration else Counter()
    findings = Counter(planned.finding.rule for planned in migration.findings) if migration else Counter()
    rules = sorted({*edits, *findings, *(rule.name for rule in (migration.rules if migration else ()))})
    return {
        "files_read": migration.files_read if migration else 0,
        "files_changed": len(migration.files) if migration else 0,
        "edits": edits.total(),
        "findings": findings.total(),
        "errors": errors,
        "by_rule": {rule: {"edits": edits[rule], "findings": findings[rule]} for rule in rules},
    }
