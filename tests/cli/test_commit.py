"""`--commit`: one commit for each rule, as the user would make it; what git or a hook refuses is put back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.apply import history
from lifeops_codemods.apply.by_rule import by_rule
from lifeops_codemods.plan.model import Change
from lifeops_codemods.rule import Effect
from lifeops_migrate.exit_code import Exit

from .heroes import BARE, FILES, HEROES, what_changed
from .making import Command, Outcome, file, migration, replacing, rule, step

if TYPE_CHECKING:
    from lifeops_codemods.plan.model import Migration


@pytest.fixture
def project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the project committed, and a file that no rule edits."""
    settings = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(root.parent),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for path, text in FILES.items():
        (root / path).write_text(text)
    (root / "other.txt").write_text("other\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "start")
    return root


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True, timeout=60)
    return done.stdout.decode().rstrip("\n")


def hook(root: Path, name: str, script: str) -> None:
    path = root / ".git/hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def commits(root: Path) -> list[str]:
    """The subjects, the latest first."""
    return git(root, "log", "--format=%s").split("\n")


def is_untouched(root: Path) -> bool:
    return git(root, "status", "--porcelain") == "" and what_changed(root) == {} and commits(root) == ["start"]


def commit(command: Command, *more: str) -> Outcome:
    return command("--yes", "--commit", "--select", "bare-except,model-db-suffix", *more)


def test_one_commit_for_each_rule(project: Path, command: Command) -> None:
    done = commit(command)
    assert done.code == Exit.DONE, done.err
    assert [subject.partition(":")[0] for subject in commits(project)] == ["model-db-suffix", "bare-except", "start"]
    assert what_changed(project) == BARE | HEROES
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "show", "--format=", "--name-only", "HEAD~").split() == ["work.py"]
    assert git(project, "log", "-1", "--format=%an <%ae>") == "Ada <ada@example.org>"
    assert "in 3 files" in git(project, "log", "-1", "--format=%b")


def test_a_root_below_the_top_of_the_repository(project: Path, command: Command) -> None:
    (project / "services/api").mkdir(parents=True)
    for path in (*FILES, "lifeops-migrate.toml"):
        git(project, "mv", path, f"services/api/{path}")
    git(project, "commit", "-q", "-m", "moved")
    command.folder = project / "services/api"
    assert commit(command).code == Exit.DONE
    assert git(project, "status", "--porcelain") == ""
    assert what_changed(command.folder) == BARE | HEROES
    assert len(commits(project)) == 4


def test_undo_names_the_revert_and_the_revert_takes_everything_back(project: Path, command: Command) -> None:
    done = commit(command)
    undone = command("undo")
    assert undone.code == Exit.REFUSED
    revert = undone.err.split("`")[1]
    assert revert.startswith("git revert --no-edit ")
    assert len(revert.split()) == 5
    said = next(word for word in done.err.split("`") if word.startswith("git revert"))
    assert [name[:12] for name in revert.split()[3:]] == said.split()[3:]
    git(project, *revert.split()[1:])
    assert what_changed(project) == {}
    first = history(project)[0].id
    assert len(command("undo", first).err.split("`")[1].split()) == 4


def test_message_and_author_are_configurable(project: Path, command: Command) -> None:
    (project / "lifeops-migrate.toml").write_text(
        'commit-author = "Bot <bot@example.org>"\ncommit-message = "refactor({rule}): {edits}\\n\\n{clients}"\n'
    )
    assert commit(command).code == Exit.DONE
    assert commits(project)[:2] == ["refactor(model-db-suffix): 7 edits", "refactor(bare-except): 2 edits"]
    assert git(project, "log", "-1", "--format=%an <%ae> %cn") == "Bot <bot@example.org> Ada"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('commit-message = "{rule} {nonsense}"', "{nonsense} stands for nothing"),
        ('commit-author = "bot@example.org"', "is not of the form"),
        ('commit-author = "A <a>\\nB <b>"', "is not of the form"),
    ],
)
def test_a_configuration_that_makes_no_commit(project: Path, command: Command, line: str, said: str) -> None:
    (project / "lifeops-migrate.toml").write_text(line + "\n")
    git(project, "commit", "-q", "-a", "-m", "configure")
    done = commit(command)
    assert done.code == Exit.FAILED
    assert said in done.err
    assert what_changed(project) == {}


def test_what_clients_see_is_in_the_message(project: Path, command: Command) -> None:
    text = (project / "zeal.py").read_text()
    edit = replacing(text, ("Hero", "Zero"), effect=Effect.UNSAFE, clients_see="GET /\x1b[31mx\n answers 404")
    command.plan = migration(project, [file("zeal.py", edit)])
    assert command("--yes", "--commit").code == Exit.DONE
    assert "What clients will see:\n- GET /\\x1b[31mx answers 404" in git(project, "log", "-1", "--format=%b")


