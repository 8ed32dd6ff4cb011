"""`review`: its options, its baseline, its exit codes, and the files it speaks of."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from .making import Command, Outcome

if TYPE_CHECKING:
    from pathlib import Path

JOBS = """\
import time


def poll(queue):
    while True:
        try:
            queue.get()
        except:
            time.sleep(1)
"""
SYNC = """\
def sync(client):
    try:
        client.sync()
    except:
        return None
"""


@pytest.fixture
def project(root: Path) -> Path:
    write(root, {"app/jobs.py": JOBS, "app/sync.py": SYNC})
    return root


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def issues(done: Outcome) -> list[tuple[str, int]]:
    return [(issue["path"], issue["line"]) for issue in json.loads(done.out)["issues"]]


def fingerprints(done: Outcome) -> list[str]:
    return [issue["fingerprint"] for issue in json.loads(done.out)["issues"]]


def test_what_is_reported(project: Path, command: Command) -> None:
    done = command("review", "--format", "json")
    assert done.code == 0
    assert issues(done) == [("app/jobs.py", 8), ("app/sync.py", 4)]
    [first, _] = json.loads(done.out)["issues"]
    assert (first["rule"], first["severity"], first["effect"]) == ("bare-except", "warning", "unsafe")
    assert (project / "app/jobs.py").read_text() == JOBS


def test_paths_limit_what_is_reported(project: Path, command: Command) -> None:
    assert issues(command("review", "--format", "json", "app/sync.py")) == [("app/sync.py", 4)]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 0),
        (("--fail-on", "never"), 0),
        (("--fail-on", "error"), 0),
        (("--fail-on", "warning"), 1),
        (("--fail-on", "info"), 1),
        (("--fail-on", "info", "--topic", "naming"), 0),
    ],
)
def test_fail_on(command: Command, arguments: tuple[str, ...], code: int) -> None:
    assert command("review", *arguments).code == code


def test_files_that_cannot_be_read_go_before_issues(project: Path, command: Command) -> None:
    write(project, {"app/broken.py": "def (\n"})
    done = command("review", "--fail-on", "info")
    assert done.code == 3
    assert "app/broken.py:1" in done.err
    assert "`app/broken.py`: cannot parse" in done.out


@pytest.mark.usefixtures("project")
def test_topic(command: Command) -> None:
    assert command("review", "--topic", "bare-except").out.startswith("## FastAPI Analysis: bare-except\n")
    assert command("review", "--topic", "naming", "--format", "json").out.count('"rule": "bare-except"') == 0
    done = command("review", "--topic", "bare-exept")
    assert done.code == 2
    assert "bare-except" in done.err


@pytest.mark.usefixtures("project")
def test_the_stream_decides_the_format(command: Command) -> None:
    assert command("review").out.startswith("## FastAPI Analysis")
    assert command("review", "--color", "never", tty=True).out.startswith("FastAPI Analysis")


@pytest.mark.parametrize("kind", ["markdown", "json", "sarif", "github", "html", "rich"])
def test_output_goes_into_a_file(project: Path, command: Command, kind: str) -> None:
    done = command("review", "--format", kind, "--output", "report")
    assert (done.code, done.out) == (0, "")
    direct = command("review", "--format", kind)
    assert (project / "report").read_text() == direct.out != ""
    assert [path.name for path in project.iterdir() if path.name.startswith(".report")] == []


def test_an_output_that_cannot_be_written(project: Path, command: Command) -> None:
    done = command("review", "--output", "nowhere/report")
    assert done.code == 2
    assert "nowhere/report: cannot write it" in done.err


@pytest.mark.parametrize("words", [["--nonsense"], ["--topic", "nonsense"], ["--baseline", "none"], ["missing"]])
def test_json_holds_the_failure(command: Command, words: list[str]) -> None:
    done = command("review", "--format", "json", *words)
    assert done.code == 2
    found = json.loads(done.out)
    assert found["issues"] == []
    assert found["errors"][0]["message"]


# -- suppressions


def test_unused_suppressions_are_issues(project: Path, command: Command) -> None:
    silenced = SYNC.replace("except:", "except:  # lifeops: ignore[bare-except]")
    write(project, {"app/sync.py": silenced, "app/jobs.py": "x = 1  # lifeops: ignore[bare-except]\n"})
    found = json.loads(command("review", "--format", "json").out)["issues"]
    assert [(issue["rule"], issue["path"], issue["line"]) for issue in found] == [("suppression", "app/jobs.py", 1)]
    assert "silences nothing" in found[0]["message"]


# -- baseline


def test_a_baseline_leaves_out_what_it_knows(project: Path, command: Command) -> None:
    done = command("review", "--baseline", "known.json", "--write-baseline", "--fail-on", "info")
    assert (done.code, done.out, done.err) == (0, "", "known.json: 2 issues written.\n")
    assert json.loads((project / "known.json").read_text())["schema"] == 1
    again = command("review", "--baseline", "known.json", "--fail-on", "info")
    assert again.code == 0
    assert "2 issues of the baseline left out." in again.out
    write(project, {"app/new.py": SYNC})
    fresh = command("review", "--baseline", "known.json", "--fail-on", "info", "--format", "json")
    assert fresh.code == 1
    assert issues(fresh) == [("app/new.py", 4)]
    assert json.loads(fresh.out)["summary"]["in_baseline"] == 2


def test_what_is_gone_is_said(project: Path, command: Command) -> None:
    command("review", "--baseline", "known.json", "--write-baseline")
    write(project, {"app/sync.py": "\n"})
    done = command("review", "--baseline", "known.json")
    assert "1 issue of the baseline is gone; --write-baseline renews it." in done.err


def test_fingerprints_outlast_unrelated_edits(project: Path, command: Command) -> None:
    before = command("review", "--format", "json")
    others = "import os\n\n\n# a comment\ndef other():\n    return os\n\n\n"
    moved = JOBS.replace("import time\n", f"import time\n{others}").replace("queue.get()", "queue.get(True)")
    indented = SYNC.replace("    try:", "    # why\n\n    try:").replace("return None", "return False")
    write(project, {"app/jobs.py": moved, "app/sync.py": indented, "app/a_new_one.py": "x = 1\n"})
    after = command("review", "--format", "json")
    assert fingerprints(after) == fingerprints(before)
    assert issues(after) != issues(before)


def test_fingerprints_tell_equal_places_apart(project: Path, command: Command) -> None:
    two = f"{SYNC}\n\n{SYNC.replace('def sync', 'def other')}"
    twice = SYNC + SYNC.partition("\n")[2]
    write(project, {"app/jobs.py": two, "app/sync.py": twice})
    found = fingerprints(command("review", "--format", "json"))
    assert len(set(found)) == len(found) == 4


@pytest.mark.usefixtures("project")
def test_baselines_that_are_none(root: Path, command: Command) -> None:
    texts = {"": "is no JSON", "[]": "is no baseline", '{"schema": 9, "issues": []}': "is no baseline"}
    texts |= {'{"schema": 1, "issues": [{}]}': "without a fingerprint"}
    for text, told in texts.items():
        (root / "known.json").write_text(text)
        done = command("review", "--baseline", "known.json")
        assert done.code == 2
        assert told in done.err
    (root / "known.json").write_bytes(b"\xff")
    assert "is not UTF-8" in command("review", "--baseline", "known.json").err
    assert "--write-baseline" in command("review", "--baseline", "missing.json").err


@pytest.mark.parametrize("words", [[], ["--baseline", "a", "--since", "HEAD"], ["--baseline", "a", "app"]])
def test_a_baseline_is_of_the_whole_project(project: Path, command: Command, words: list[str]) -> None:
    done = command("review", "--write-baseline", *words)
    assert done.code == 2
    assert "--write-baseline" in done.err
    assert not (project / "a").exists()


# -- since


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@e", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def branch(project: Path) -> Path:
    """A branch that changes one file, and a main that went on."""
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "1")
    git(project, "checkout", "-q", "-b", "work")
    write(project, {"app/sync.py": SYNC + "\n"})
    git(project, "commit", "-q", "-a", "-m", "2")
    git(project, "checkout", "-q", "main")
    write(project, {"app/jobs.py": JOBS + "\n"})
    git(project, "commit", "-q", "-a", "-m", "3")
    git(project, "checkout", "-q", "work")
    return project


def test_since_counts_from_where_the_branch_began(branch: Path, command: Command) -> None:
    assert issues(command("review", "--format", "json", "--since", "main")) == [("app/sync.py", 4)]
    write(branch, {"app/new.py": SYNC})
    both = command("review", "--format", "json", "--since", "main")
    assert issues(both) == [("app/new.py", 4), ("app/sync.py", 4)]
    assert issues(command("review", "--format", "json", "--since", "main", "app/new.py")) == [("app/new.py", 4)]


def test_a_run_edits_what_changed(branch: Path, command: Command) -> None:
    done = command("--yes", "--since", "main")
    assert done.code == 0
    assert "except Exception:" in (branch / "app/sync.py").read_text()
    assert (branch / "app/jobs.py").read_text() == JOBS
    assert "app/jobs.py" not in command("--dry-run", "--since", "main").out


def test_a_run_since_with_nothing_changed(branch: Path, command: Command) -> None:
    done = command("--check", "--since", "work")
    assert (done.code, done.out) == (0, "")
    assert issues(command("review", "--format", "json", "--since", "HEAD")) == []
    assert branch.exists()


def test_what_belongs_together_is_refused_as_a_whole(root: Path, command: Command) -> None:
    base = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"
    model = 'from app.base import Base\n\n\nclass Item(Base):\n    __tablename__ = "items"\n'
    write(root, {"app/__init__.py": "", "app/base.py": base, "app/item.py": model})
    write(root, {"app/use.py": "from app.item import Item\n\nmade = Item()\n"})
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "1")
    write(root, {"app/item.py": model + "\n"})
    done = command("--check", "--since", "HEAD", "--select", "model-db-suffix", "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["edits"]) == (0, [])
    assert issues_of(found) == [("app/item.py", "app/use.py has not changed since the revision of --since")]
    assert issues(command("review", "--since", "HEAD", "--select", "model-db-suffix", "--format", "json"))


def issues_of(found: dict[str, list[dict[str, str]]]) -> list[tuple[str, str]]:
    return [(one["path"], one["reason"]) for one in found["findings"]]


@pytest.mark.parametrize("name", ["run", "review"])
def test_since_what_is_none(branch: Path, command: Command, name: str) -> None:
    for revision in ("nothing", "--output=x", ""):
        done = command(name, f"--since={revision}")
        assert done.code == 2
        assert "is no" in done.err
    git(branch, "checkout", "-q", "--orphan", "alone")
    git(branch, "commit", "-q", "-a", "-m", "4")
    done = command(name, "--since", "main")
    assert done.code == 2
    assert "no commit in common" in done.err
    assert "--unshallow" in done.err


def test_since_needs_git(project: Path, command: Command) -> None:
    done = command("review", "--since", "HEAD")
    assert done.code == 2
    assert "no git repository" in done.err
    assert project.exists()


@pytest.mark.parametrize("name", ["run", "review"])
def test_since_runs_nothing_that_the_repository_names(
    branch: Path, command: Command, name: str, tmp_path: Path
) -> None:
    """All baits are in `tests/apply/test_hostile_repository.py`; here, that both commands ask the same way."""
    marker = tmp_path / "ran"
    bait = tmp_path / "bait.sh"
    bait.write_text(f"#!/bin/sh\ntouch {marker}\n")
    bait.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "core.sshCommand",
        "filter.x.clean",
        "alias.merge-base",
    ):
        git(branch, "config", key, str(bait))
    (branch / ".gitattributes").write_text("* filter=x diff=x\n")
    git(branch, "config", "diff.x.textconv", str(bait))
    words = ["--dry-run"] if name == "run" else []
    assert command(name, *words, "--since", "main").code == 0
    assert not marker.exists()
