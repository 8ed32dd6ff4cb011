"""What a run showed is shown again where nothing has changed since, and only there; little is imported for it."""

from __future__ import annotations

import hashlib
import marshal
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from lifeops_codemods import pipeline
from lifeops_migrate.exit_code import Exit
from lifeops_migrate.options import RunOptions

from .heroes import FILES
from .making import Command as OneCommand
from .making import Outcome

if TYPE_CHECKING:
    from pathlib import Path

ROUTES = """\
from fastapi import APIRouter, FastAPI

router = APIRouter()
app = FastAPI()


@router.get("/heroes/{hero_id}")
async def hero(hero_id: int, limit=10):
    return {"id": hero_id}


app.include_router(router)
"""
"""Findings, and edits that clients see."""

FORMATS = {
    "dry run": ["--dry-run"],
    "verbose": ["--dry-run", "-v"],
    "quiet": ["--dry-run", "-q"],
    "json": ["--dry-run", "--format", "json"],
    "github": ["--dry-run", "--format", "github"],
    "check": ["--check"],
    "check for GitHub": ["--check", "--format", "github"],
    "a patch": ["--dry-run", "--patch", "-"],
    "held": [],
    "held as JSON": ["--format", "json"],
    "a terminal": ["--dry-run", "--format", "rich", "--color", "always", "-v"],
    "a terminal, side by side": ["--dry-run", "--format", "rich", "--diff-style", "side-by-side"],
    "a terminal, held": ["--format", "rich", "-q"],
}


@pytest.fixture(autouse=True)
def _without_a_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a run and its rules took is never the same."""
    monkeypatch.setattr("lifeops_migrate.run.perf_counter", lambda: 0.0)
    monkeypatch.setattr("lifeops_migrate.result.Result.seconds_by_rule", {})


@pytest.fixture
def project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that was last changed long ago, as the clock of the status tells."""
    monkeypatch.setattr("lifeops_codemods.replay.status.SETTLED", -(10**12))
    for path, text in FILES.items():
        (root / path).write_text(text)
    (root / "routes.py").write_text(ROUTES)
    (root / "broken.py").write_text("def (\n")
    (root / "latin.py").write_bytes("# coding: latin-1\nfrom models import Hero  # é\n".encode("latin-1"))
    (root / "vendor").mkdir()
    return root


