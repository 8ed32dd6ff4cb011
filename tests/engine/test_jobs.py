"""Worker processes change nothing but the time."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from lifeops_codemods import workspace
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rules import all_rules
from lifeops_codemods.workers import forks, gathering, pools

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


@pytest.mark.parametrize("way", ["fork", "pool"])
def test_workers_find_what_one_process_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
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

    monkeypatch.setattr(pools, "ProcessPoolExecutor", Pool)

    def forking(*given: Any) -> Iterator[tuple[int, bytes | None]]:
        started.append(given[-1])
        yield from forks.in_forks(*given)

    monkeypatch.setattr(gathering, "in_forks", forking)
    if way == "pool":
        monkeypatch.setattr(gathering, "may_fork", lambda: False)
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
@pytest.mark.parametrize("forks", [True, False])
def test_a_worker_that_dies_costs_its_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, forks: bool
) -> None:
    monkeypatch.setattr(gathering, "may_fork", lambda: forks)
    monkeypatch.setattr(workspace, "WORTH_WORKERS", 1)
    good = {f"good{number:02}.py": "old = 1\n" for number in range(60)}
    bad = {f"good{number * 20:02}x.py": "old = 'deadly'\n" for number in range(count)}
    write(tmp_path, {**good, **bad})
    migration = planned(tmp_path, renaming("old", "new", collect=deadly), jobs=2)
    assert [error.path for error in migration.errors] == sorted(bad)
    assert {error.message for error in migration.errors} == {gathering.DIED}
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
        "    import os\n"
        "    from lifeops_codemods import workspace\n"
        "    from lifeops_codemods.workers import pools\n"
        "    workspace.WORTH_WORKERS = 1\n"
        "    started, fork = pools.ProcessPoolExecutor, os.fork\n"
        "    pools.ProcessPoolExecutor = lambda jobs: print('started') or started(jobs)\n"
        f"    if {method!r} == 'fork':\n"
        "        os.fork = lambda: print('started') or fork()\n"
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


# -- forks

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


def answers(work: forks.Work, sizes: list[int], jobs: int = 2) -> dict[int, bytes | None]:
    return dict(forks.in_forks(work, sizes, jobs))


def test_the_largest_items_are_given_out_first_and_small_ones_together() -> None:
    sizes = [1, 70_000, 30_000, 200_000, 40_000, 2]
    batches = list(forks._batches(sizes))
    assert batches == [[3], [1], [4, 2], [5, 0]]


@pytest.mark.parametrize("count", [0, 1, 2, 300])
@pytest.mark.parametrize("size", [1, 100_000])
def test_each_item_is_answered_once(count: int, size: int) -> None:
    assert answers(lambda number: b"%d" % number * 50_000, [size] * count) == {
        number: b"%d" % number * 50_000 for number in range(count)
    }


def test_an_item_that_raises_is_left_to_the_parent() -> None:
    assert answers(lambda number: b"%d" % (1 // number), [1, 1, 1]) == {0: forks.NOT_DONE, 1: b"1", 2: b"0"}


@pytest.mark.parametrize("deadly", [{0}, {3, 4, 5}, {7}, set(range(8))])
def test_only_what_a_process_died_of_is_lost(deadly: set[int]) -> None:
    def work(number: int) -> bytes:
        if number in deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"done"

    assert answers(work, [1] * 8) == {number: None if number in deadly else b"done" for number in range(8)}


@LINUX
def test_without_room_for_a_process_all_is_left_to_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", fork)
    ends = os.listdir("/proc/self/fd")
    assert answers(lambda number: b"done", [1, 1]) == {0: forks.NOT_DONE, 1: forks.NOT_DONE}
    assert os.listdir("/proc/self/fd") == ends


@LINUX
def test_who_stops_listening_leaves_no_process_and_no_pipe() -> None:
    ends = os.listdir("/proc/self/fd")

    def work(number: int) -> bytes:
        if number == 0:
            signal.pause()
        return b"done"

    with closing(forks.in_forks(work, [100_000] * 6, 3)) as listening:
        assert next(listening)[1] == b"done"
    assert os.listdir("/proc/self/fd") == ends
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@LINUX
def test_nothing_is_forked_beside_a_thread() -> None:
    assert forks.may_fork()
    held = threading.Event()
    thread = threading.Thread(target=held.wait)
    thread.start()
    try:
        assert not forks.may_fork()
    finally:
        held.set()
        thread.join()
