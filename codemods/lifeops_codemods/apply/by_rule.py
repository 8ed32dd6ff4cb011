"""A migration taken apart: what each rule does, as a migration of its own that the next one continues."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lifeops_codemods.apply.journal import digest
from lifeops_codemods.source.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_codemods.plan.model import FilePlan, Migration, Step


def by_rule(migration: Migration) -> Iterator[Migration]:
    """Yield one migration for each rule that edits something, in the order of the waves; all together do the same.

    Each is proven on the files as the former ones leave them.
    """
    read = dict(migration.read)
    now = {file.path: file.before_bytes for file in migration.files}
    for rule in migration.rules:
        files = tuple(
            _part(file, step, now) for file in migration.files for step in file.steps if step.rule == rule.name
        )
        if files:
            yield replace(migration, rules=(rule,), files=files, read=dict(read))
        for part in files:
            now[part.path] = part.after_bytes
            if part.path in read:
                read[part.path] = digest(part.after_bytes)


def _part(file: FilePlan, step: Step, now: dict[str, bytes | None]) -> FilePlan:
    return replace(
        file,
        before=step.before,
        after=step.after,
        before_bytes=now[file.path],
        after_bytes=_encoded(file, step),
        steps=(step,),
    )


def _encoded(file: FilePlan, step: Step) -> bytes:
    """The bytes after a step; after the last one those of the plan itself."""
    if step is file.steps[-1]:
        return file.after_bytes
    return step.after.encode() if file.before_bytes is None else decode(file.before_bytes).encode(step.after)
