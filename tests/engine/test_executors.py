"""Facts gathered by the workers of an executor are those that one process gathers, whatever becomes of the workers."""

from __future__ import annotations

import ast
import os
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from lifeops_codemods import workspace
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.plan.model import Migration
from lifeops_codemods.review.reviewing import review
from lifeops_codemods.rules import all_rules
from lifeops_codemods.workers import executors, gathering, remote
from lifeops_codemods.workers.executors import ExecutorError

from .making import planned, renaming, texts, write
from .test_errors import SHALLOW
from .test_jobs import MODEL, deadly


class Here(Executor):
    """Runs what it is given at once, in this process. `sent` are the calls as they were to be sent."""

    def __init__(self, change: Callable[..., tuple[Any, ...]] = lambda *given: given) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self._change = change

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sent.append(args)
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*self._change(*args), **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


@pytest.fixture
def project(tmp_path: Path) -> Path:
    uses = {f"use{number}.py": f"from models import Hero\n\nfound{number} = Hero\n" for number in range(40)}
    write(tmp_path, {"models.py": MODEL, **uses, **{f"same{number}.py": "x = 1\n" for number in range(9)}})
    write(
        tmp_path, {"broken.py": "from models import Hero\ndef (:\n", "strange.py": b"# coding: latin-1\nx = '\xe9'\n"}
    )
    return tmp_path


def alone(root: Path) -> Migration:
    return replace(plan(Request(root=root, rules=all_rules())), seconds={})


def by(executor: Executor, root: Path) -> Migration:
    return replace(plan(Request(root=root, rules=all_rules(), executor=executor)), seconds={})


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_SMALLEST", 100)
    monkeypatch.setattr(executors, "_UNDER_WAY", 3)
    monkeypatch.setattr(workspace, "WORTH_WORKERS", 1)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    "start",
    [lambda: ProcessPoolExecutor(2, get_context("fork")), lambda: ThreadPoolExecutor(3), Here],
    ids=["processes", "threads", "here"],
)
def test_any_executor_finds_what_one_process_finds(project: Path, start: Callable[[], Executor]) -> None:
    with start() as executor:
        assert by(executor, project) == alone(project)


def test_a_review_takes_an_executor_too(project: Path) -> None:
    executor = Here()
    found = review(Request(root=project, rules=all_rules(), executor=executor), "all")
    one = review(Request(root=project, rules=all_rules()), "all")
    assert executor.sent
    assert (found.issues, found.errors, found.state) == (one.issues, one.errors, one.state)


def test_equal_texts_are_sent_once_and_nothing_of_the_machine_with_them(project: Path) -> None:
    executor = Here()
    by(executor, project)
    ((program, sent, collectors), *later) = executor.sent
    assert program == remote.this_program()
    assert sent.count(b"x = 1\n") == 1
    assert str(project).encode() not in sent
    assert not collectors
    assert not later, "what a wave changes is gathered here where it is little"


def test_what_is_known_is_not_sent(project: Path, tmp_path: Path) -> None:
    executor = Here()
    request = Request(root=project, rules=all_rules(), cache_dir=tmp_path.parent / "cache", executor=executor)
    plan(request)
    executor.sent.clear()
    (project / "new.py").write_text("y = 2\n")
    plan(request)
    ((_, sent, _),) = executor.sent
    assert b"y = 2" in sent
    assert b"Hero" not in sent


@pytest.mark.skipif(SHALLOW, reason="this Python does not read it")
def test_what_is_too_deep_to_be_sent_back_is_read_here(tmp_path: Path) -> None:
    chain = "old" + ".where(1)" * 1500 + "\n"
    write(tmp_path, {"deep.py": chain, "flat.py": "old = 1\n"})
    migration = planned(tmp_path, renaming("old", "new"), executor=Here())
    assert texts(migration) == {"deep.py": chain.replace("old", "new"), "flat.py": "new = 1\n"}
    assert not migration.errors


def failing(tree: ast.Module, text: str) -> tuple[Any, ...]:
    raise ZeroDivisionError


def test_an_exception_of_a_rules_own_collector_is_raised_here(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "old = 1\n"})
    with pytest.raises(ZeroDivisionError):
        planned(tmp_path, renaming("old", "new", collect=failing), executor=Here())


