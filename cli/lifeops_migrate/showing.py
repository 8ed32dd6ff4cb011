"""From a migration to what reports say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_migrate.shown import Shown, ShownEdit, ShownFile, ShownFinding, ShownRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_codemods.plan.model import FilePlan, Migration, PlannedFinding


def shown_of(migration: Migration) -> Shown:
    """What is said of it."""
    return Shown(
        root=migration.root,
        rules=tuple(ShownRule(rule.name, rule.summary) for rule in migration.rules),
        files=tuple(map(shown_file, migration.files)),
        edits=tuple(_edits(migration)),
        findings=tuple(map(_finding, migration.findings)),
        errors=migration.errors,
        skipped=migration.skipped,
        files_read=migration.files_read,
    )


def _edits(migration: Migration) -> Iterator[ShownEdit]:
    numbered = enumerate(migration.edits)
    ordered = sorted(numbered, key=lambda pair: (pair[1].edit.path, pair[1].position, pair[1].edit.rule))
    texts: dict[str, str] = {}  # the links of a chain stand in many: kept once, and the next run reads them once
    for order, (edit, position, why) in ((order, (one.edit, one.position, one.why)) for order, one in ordered):
        yield ShownEdit(
            rule=edit.rule,
            effect=edit.effect.value,
            path=edit.path,
            line=position.line,
            column=position.column,
            end_line=position.end_line,
            message=edit.message,
            why=tuple(texts.setdefault(text, text) for text in why),
            clients_see=edit.clients_see,
            order=order,
        )


def _finding(planned: PlannedFinding) -> ShownFinding:
    finding, position = planned.finding, planned.position
    return ShownFinding(
        rule=finding.rule,
        severity=finding.severity.value,
        path=finding.path,
        line=position.line,
        column=position.column,
        end_line=position.end_line,
        message=finding.message,
        reason=finding.reason,
        fix=finding.fix,
        why=planned.why,
    )


def shown_file(file: FilePlan) -> ShownFile:
    """What is said of a file that changes."""
    from lifeops_migrate.diff.file_diff import file_diff  # late: most runs change nothing
    from lifeops_migrate.diff.steps import shown_steps

    diff = file_diff(file)
    steps = tuple(shown_steps(file))
    return ShownFile(file.path, file.before_bytes is None, steps, diff.body, diff.text, diff.added, diff.removed)
