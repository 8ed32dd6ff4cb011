"""Worker processes change nothing but the time."""

from __future__ import annotations

import concurrent.futures
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from lifeops_codemods import workspace
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MODEL = """from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


class Hero(Base):
    __tablename__ = "heroes"
"""


def test_workers_find_what_one_process_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models.py").write_text(MODEL)
    (tmp_path / "broken.py").write_text("from models import Hero\ndef (:\n")
    for number in range(40):
        (tmp_path / f"use{number}.py").write_text("from models import Hero\n\nfound = Hero\n")
    alone = plan(Request(root=tmp_path, rules=all_rules(), jobs=1))
    started: list[int] = []

    class Pool(ProcessPoolExecutor):
        def __init__(self, jobs: int) -> None:
            started.append(jobs)
            super().__init__(jobs)

    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(workspace, "WORTH_WORKERS", 1)
    together = plan(Request(root=tmp_path, rules=all_rules(), jobs=2))
    assert 2 in started
    assert (together.files, together.findings, together.errors) == (alone.files, alone.findings, alone.errors)
    assert alone.errors
