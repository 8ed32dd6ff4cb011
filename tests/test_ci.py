"""What docs/ci.md, the GitHub Action and the hooks of pre-commit promise, as far as it runs without the services."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).with_name("lifeops-migrate")
JOBS = """\
import time


def poll(queue):
    while True:
        try:
            queue.get()
        except:
            time.sleep(1)
"""
COUNT = """\
def count(text):
    try:
        return int(text)
    except:
        return 0
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one safe and one unsafe edit to make, and a remote to push to."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "app").mkdir()
    (root / "lifeops-migrate.toml").write_text("")
    (root / "app/jobs.py").write_text(JOBS)
    (root / "app/count.py").write_text(COUNT)
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(root, "init", "-q", "-b", "main")
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(root, "config", "user.name", "n")
    git(root, "config", "user.email", "e@e")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "1")
    return root


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout


def run(root: Path, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the tool on its PATH, and with state and cache of its own."""
    own = {"XDG_STATE_HOME": str(root.parent / "state"), "XDG_CACHE_HOME": str(root.parent / "cache")}
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **own, "PATH": path, "TMPDIR": str(root.parent), **variables}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


# -- the action


class Job:
    """The action's own steps, as a runner would run them."""

    def __init__(self, root: Path, **inputs: str) -> None:
        self.folder = root.parent / "runner"
        self.folder.mkdir()
        files = {name: str(self.folder / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        given = {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
        variables = {**files, **given, "RUNNER_TEMP": str(self.folder), "LIFEOPS_MIGRATE": str(COMMAND)}
        self.reviewed = run(root, ["bash", str(ROOT / "action/review.sh")], **variables)
        self.outputs: dict[str, str] = {}
        self.verdict: int | None = None
        if self.reviewed.returncode == 0:
            lines = Path(files["GITHUB_OUTPUT"]).read_text().splitlines()
            self.outputs = dict(line.split("=", 1) for line in lines)
            self.summary = Path(files["GITHUB_STEP_SUMMARY"]).read_text()
            self.verdict = self.judge(root, inputs.get("fail_on", ""))

    def judge(self, root: Path, fail_on: str) -> int:
        """The exit code of the last step."""
        told = {"SARIF": self.outputs["sarif"], "REVIEW_CODE": self.outputs["code"], "INPUT_FAIL_ON": fail_on}
        return run(root, ["bash", str(ROOT / "action/verdict.sh")], **told).returncode

    @property
    def places(self) -> list[str]:
        results = json.loads(Path(self.outputs["sarif"]).read_text())["runs"][0]["results"]
        return [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]


def test_the_action_reviews_and_hands_over_a_patch(project: Path) -> None:
    job = Job(project, fail_on="warning")
    assert job.places == ["app/count.py", "app/jobs.py"]
    assert job.summary.startswith("## FastAPI Analysis: all standards\n")
    assert Path(job.outputs["report"]).read_text().startswith("<!DOCTYPE html>")
    assert job.verdict == 1
    wanted = {"": 0, "error": 0, "warning": 1, "info": 1, "never": 0, "bad": 2}
    assert {fail_on: job.judge(project, fail_on) for fail_on in wanted} == wanted
    assert git(project, "status", "--porcelain") == ""
    git(project, "apply", job.outputs["patch"])
    assert "except Exception:" in (project / "app/jobs.py").read_text()


def test_the_action_looks_at_what_changed(project: Path) -> None:
    git(project, "checkout", "-q", "-b", "work")
    (project / "app/jobs.py").write_text(JOBS + "\n")
    job = Job(project, fail_on="warning", since="main")
    assert job.places == ["app/jobs.py"]


def test_the_action_with_nothing_to_say(project: Path) -> None:
    job = Job(project, fail_on="info", topic="naming")
    assert (job.places, job.verdict) == ([], 0)


def test_files_that_cannot_be_read_fail_the_job_at_its_end(project: Path) -> None:
    (project / "app/broken.py").write_text("def (\n")
    job = Job(project, fail_on="never")
    assert (len(job.places), job.verdict) == (2, 3)


@pytest.mark.parametrize("text", ["'\"$(touch pwned)`touch pwned`;\n touch pwned", "--output=pwned"])
@pytest.mark.parametrize("name", ["path", "since", "topic", "baseline"])
def test_an_input_is_never_a_command(project: Path, name: str, text: str) -> None:
    job = Job(project, **{name: text})
    assert job.reviewed.returncode == 2
    assert "error" in job.reviewed.stderr
    assert not (project / "pwned").exists()


def test_the_action_file() -> None:
    action = read("action.yml")
    assert action["runs"]["using"] == "composite"
    steps = action["runs"]["steps"]
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(steps)))
    assert used == set(action["inputs"])
    for step in steps:
        # What a user types reaches a shell as a variable, and as nothing else.
        assert "${{" not in step.get("run", "")
        assert "run" not in step or step["shell"] == "bash"
        for script in re.findall(r"action/[\w.]+", step.get("run", "")):
            assert (ROOT / script).is_file()
    told = set(re.findall(r"outputs\.(\w+)", json.dumps(action)))
    written = set(re.findall(r"echo \"(\w+)=", (ROOT / "action/review.sh").read_text()))
    assert told <= written


def read(name: str) -> Any:
    yaml = pytest.importorskip("yaml", reason="PyYAML has another name for this Python")
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


# -- the hooks


def hook(name: str) -> list[str]:
    [found] = [one for one in read(".pre-commit-hooks.yaml") if one["id"] == name]
    assert found["language"] == "python"
    assert found["pass_filenames"] is False
    return [*shlex.split(found["entry"]), *found.get("args", [])]


def test_the_checking_hook_changes_nothing(project: Path) -> None:
    done = run(project, hook("lifeops-migrate"))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "app/count.py: bare-except: 1 edit",
        "app/jobs.py: bare-except: 1 edit, unsafe",
    ]
    assert git(project, "status", "--porcelain") == ""


def test_the_applying_hook_edits_the_files_of_the_commit(project: Path) -> None:
    (project / "app/new.py").write_text(COUNT)
    git(project, "add", "app/new.py")
    done = run(project, hook("lifeops-migrate-apply"))
    assert done.returncode == 0, done.stderr
    assert "except Exception:" in (project / "app/new.py").read_text()
    # pre-commit itself fails where a file changed: here the staged file differs from the one on disk.
    assert git(project, "status", "--porcelain") == "AM app/new.py\n"
    git(project, "add", "app/new.py")
    run(project, hook("lifeops-migrate-apply"))
    assert git(project, "status", "--porcelain") == "A  app/new.py\n"


def test_the_applying_hook_makes_no_edit_that_clients_see(project: Path) -> None:
    (project / "app/jobs.py").write_text(JOBS + "\n")
    git(project, "add", ".")
    assert run(project, hook("lifeops-migrate-apply")).returncode == 0
    assert git(project, "status", "--porcelain") == "M  app/jobs.py\n"


# -- the script


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The script of docs/ci.md, as a reader would copy it."""
    [text] = re.findall(r"```bash\n(#!.*?)```", (ROOT / "docs/ci.md").read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "migrate.sh"
    path.write_text(text)
    return path


def test_the_script_pushes_a_branch_with_a_commit_for_each_rule(project: Path, script: Path) -> None:
    done = run(project, ["bash", str(script), "true"])
    assert done.returncode == 0, done.stderr
    [branch] = [line for line in git(project, "ls-remote", "--heads", "origin").split() if line.startswith("refs/")]
    assert re.fullmatch(r"refs/heads/lifeops/\d{4}-\d\d-\d\d", branch)
    subjects = git(project, "log", "--format=%s", "main..HEAD").splitlines()
    assert len(subjects) == 1
    assert "bare-except" in git(project, "log", "--format=%B", "main..HEAD")
    assert (project.parent / "lifeops-review.html").is_file()


def test_the_script_pushes_nothing_where_the_check_fails(project: Path, script: Path) -> None:
    check = "! grep -rq 'except Exception' app"
    done = run(project, ["bash", str(script), check])
    assert done.returncode == 5, done.stderr
    assert git(project, "ls-remote", "--heads", "origin") == ""
    assert (project / "app/jobs.py").read_text() == JOBS
    assert git(project, "status", "--porcelain") == ""


def test_the_script_wants_a_clean_tree(project: Path, script: Path) -> None:
    (project / "app/jobs.py").write_text("\n")
    done = run(project, ["bash", str(script), "true"])
    assert (done.returncode, done.stdout) == (1, "")
    assert "stash" in done.stderr
