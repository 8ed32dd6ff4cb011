"""Worker processes change nothing but the time."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from lifeops_codemods import workers, workspace
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules

from .making import planned, renaming, texts, write
from .test_errors import SHALLOW

if TYPE_CHECKING:
    from pathlib import Path

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

    monkeypatch.setattr(workers, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(workspace, "WORTH_WORKERS", 1)
    together = plan(Request(root=tmp_path, rules=all_rules(), jobs=2))
    assert 2 in started
    assert (together.files, together.findings, together.errors) == (alone.files, alone.findings, alone.errors)
    assert alone.errors


def deadly(tree: ast.Module, text: str) -> tuple[Any, ...]:
    """What a parser that is killed, or crashes, looks like from outside."""
    if "deadly" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    return ()


@pytest.mark.parametrize("count", [1, 3])
def test_a_worker_that_dies_costs_its_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(workspace, "WORTH_WORKERS", 1)
    good = {f"good{number:02}.py": "old = 1\n" for number in range(60)}
    bad = {f"good{number * 20:02}x.py": "old = 'deadly'\n" for number in range(count)}
    write(tmp_path, {**good, **bad})
    migration = planned(tmp_path, renaming("old", "new", collect=deadly), jobs=2)
    assert [error.path for error in migration.errors] == sorted(bad)
    assert {error.message for error in migration.errors} == {workers.DIED}
    assert texts(migration) == dict.fromkeys(good, "new = 1\n")


@pytest.mark.skipif(SHALLOW, reason="this Python does not read it")
def test_what_is_too_deep_to_be_handed_over_is_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace, "WORTH_WORKERS", 1)
    chain = "old" + ".where(1)" * 1500 + "\n"
    write(tmp_path, {"deep.py": chain, "flat.py": "old = 1\n"})
    migration = planned(tmp_path, renaming("old", "new"), jobs=2, cache_dir=tmp_path.parent / "cache")
    assert texts(migration) == {"deep.py": chain.replace("old", "new"), "flat.py": "new = 1\n"}
    assert not migration.errors


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_a_worker_imports_nothing_of_the_current_folder(tmp_path: Path, method: str) -> None:
    """Where processes are not forked, Python starts anew, and would look there first."""
    project = tmp_path / "project"
    shadow = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    names = ["multiprocessing", "signal", "marshal", "ast", "lifeops_codemods", "sitecustomize", "encodings", "codecs"]
    write(project, {f"{name}.py": shadow for name in names} | {"work.py": "try: pass\nexcept: pass\n"})
    script = (
        "import multiprocessing, sys\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method({method!r})\n"
        "    from lifeops_codemods import workspace, workers\n"
        "    workspace.WORTH_WORKERS = 1\n"
        "    started = workers.ProcessPoolExecutor\n"
        "    workers.ProcessPoolExecutor = lambda jobs: print('started') or started(jobs)\n"
        "    sys.argv = ['lifeops-migrate', '--check', '--no-cache', '--jobs', '2']\n"
        "    from lifeops_migrate.__main__ import main; main()\n"
    )
    (tmp_path / "start.py").write_text(script)
    done = subprocess.run(
        [sys.executable, tmp_path / "start.py"], cwd=project, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("started")
    assert not (tmp_path / "ran").exists()
