"""The stages in the order they run: discover, read, facts, project, plan. Read this first.

    discover ─ bytes ─▶ facts ─ per file ─▶ project ─ whole ─▶ plan ─ FilePlan ─▶ (preview ─▶ apply)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lifeops_codemods.config import Settings
from lifeops_codemods.plan.model import Migration
from lifeops_codemods.rule import Rule

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, what is done and what there is to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to plan.

    root: absolute; everything below it is read. rules: those to run, in any order. paths: POSIX paths relative to root
    of the files or folders that may be edited; empty means all. rejected: units that the user turned down. cache_dir:
    None means no cache. jobs: worker processes.
    """

    root: Path
    rules: tuple[Rule, ...]
    settings: Settings = field(default_factory=Settings)
    paths: tuple[str, ...] = ()
    safe_only: bool = False
    rejected: frozenset[str] = frozenset()
    cache_dir: Path | None = None
    jobs: int = 1
    progress: Progress | None = None


def plan(request: Request) -> Migration:
    """Plan the migration that `request` asks for. Writes nothing outside `request.cache_dir`."""
    raise NotImplementedError