@pytest.fixture
def command(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Its streams can hold any byte: a patch has those of the files."""
    return partial(OneCommand(monkeypatch, root), encoding="latin-1")


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[pipeline.Request]:
    """What was asked of the planner."""
    seen: list[pipeline.Request] = []
    original = pipeline.plan

    def plan(request: pipeline.Request) -> Any:
        seen.append(request)
        return original(request)

    monkeypatch.setattr(pipeline, "plan", plan)
    return seen


Planned = list[pipeline.Request]
Command = Callable[..., Outcome]


def said(done: Outcome) -> tuple[int, bytes, str]:
    return done.code, done.raw, done.err


@pytest.mark.parametrize("arguments", FORMATS.values(), ids=FORMATS)
def test_every_format_says_again_what_it_said(
    project: Path, command: Command, planned: Planned, arguments: list[str]
) -> None:
    first, second = command(*arguments), command(*arguments)
    assert len(planned) == 1
    assert said(first) == said(second) == said(command(*arguments, "--no-cache"))
    assert b"HeroDB" in first.raw or b"model-db-suffix" in first.raw
    assert "broken.py:1: cannot parse" in first.err


def test_one_format_remembers_for_all_others(project: Path, command: Command, planned: Planned) -> None:
    command("--check")
    for arguments in FORMATS.values():
        assert said(command(*arguments)) == said(command(*arguments, "--no-cache"))
    assert [request.cache_dir is None for request in planned] == [False] + [True] * len(FORMATS)


def test_a_patch_in_a_file_is_the_same(project: Path, command: Command, planned: Planned, tmp_path: Path) -> None:
    for name in "ab":
        command("--check", "--patch", str(tmp_path / name))
    assert len(planned) == 1
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != b""


def change_a_byte(project: Path) -> None:
    (project / "uses.py").write_text(FILES["uses.py"].replace("Villain]", "Villain}"))


def add_a_file(project: Path) -> None:
    (project / "more.py").write_text("from models import Hero\n")


def take_a_file_away(project: Path) -> None:
    (project / "uses.py").unlink()


def configure(project: Path) -> None:
    (project / "lifeops-migrate.toml").write_text("[model-db-suffix]\nnames = { Hero = 'HeroTable' }\n")


def exclude(project: Path) -> None:
    (project / "lifeops-migrate.toml").write_text("exclude = ['zeal.py']\n")


def configure_elsewhere(project: Path) -> None:
    (project / "lifeops-migrate.toml").unlink()
    (project / "pyproject.toml").write_text("[tool.lifeops-migrate]\nignore = ['model-db-suffix']\n")


def change_the_style(project: Path) -> None:
    (project / "ruff.toml").write_text("line-length = 40\n")


CHANGES: list[Callable[[Path], None]] = [
    change_a_byte, add_a_file, take_a_file_away, configure, exclude, configure_elsewhere, change_the_style,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_seen(
    project: Path, command: Command, planned: Planned, change: Callable[[Path], None]
) -> None:
    arguments = ["--dry-run", "--format", "json"]
    first = command(*arguments)
    change(project)
    now = command(*arguments)
    assert len(planned) == 2
    assert said(now) == said(command(*arguments, "--no-cache"))
    assert change is change_the_style or said(now) != said(first)


def test_a_configuration_that_became_wrong_is_refused(project: Path, command: Command) -> None:
    command("--dry-run")
    (project / "lifeops-migrate.toml").write_text("selected = []\n")
    assert command("--dry-run").code == Exit.FAILED


def test_a_file_that_was_changed_a_moment_ago_is_read(
    project: Path, command: Command, planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changes within the clock's resolution: same time, same size, same inode."""
    monkeypatch.setattr("lifeops_codemods.replay.status.SETTLED", 10**12)
    first = command("--dry-run")
    assert said(command("--dry-run")) == said(first)
    assert len(planned) == 1
    file = project / "zeal.py"
    before = file.stat()
    file.write_text(FILES["zeal.py"].replace("Hero", "Here"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    now = command("--dry-run")
    assert len(planned) == 2
    assert said(now) != said(first)


def test_whether_files_can_be_written_is_asked_again(
    project: Path, command: Command, planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("--dry-run")
    monkeypatch.setattr(
        "lifeops_codemods.replay.inputs.unwritable", lambda root, paths: dict.fromkeys(paths, "is read-only")
    )
    command("--dry-run")
    assert len(planned) == 2


@pytest.mark.parametrize(
    "package", ["lifeops_codemods.replay.recall.own_program", "lifeops_migrate.remembered.modules_in"]
)
def test_another_program_plans_anew(
    project: Path, command: Command, planned: Planned, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    command("--dry-run")
    monkeypatch.setattr(package, lambda *given: "mended")
    command("--dry-run")
    assert len(planned) == 2


WORDS = {
    "select": ["--select", "bare-except"],
    "ignore": ["--ignore", "bare-except"],
    "safe only": ["--safe-only"],
    "paths": ["models.py", "uses.py", "zeal.py", "latin.py"],
    "a root of its own": ["--root", "."],
    "a configuration of its own": ["--config", "other.toml"],
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_other_words_are_remembered_by_themselves(
    project: Path, command: Command, planned: Planned, words: list[str]
) -> None:
    command("--dry-run")
    (project / "other.toml").write_text("[model-db-suffix]\nnames = { Hero = 'HeroTable' }\n")
    for _ in range(2):
        assert said(command("--dry-run", *words)) == said(command("--dry-run", "--no-cache", *words))
    assert [request.cache_dir is not None for request in planned].count(True) <= 2


WHAT_TO_PLAN = {"paths", "select", "ignore", "safe_only", "since", "config", "root"}
WHAT_BECOMES_OF_IT = {
    *("dry_run", "check", "yes", "interactive", "diff_style", "patch", "report", "allow_dirty", "commit", "branch"),
    *("no_verify", "verify", "jobs", "executor", "no_cache", "cache_dir"),
}


def test_every_option_is_a_word_or_changes_no_plan() -> None:
    """An option that is new here: what says what to plan must be among the words in which a run is remembered."""
    assert {field.name for field in fields(RunOptions)} <= WHAT_TO_PLAN | WHAT_BECOMES_OF_IT


def test_the_files_that_changed_since_a_revision_are_words(project: Path, command: Command, planned: Planned) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@y", "-C", str(project)]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], check=True)
    everything = command("--dry-run")
    nothing = command("--dry-run", "--since", "HEAD")
    assert said(nothing) != said(everything)
    assert said(command("--dry-run", "--since", "HEAD")) == said(nothing)
    assert len(planned) == 2


def test_what_is_remembered_is_not_what_is_written(project: Path, command: Command, planned: Planned) -> None:
    shown = command("--dry-run", "--patch", "-").raw
    assert command("--yes").code == Exit.INCOMPLETE
    assert len(planned) == 2
    assert "class HeroDB(Base)" in (project / "models.py").read_text()
    assert command("undo").code == Exit.DONE
    assert command("--dry-run", "--patch", "-").raw == shown


def test_a_run_that_may_write_and_has_nothing_to_do_remembers_it(
    project: Path, command: Command, planned: Planned
) -> None:
    arguments = ["--yes", "--select", "naming"]
    (project / "broken.py").unlink()
    command(*arguments)
    first, second = command(*arguments), command(*arguments)
    assert len(planned) == 2
    assert first.code == Exit.DONE
    assert "Nothing to change" in first.err
    assert said(first) == said(second)


def test_what_was_turned_down_is_shown_again(project: Path, command: Command, planned: Planned) -> None:
    before = command("--dry-run")
    command("--interactive", stdin="n\nd\nn\n", tty=True)
    assert len(planned) > 2
    assert said(command("--dry-run")) == said(before)


def kept(project: Path) -> Path:
    (found,) = (project.parent / "cache/lifeops-migrate").glob("shown-*.bin")
    return found


@pytest.mark.parametrize("place", [None, 0, 1, 2, 3, 4])
@pytest.mark.parametrize("value", [None, 5, (), "text", {"a": 5}, ((1, 2),) * 5])
def test_what_has_another_shape_counts_as_not_there(
    project: Path, command: Command, planned: Planned, place: int | None, value: Any
) -> None:
    """A file of ours, with our checksum, that holds something else than what we write."""
    before = command("--dry-run")
    file = kept(project)
    key, content = marshal.loads(file.read_bytes()[32:])
    parts = list(content)
    if place is not None:
        parts[place] = value
    body = marshal.dumps((key, value if place is None else tuple(parts)))
    file.write_bytes(hashlib.sha256(body).digest() + body)
    assert said(command("--dry-run")) == said(before)
    assert len(planned) == 2 or place == 0  # other patterns may leave out the same files


def test_what_a_terminal_showed_is_remembered_once(project: Path, command: Command, planned: Planned) -> None:
    command("--dry-run", "--format", "rich")
    made = kept(project).stat().st_ino
    command("--dry-run", "--format", "rich")
    assert len(planned) == 1
    command("--format", "rich", stdin="n\n", tty=True)
    assert len(planned) == 2  # what may be applied is planned
    assert kept(project).stat().st_ino == made
    kept(project).unlink()
    command("--dry-run", "--format", "rich")
    assert len(planned) == 3
    assert said(command("--dry-run")) == said(command("--dry-run", "--no-cache"))
    assert len(planned) == 4


def test_a_cache_that_others_can_write_is_not_believed(project: Path, command: Command, planned: Planned) -> None:
    command("--dry-run")
    kept(project).parent.chmod(0o777)
    command("--dry-run")
    assert len(planned) == 2


def test_only_the_last_ways_to_ask_are_remembered(project: Path, command: Command) -> None:
    names = ["bare-except", "model-db-suffix", "path-bounds", "typed-query"]
    for first in names:
        for second in names:
            command("--check", "--select", f"{first},{second}")
    assert len(list((project.parent / "cache/lifeops-migrate").glob("shown-*.bin"))) == 8


HEAVY = ("libcst", "rich", "pathspec", "lifeops_codemods.rule", "lifeops_codemods.rules",
         "lifeops_codemods.config", "lifeops_codemods.pipeline", "lifeops_codemods.project", "lifeops_codemods.facts",
         "lifeops_codemods.plan", "lifeops_codemods.operation", "lifeops_codemods.source.discovery",
         "lifeops_migrate.preview", "lifeops_migrate.diff.hunks")  # fmt: skip
"""What only a run imports that has something to find out."""

LOOKS = {"lifeops_migrate.preview"}
"""What a terminal needs all the same. It draws without rich."""


@pytest.mark.parametrize("arguments", FORMATS.values(), ids=FORMATS)
def test_little_is_imported(project: Path, command: Command, arguments: list[str]) -> None:
    first = command(*arguments)
    code = (
        "import sys\n"
        "from lifeops_codemods.replay import status\n"
        f"status.SETTLED = {-(10**12)}\n"
        "from lifeops_migrate.__main__ import run_command\n"
        "from lifeops_migrate import run\n"
        "run.perf_counter = lambda: 0.0\n"
        f"run_command({arguments!r}, sys.stdin, sys.stdout, sys.stderr)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    *_, modules = done.stderr.decode("latin-1").splitlines()
    assert done.stdout == first.raw
    imported = set(modules.split())
    assert imported.isdisjoint({*HEAVY} - (LOOKS if "rich" in arguments else set()))


def test_a_run_that_looks_anew_imports_what_it_needs(project: Path) -> None:
    """Or the names above would be those of nothing."""
    code = (
        "import sys\n"
        "from lifeops_migrate.__main__ import run_command\n"
        "run_command(['--dry-run', '--format', 'rich'], sys.stdin, sys.stdout, sys.stderr)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    (project / ".gitignore").write_text("*.log\n")
    (project / "routes.py").write_text(ROUTES.replace("limit=10", "limit=100"))
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, check=True, text=True)
    assert set(HEAVY) <= set(done.stderr.splitlines()[-1].split()) | {"libcst", "rich"}