@pytest.mark.parametrize("count", [1, 3])
def test_of_an_executor_that_broke_the_rest_is_done_here(tmp_path: Path, count: int) -> None:
    """A pool of processes ends with the first of them that dies, whichever text it died of."""
    good = {f"good{number:02}.py": "old = 1\n" for number in range(20)}
    bad = {f"good{number * 5:02}x.py": f"old = 'deadly{number}'\n" for number in range(count)}
    write(tmp_path, {**good, **bad})
    assert threading.active_count() == 1
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        migration = planned(tmp_path, renaming("old", "new", collect=deadly), executor=pool)
    assert [error.path for error in migration.errors] == sorted(bad)
    assert {error.message for error in migration.errors} == {gathering.DIED}
    assert texts(migration) == dict.fromkeys(good, "new = 1\n")


def test_beside_threads_the_rest_is_done_without_a_process(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Executor):
        def submit(self, fn: object, /, *args: object, **kwargs: object) -> Future[Any]:
            raise BrokenExecutor

    def fork() -> int:
        raise AssertionError("forked beside a thread")

    monkeypatch.setattr(gathering, "_ENDING", 0.05)
    monkeypatch.setattr(os, "fork", fork)
    held = threading.Event()
    thread = threading.Thread(target=held.wait)
    thread.start()
    try:
        assert by(Broken(), project) == alone(project)
    finally:
        held.set()
        thread.join()


class KilledWorker(Exception):  # noqa: N818 - it is called so in dask
    """What dask raises."""


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("count", [1, 3])
def test_a_text_that_kills_every_worker_is_named(tmp_path: Path, count: int) -> None:
    def kill(program: str, sent: bytes, collectors: object) -> tuple[Any, ...]:
        if b"deadly" in sent:
            raise KilledWorker
        return program, sent, collectors

    good = {f"good{number:02}.py": f"old = {number}\n" for number in range(40)}
    bad = {f"good{number * 20:02}x.py": f"old = 'deadly{number}'\n" for number in range(count)}
    write(tmp_path, {**good, **bad})
    migration = planned(tmp_path, renaming("old", "new"), executor=Here(kill))
    assert [error.path for error in migration.errors] == sorted(bad)
    assert {error.message for error in migration.errors} == {gathering.DIED}
    assert texts(migration) == {path: text.replace("old", "new") for path, text in good.items()}


# -- what is no use


def refusal(root: Path, executor: Executor) -> str:
    with pytest.raises(ExecutorError) as caught:
        by(executor, root)
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize("part", ["lifeops-migrate 0", "under cpython", "("])
def test_a_worker_of_another_version_is_refused(project: Path, part: str) -> None:
    other = remote.this_program().replace(part, f"other {part}")
    executor = Here(lambda program, *given: (other, *given))
    assert refusal(project, executor) == (
        f"a worker of the executor is {remote.this_program()}, and this is {remote.this_program()}"
    )


def test_a_worker_without_the_program_is_refused(project: Path) -> None:
    def missing(*given: object) -> tuple[Any, ...]:
        raise ModuleNotFoundError("No module named 'lifeops_codemods'")

    assert "has no lifeops-migrate" in refusal(project, Here(missing))


def test_another_failure_of_the_executor_is_said(project: Path) -> None:
    def lost(*given: object) -> tuple[Any, ...]:
        raise ConnectionError("the scheduler is gone")

    assert refusal(project, Here(lost)) == "the executor failed: ConnectionError: the scheduler is gone"


def test_an_executor_that_never_answers_is_given_up(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Executor):
        def submit(self, fn: object, /, *args: object, **kwargs: object) -> Future[Any]:
            return Future()

    monkeypatch.setattr(executors, "_PATIENCE", 0.05)
    assert "no worker of the executor has answered" in refusal(project, Silent())


def test_the_name_of_the_program_tells_its_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert os.sep not in remote.this_program()
    (tmp_path / "workers").mkdir()
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.setattr(remote, "__file__", str(tmp_path / "workers" / "remote.py"))
    digests = set()
    for change in ("x = 1\n", "x = 2\n"):
        (tmp_path / "a.py").write_text(change)
        digests.add(remote._digest_of_source())
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({*digests, remote._digest_of_source()}) == 3
