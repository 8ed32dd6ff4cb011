"""A real cluster of dask on this machine: two worker processes, which are killed in the middle.

The cluster and whoever asks it are processes of their own: a client of dask leaves threads behind, beside which the
other tests could not fork.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import pytest

import lifeops_codemods
from lifeops_codemods.workers import dask
from lifeops_codemods.workers.executors import ExecutorError
from lifeops_codemods.workers.gathering import DIED

from .making import write

CLUSTER = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""

ASKING = '''
"""argv: the root, the scheduler or "", the file that says which worker is at work. Prints what is planned."""
import os, signal, sys, time
from pathlib import Path
from lifeops_codemods.facts.model import FileFacts
from lifeops_codemods.operation import ReplaceName, Span
from lifeops_codemods.pipeline import Request, plan
from lifeops_codemods.rule import Category, Edit, Effect, Rule, Severity
from lifeops_codemods.workers.dask import Dask

root, url, marker = sys.argv[1:]

def collect(tree, text):
    if "deadly" in text and url:
        os.kill(os.getpid(), signal.SIGKILL)
    if "slow" in text and url:
        try:
            file = open(marker, "x")
        except FileExistsError:
            return (len(tree.body),)
        with file:
            file.write(f"{os.getpid()}\\n")
        time.sleep(60)
    return (len(tree.body),)

def check(project, options):
    for path in project.paths:
        facts = project.facts(path)
        for row in facts.names:
            if row.name == "old":
                rename = ReplaceName(span=Span(row.start, row.start + 3), expected="old", new="new")
                message = f"rename old, one of {facts.collected['rename'][0]}"
                yield Edit(rule="rename", path=path, operation=rename, message=message, unit=path, effect=Effect.SAFE)

rule = Rule(name="rename", category=Category.NAMING, effect=Effect.SAFE, severity=Severity.INFO, summary="",
            documentation="", check=check, collect=collect)
executor = Dask(url) if url else None
migration = plan(Request(root=Path(root), rules=(rule,), executor=executor))
for said in (*migration.files, *migration.errors):
    print(said)
if executor:
    executor.shutdown()
'''

needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "cluster.py").write_text(CLUSTER)
    settings = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1", "DASK_TEMPORARY_DIRECTORY": str(folder)}
    with (folder / "log").open("w") as log, _started(folder / "cluster.py", log, settings) as cluster:
        assert cluster.stdout is not None
        address = cluster.stdout.readline().strip()
        assert address.startswith("tcp://"), (folder / "log").read_text()
        yield address.replace("tcp://", "dask://")
        cluster.communicate("", timeout=30)


def _started(script: Path, log: IO[str], settings: dict[str, str]) -> subprocess.Popen[str]:
    environment = {**os.environ, **settings}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, script],
        env=environment,
        stdin=pipe,
        stdout=pipe,
        stderr=log,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    lines = "".join(f"value{number} = call(old, {number})\n" for number in range(100))
    padding = "# long enough for several batches\n" * 600
    write(tmp_path / "project", {f"part{number}.py": f"x{number} = 1\n{lines}{padding}" for number in range(20)})
    return tmp_path / "project"


def asking(project: Path, url: str) -> subprocess.Popen[str]:
    script = project.parent / "asking.py"
    script.write_text(ASKING)
    words = [sys.executable, "-W", "error", str(script), str(project), url, str(project.parent / "marker")]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def planned(project: Path, url: str = "") -> str:
    return ended(asking(project, url))


def ended(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return out


@needs_dask
def test_a_worker_that_is_killed_while_it_works_loses_nothing(project: Path, scheduler: str) -> None:
    write(project, {"slow.py": f"slow = old\n{(project / 'part1.py').read_text()}"})
    process = asking(project, scheduler)
    marker = project.parent / "marker"
    until = time.monotonic() + 30
    while not (marker.exists() and marker.read_text().endswith("\n")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(int(marker.read_text()), signal.SIGKILL)
    found = ended(process)
    assert found.count("FilePlan") == 21
    assert found == planned(project)


@needs_dask
def test_a_text_that_kills_every_worker_is_named_and_the_others_are_done(project: Path, scheduler: str) -> None:
    before = planned(project)
    write(project, {"part7.py": f"deadly = 1\n{(project / 'part7.py').read_text()}"})
    found = planned(project, scheduler)
    error = found.splitlines()[-1]
    assert "part7.py" in error
    assert DIED in error
    assert set(found.splitlines()[:-1]) < set(before.splitlines())
    assert len(found.splitlines()) == len(before.splitlines())


def command(project: Path, *words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    start = f"import sys; from lifeops_codemods.workers import dask; dask._PATIENCE = 1; {before}\n"
    start += "from lifeops_migrate.__main__ import main; main()"
    return subprocess.run(
        [sys.executable, "-c", start, *words, "--no-cache", "--root", project, project],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@needs_dask
@pytest.mark.parametrize("words", [("run", "--dry-run", "--format", "json"), ("review", "--format", "json")])
def test_a_command_says_with_a_cluster_what_it_says_without(scheduler: str, words: tuple[str, ...]) -> None:
    project = Path(__file__).parents[2] / "fixtures/model-db-suffix/relationship_strings/before"
    one, many = command(project, *words), command(project, *words, "--executor", scheduler)
    assert one.returncode == many.returncode == 0, many.stderr
    assert many.stderr == one.stderr
    assert many.stdout == one.stdout


@needs_dask
def test_a_scheduler_that_is_not_there_is_said(project: Path) -> None:
    done = command(project, "--check", "--executor", "dask://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr.startswith("error: --executor: there is no scheduler at dask://127.0.0.1:1: ")
    assert "hint: see that `dask scheduler` runs there" in done.stderr


@needs_dask
def test_a_scheduler_without_workers_is_said(project: Path, tmp_path: Path) -> None:
    script = tmp_path / "empty.py"
    script.write_text(CLUSTER.replace("n_workers=2", "n_workers=0"))
    with (tmp_path / "log").open("w") as log, _started(script, log, {}) as cluster:
        assert cluster.stdout is not None
        url = cluster.stdout.readline().strip().replace("tcp://", "dask://")
        done = command(project, "--check", "--executor", url)
        cluster.communicate("", timeout=30)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: --executor: the scheduler at {url} has no workers")


def other_source(folder: Path) -> None:
    shutil.copytree(Path(str(lifeops_codemods.__file__)).parent, folder / "lifeops_codemods")
    (folder / "lifeops_codemods" / "facts" / "more.py").write_text("")


def no_program(folder: Path) -> None:
    write(folder, {"lifeops_codemods/__init__.py": "raise ModuleNotFoundError('there is no lifeops_codemods')\n"})


@needs_dask
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (other_source, f"a worker of the executor is lifeops-migrate {lifeops_codemods.__version__} ("),
        (no_program, "a worker of the executor has no lifeops-migrate that it could run: there is no lifeops_codemods"),
    ],
)
def test_a_worker_with_another_program_is_refused(
    project: Path, tmp_path: Path, make: Callable[[Path], None], message: str
) -> None:
    (tmp_path / "other").mkdir()
    make(tmp_path / "other")
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER.replace("n_workers=2", "n_workers=1"))
    with (tmp_path / "log").open("w") as log, _started(script, log, {"PYTHONPATH": str(tmp_path / "other")}) as cluster:
        assert cluster.stdout is not None
        url = cluster.stdout.readline().strip().replace("tcp://", "dask://")
        done = command(project, "--check", "--executor", url, before="dask._PATIENCE = 10")
        cluster.communicate("", timeout=30)
    assert done.returncode == 2
    assert f"error: --executor: {message}" in done.stderr.replace("\n  ", " ")
    assert "hint: install the same lifeops-migrate" in done.stderr


def test_a_worker_of_another_python_is_refused() -> None:
    class Client:
        def get_versions(self) -> Any:
            return {"workers": {"tcp://a:1": {"host": {"python": "3.7.1.final.0"}}}}

    executor = dask.Dask("dask://host:1")
    executor._client = Client()
    with pytest.raises(ExecutorError, match=r"the worker at tcp://a:1 runs Python 3\.7, and this is Python 3\."):
        executor._refuse_other_pythons()


def test_without_the_extra_the_remedy_is_said(project: Path) -> None:
    done = command(project, "--check", "--executor", "dask://host:1", before="sys.modules['distributed'] = None")
    assert done.returncode == 2
    assert "error: --executor: the package `distributed` is not installed" in done.stderr
    assert "hint: pip install 'lifeops-migrate[dask]'" in done.stderr


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("dask://scheduler:8786", "tcp://scheduler:8786"),
        ("dask://10.0.0.1:1/", "tcp://10.0.0.1:1"),
        ("dask+tls://a.b-c.example:65535", "tls://a.b-c.example:65535"),
        ("dask://[::1]:8786", "tcp://[::1]:8786"),
    ],
)
def test_an_address_is_read(url: str, address: str) -> None:
    assert dask.address_of(url) == address


@pytest.mark.parametrize(
    "url",
    [
        *("", "dask", "dask://", "dask://host", "dask://host:", "dask://host:0", "dask://host:65536", "tcp://host:1"),
        *(
            "ray://host:1",
            "dask://user@host:1",
            "dask://host:1/path",
            "dask://host:1\n",
            "dask://a b:1",
            "DASK://host:1",
        ),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ExecutorError, match="names no executor") as caught:
        dask.Dask(url)
    assert "dask://HOST:PORT" in caught.value.remedy


def test_a_wrong_address_is_wrong_usage(project: Path) -> None:
    done = command(project, "--check", "--format", "json", "--executor", "ray://host:1")
    assert done.returncode == 2
    assert "'ray://host:1' names no executor" in done.stderr
    assert '"errors"' in done.stdout