def test_hooks_run_as_git_runs_them(project: Path, command: Command, tmp_path: Path) -> None:
    """They see what is to be committed in the index, and have their say about the message."""
    hook(project, "pre-commit", f'git diff --cached --name-only >> "{tmp_path}/seen"; echo . >> "{tmp_path}/seen"')
    hook(project, "commit-msg", 'echo "Signed-off-by: hook" >> "$1"')
    assert commit(command).code == Exit.DONE
    assert (tmp_path / "seen").read_text().split() == ["work.py", ".", "models.py", "uses.py", "zeal.py", "."]
    assert git(project, "log", "-1", "--format=%b").endswith("Signed-off-by: hook")


def test_a_failing_hook_puts_everything_back(project: Path, command: Command) -> None:
    hook(project, "pre-commit", "echo 'no \033[31mway'; exit 1")
    done = commit(command)
    assert done.code == Exit.REFUSED
    assert "no \\x1b[31mway" in done.err
    assert "Nothing was committed, and no file is changed. Not tried: model-db-suffix." in done.err
    assert is_untouched(project)
    assert history(project) == []


def test_no_verify_leaves_the_hooks_out(project: Path, command: Command) -> None:
    hook(project, "pre-commit", "exit 1")
    hook(project, "commit-msg", "exit 1")
    assert commit(command, "--no-verify").code == Exit.DONE
    assert len(commits(project)) == 3


def test_a_hook_that_fails_later_puts_that_rule_back_alone(project: Path, command: Command) -> None:
    hook(project, "pre-commit", "git diff --cached --name-only | grep -q models.py && exit 1; exit 0")
    done = commit(command)
    assert done.code == Exit.INCOMPLETE
    assert "refused: model-db-suffix: is not committed, and its files are as before" in done.err
    assert "1 rule committed: bare-except (" in done.err
    assert what_changed(project) == BARE
    assert git(project, "status", "--porcelain") == ""
    assert len(commits(project)) == 2
    assert [run.rules for run in history(project)] == [("bare-except",)]


def test_what_a_hook_did_to_the_files_goes_and_is_kept(project: Path, command: Command, tmp_path: Path) -> None:
    """As formatters in hooks do: change the file, then fail so that the user looks."""
    hook(project, "pre-commit", "echo '# formatted' >> models.py; rm zeal.py; git add -A; exit 1")
    done = commit(command, "--ignore", "bare-except")
    assert done.code == Exit.REFUSED
    assert is_untouched(project)
    assert "warning: models.py: was changed meanwhile, and is put back all the same" in done.err
    assert "warning: zeal.py: was changed meanwhile" in done.err
    kept = Path(done.err.split("is kept in ")[1].split("\n")[0])
    assert [path.name for path in kept.iterdir()] == ["0-models.py"]
    assert "class HeroDB(Base)" in (kept / "0-models.py").read_text()
    assert (kept / "0-models.py").read_text().endswith("# formatted\n")
    assert kept.stat().st_mode & 0o777 == 0o700


def test_a_hook_that_changes_what_it_commits_stops_later_rules_on_that_file(project: Path, command: Command) -> None:
    text = (project / "zeal.py").read_text()
    first = replacing(text, ("Hero", "Zero"), name="first")
    second = replacing(first.after, ("Zero", "One"), name="second")
    rules = (rule("first"), rule("second"))
    command.plan = migration(project, [file("zeal.py", first, second)], rules=rules)
    hook(project, "pre-commit", "echo '# formatted' >> zeal.py; git add zeal.py")
    done = command("--yes", "--commit")
    assert "zeal.py: was changed since it was read" in done.err
    assert "1 rule committed: first (" in done.err
    assert done.code == Exit.INCOMPLETE
    assert (project / "zeal.py").read_text() == first.after + "# formatted\n"


@pytest.mark.parametrize("allowed", [[], ["--allow-dirty"]])
def test_a_file_with_changes_of_the_users_own_is_refused(project: Path, command: Command, allowed: list[str]) -> None:
    (project / "zeal.py").write_text("from models import Hero\n\nmine = 1\n")
    done = commit(command, *allowed)
    assert done.code == Exit.REFUSED
    assert "refused: zeal.py: has uncommitted changes" in done.err
    assert commits(project) == ["start"]
    assert (project / "work.py").read_text() == FILES["work.py"]


def test_what_is_staged_or_changed_elsewhere_stays_as_it_is(project: Path, command: Command) -> None:
    (project / "other.txt").write_text("staged\n")
    git(project, "add", "other.txt")
    (project / "other.txt").write_text("and changed\n")
    (project / "untracked.txt").write_text("")
    before = git(project, "status", "--porcelain")
    assert commit(command).code == Exit.DONE
    assert git(project, "status", "--porcelain") == before == "MM other.txt\n?? untracked.txt"
    assert "other.txt" not in git(project, "log", "--name-only", "--format=", "-2")


