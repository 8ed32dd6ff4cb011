"""A case's project, planned: what a run would leave on disk, and what was said about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifeops_codemods.config import OWN_FILE, SHARED_FILE, Settings, parse_settings
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules

if TYPE_CHECKING:
    from pathlib import Path

    from lifeops_codemods.plan.model import Migration, PlannedFinding
    from lifeops_codemods.rule import Rule


@dataclass(frozen=True, slots=True)
class Outcome:
    """files: the project's files after the plan was applied."""

    files: dict[str, bytes]
    migration: Migration


def planned(files: dict[str, bytes], rule_name: str, root: Path) -> Outcome:
    """Write the files below `root` (a folder that is not there yet) and plan the one rule on them."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    rule = rule_called(rule_name)
    migration = plan(Request(root=root, rules=(rule,), settings=_settings(root)))
    return Outcome(files | {file.path: file.after_bytes for file in migration.files}, migration)


def rule_called(name: str) -> Rule:
    return next(rule for rule in all_rules() if rule.name == name)


def names_place(found: PlannedFinding, path: str, line: int) -> bool:
    """Whether the finding is at this line (0: any), or says `path:line` in its chain of facts or its words."""
    place = rf"{re.escape(path)}:{line}\b" if line else rf"{re.escape(path)}:"
    here = f"{found.finding.path}:{found.position.line}"
    return re.search(place, f"{here}\n{text_of(found)}") is not None


def text_of(found: PlannedFinding) -> str:
    finding = found.finding
    return "\n".join((finding.message, finding.reason, finding.fix, *found.why))


def described(found: PlannedFinding) -> str:
    return f"{found.finding.path}:{found.position.line} {found.finding.message}: {found.finding.reason}"


def _settings(root: Path) -> Settings:
    for name in (OWN_FILE, SHARED_FILE):
        file = root / name
        if file.exists():
            return parse_settings(file.read_text(encoding="utf-8"), name, all_rules())
    return Settings()
