"""`--verify`: the user's command before and after; if it fails after, or is interrupted, every byte is as it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.apply import history
from lifeops_migrate.exit_code import Exit

from .heroes import BARE, FILES, HEROES, what_changed

if TYPE_CHECKING:
    from .making import Command

RENAMED = "grep -q HeroDB models.py"


@pytest.fixture
def project(root: Path) -> Path:
    for path, text in FILES.items():
        (root / path).write_text(text)
    return root


def test_a_command_that_succeeds_keeps_the_change(project: Path, command: Command) -> None:
    done = command("--yes", "--verify", "cat models.py | grep '^class H' | tee -a ../seen; exit 0")
    assert done.code == Exit.DONE
    assert what_changed(project) == BARE | HEROES
    assert (project / "../seen").read_text() == "class Hero(Base):\nclass HeroDB(Base):\n"
    assert "Verify, before the change: cat" in done.err
    assert "  exit 0 in 0.0 s: class HeroDB(Base):" in done.err
    assert "`lifeops-migrate undo` takes it back" in done.err


def test_a_command_that_fails_puts_every_byte_back(project: Path, command: Command) -> None:
    done = command("--yes", "--verify", f"if {RENAMED}; then echo '1 \x1b[31mfailed'; exit 3; else echo '1 passed'; fi")
    assert done.code == Exit.VERIFY_FAILED
    assert what_changed(project) == {}
    assert history(project) == []
    assert (
        "refused: the command succeeded before the change and fails after it (exit 3 in 0.0 s: 1 \\x1b[31m" in done.err
    )
    assert "Everything was put back." in done.err
    assert "Nothing was written" not in done.err


def test_a_command_that_always_fails_says_so(project: Path, command: Command) -> None:
    done = command("--yes", "--verify", "nothing-of-this-name")
    assert done.code == Exit.VERIFY_FAILED
    assert "as it did before (exit 127 in" in done.err
    assert what_changed(project) == {}


def test_a_command_that_fails_only_before_is_what_the_change_was_for(project: Path, command: Command) -> None:
    assert command("--yes", "--verify", RENAMED).code == Exit.DONE
    assert what_changed(project) == BARE | HEROES


def test_what_the_command_did_to_the_files_goes_and_is_kept(project: Path, command: Command) -> None:
    done = command("--yes", "--verify", f"{RENAMED} || exit 0; echo mine >> models.py; rm zeal.py; exit 1")
    assert done.code == Exit.VERIFY_FAILED
    assert what_changed(project) == {}
    assert "warning: models.py: was changed meanwhile" in done.err
    kept = Path(done.err.split("is kept in ")[1].split("\n")[0])
    assert (kept / "0-models.py").read_text().endswith("mine\n")


def test_what_cannot_be_put_back_is_named(project: Path, command: Command) -> None:
    done = command("--yes", "--verify", f"{RENAMED} || exit 0; rm zeal.py; mkdir zeal.py; exit 1")
    assert done.code == Exit.FAILED
    assert "is written and could not be taken back: zeal.py: is no file any more" in done.err
    assert "Nothing was written" not in done.err
    (project / "zeal.py").rmdir()
    (project / "zeal.py").write_text("from models import HeroDB\n")
    assert command("undo").code == Exit.DONE
    assert what_changed(project) == {}


def test_json_stays_json(project: Path, command: Command) -> None:
    done = command("--yes", "--format", "json", "--verify", "echo noise; exit 1")
    assert done.code == Exit.VERIFY_FAILED
    document = json.loads(done.out)
    assert document["applied"] is False
    assert "as it did before" in document["errors"][0]["message"]


def test_refused_before_the_command_runs(project: Path, command: Command) -> None:
    from .making import file, migration, replacing

    command.plan = migration(project, [file("zeal.py", replacing("stale\n", ("stale", "new")))])
    done = command("--yes", "--verify", "touch ../ran")
    assert done.code == Exit.REFUSED
    assert not (project / "../ran").exists()


def test_nothing_to_change_runs_nothing(project: Path, command: Command) -> None:
    assert command("--yes").code == Exit.DONE
    assert command("--yes", "--verify", "touch ../ran; exit 1").code == Exit.DONE
    assert command("--dry-run", "--verify", "touch ../ran").code == Exit.DONE
    assert not (project / "../ran").exists()


def test_a_file_that_the_first_run_of_the_command_changed_is_refused(project: Path, command: Command) -> None:
    done = command("--yes", "--verify", "echo '# more' >> zeal.py")
    assert done.code == Exit.REFUSED
    assert "zeal.py: was changed since it was read" in done.err


@pytest.mark.parametrize("good", [True, False])
def test_the_check_comes_before_the_commits(project: Path, command: Command, good: bool) -> None:
    def git(*arguments: str) -> str:
        author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return subprocess.run(
            ["git", *author, *arguments], cwd=project, capture_output=True, check=True, text=True
        ).stdout.strip()

    git("init", "-q")
    git("config", "user.name", "A")
    git("config", "user.email", "a@example.org")
    git("add", "-A")
    git("commit", "-q", "-m", "start")
    check = "git log --oneline | wc -l >> ../seen; exit 0" if good else f"! {RENAMED}"
    done = command("--yes", "--commit", "--branch", "x", "--verify", check)
    assert done.code == (Exit.DONE if good else Exit.VERIFY_FAILED), done.err
    assert git("log", "--format=%s").count("\n") == (2 if good else 0)
    assert git("status", "--porcelain") == ""
    assert what_changed(project) == (BARE | HEROES if good else {})
    if good:
        assert (project / "../seen").read_text().split() == ["1", "1"]


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_puts_every_byte_back_and_ends_the_command(
    project: Path, tmp_path: Path, signum: signal.Signals
) -> None:
    check = f"{RENAMED} || exit 0; echo $$ > {tmp_path}/shell.tmp; mv {tmp_path}/shell.tmp {tmp_path}/shell; sleep 40"
    command = [sys.executable, "-m", "lifeops_migrate", "--yes", "--verify", check]
    process = subprocess.Popen(
        command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    while not (tmp_path / "shell").exists():
        assert process.poll() is None
        time.sleep(0.02)
    assert what_changed(project) == BARE | HEROES
    os.kill(process.pid, signum)
    time.sleep(0.2)
    os.kill(process.pid, signum)
    assert process.wait(timeout=30) == 128 + signum
    assert what_changed(project) == {}
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "shell").read_text()), 0)
    assert process.stderr is not None
    process.stderr.close()