@pytest.mark.parametrize("start", ["branch", "detached"])
def test_a_branch_is_made_first(project: Path, command: Command, start: str) -> None:
    if start == "detached":
        git(project, "checkout", "-q", "--detach")
    assert commit(command, "--branch", "migrate/db").code == Exit.DONE
    assert git(project, "symbolic-ref", "HEAD") == "refs/heads/migrate/db"
    assert git(project, "log", "--format=%s", "main") == "start"
    assert len(commits(project)) == 3


@pytest.mark.parametrize("start", ["branch", "detached"])
def test_a_branch_that_would_be_empty_is_not_left_behind(project: Path, command: Command, start: str) -> None:
    if start == "detached":
        git(project, "checkout", "-q", "--detach")
    before = git(project, "rev-parse", "--abbrev-ref", "HEAD")
    hook(project, "pre-commit", "exit 1")
    assert commit(command, "--branch", "x").code == Exit.REFUSED
    assert git(project, "rev-parse", "--abbrev-ref", "HEAD") == before
    assert git(project, "branch", "--list", "x") == ""
    assert is_untouched(project)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("main", "there is such a branch already"),
        ("-f", "is no name for a branch"),
        ("a..b", "is no name for a branch"),
        ("", "is no name for a branch"),
    ],
)
def test_names_that_are_no_new_branch(project: Path, command: Command, name: str, said: str) -> None:
    done = commit(command, f"--branch={name}")
    assert done.code in {Exit.REFUSED, Exit.FAILED}
    assert said in done.err
    assert is_untouched(project)


def test_without_a_repository(root: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(root.parent))
    (root / "work.py").write_text(FILES["work.py"])
    done = command("--yes", "--commit")
    assert done.code == Exit.REFUSED
    assert "there is no git repository to commit to" in done.err
    assert (root / "work.py").read_text() == FILES["work.py"]


def test_a_dry_run_commits_nothing(project: Path, command: Command) -> None:
    assert command("--dry-run", "--commit", "--branch", "x").code == Exit.DONE
    assert is_untouched(project)
    assert git(project, "branch", "--list", "x") == ""


def created(project: Path) -> Migration:
    text = (project / "zeal.py").read_text()
    edit = file("zeal.py", replacing(text, ("Hero", "Zero"), name="first"))
    new = file("made/n\new [x]*.py", step("", [Change(0, 0, "a = 1\n")], name="first"), new=True)
    return migration(project, [edit, new], rules=(rule("first"),))


def test_a_new_file_is_added(project: Path, command: Command) -> None:
    command.plan = created(project)
    assert command("--yes", "--commit").code == Exit.DONE
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "show", "-z", "--format=", "--name-only").split("\0")[0] == "made/n\new [x]*.py"


def test_a_new_file_of_a_refused_commit_is_gone_from_disk_and_index(project: Path, command: Command) -> None:
    command.plan = created(project)
    hook(project, "pre-commit", "exit 1")
    assert command("--yes", "--commit").code == Exit.REFUSED
    assert is_untouched(project)
    assert not (project / "made").exists()


def test_the_parts_of_a_migration_make_the_whole(root: Path) -> None:
    """In the file's own encoding and line ends, and for a file that one rule makes and the next changes."""
    text = "# coding: latin-1\r\nname = 'ü'\r\nold = 1\r\n"
    first = replacing(text, ("old", "ö"), name="first")
    second = replacing(first.after, ("1", "2"), name="second")
    made = step("", [Change(0, 0, "x = 1\n")], name="first")
    changed = replacing(made.after, ("1", "ü"), name="second")
    files = [file("a.py", first, second, encoding="latin-1"), file("b.py", made, changed, new=True)]
    whole = migration(root, files, rules=(rule("first"), rule("idle"), rule("second")), read={"a.py": "0", "c.py": "1"})
    one, two = by_rule(whole)
    assert [part.rules[0].name for part in (one, two)] == ["first", "second"]
    assert [planned.before_bytes for planned in one.files] == [text.encode("latin-1"), None]
    assert [planned.after_bytes for planned in one.files] == [planned.before_bytes for planned in two.files]
    assert [planned.after_bytes for planned in two.files] == [planned.after_bytes for planned in whole.files]
    assert two.read["c.py"] == "1"
    assert two.read["a.py"] != one.read["a.py"] == "0"


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_a_hook_runs_puts_that_rule_back(
    project: Path, tmp_path: Path, signum: signal.Signals
) -> None:
    hook(project, "pre-commit", f'touch "{tmp_path}/waiting"; sleep 30')
    process = subprocess.Popen(
        [sys.executable, "-m", "lifeops_migrate", "--yes", "--commit", "--branch", "x"],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not (tmp_path / "waiting").exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signum)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + signum, said
    assert is_untouched(project)
    assert git(project, "branch", "--list", "x") == ""
