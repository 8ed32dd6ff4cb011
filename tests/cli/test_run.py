"""What a run does and how it exits, in every mode, on migrations made by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.apply.disk import Disk
from lifeops_codemods.apply.lock import locked
from lifeops_codemods.apply.state import place_of
from lifeops_codemods.outcome import FileError, Skipped
from lifeops_codemods.plan.model import Change
from lifeops_codemods.rule import Category, Effect
from lifeops_migrate.exit_code import Exit, gravest
from lifeops_migrate.options import processors

from .making import Command, file, finding, migration, replacing, rule, step, write

if TYPE_CHECKING:
    from lifeops_codemods.plan.model import Migration

BEFORE = "class Character(Base):\n    pass\n"
AFTER = "class CharacterDB(Base):\n    pass\n"


@pytest.fixture
def plan(root: Path, command: Command) -> Migration:
    """One file with a safe step and then an unsafe one, one finding."""
    first = replacing(BEFORE, ("Character", "CharacterDB"), message="rename model Character to CharacterDB")
    made = migration(
        root, [file("app/a.py", first)], findings=(finding("app/b.py", 40),), seconds={"rule:model-db-suffix": 0.25}
    )
    write(root, made)
    command.plan = made
    return made


@pytest.fixture
def mixed(root: Path, command: Command) -> Migration:
    first = replacing(BEFORE, ("Character", "CharacterDB"))
    second = replacing(
        first.after, ("pass", "x = 1"), name="response-model", effect=Effect.UNSAFE, clients_see="GET /x answers 201"
    )
    made = migration(
        root, [file("app/a.py", first, second), file("app/new.py", step("", [Change(0, 0, "y\n")]), new=True)]
    )
    write(root, made)
    command.plan = made
    return made


def content(root: Path) -> str:
    return (root / "app/a.py").read_text()


def test_dry_run_shows_and_writes_nothing(root: Path, command: Command, plan: Migration) -> None:
    done = command("--dry-run")
    assert done.code == Exit.DONE
    assert "-class Character(Base):\n+class CharacterDB(Base):\n" in done.out
    assert (
        "app/b.py:40:1: error: bound-sql: what was seen (left alone: why it was left; what to do: what to do)\n"
        in done.out
    )
    assert done.err == "Would make 1 edit in 1 file, safe; 1 finding. Nothing was written.\n"
    assert content(root) == BEFORE


def test_no_command_is_run_on_the_current_folder(root: Path, command: Command, plan: Migration) -> None:
    assert command("--dry-run").out == command("run", "--dry-run", ".").out


def test_check_has_a_line_per_file_and_rule(root: Path, command: Command, mixed: Migration) -> None:
    done = command("--check")
    assert done.code == Exit.CHANGES
    assert done.out == (
        "app/a.py: model-db-suffix: 1 edit\n"
        "app/a.py: response-model: 1 edit, unsafe\n"
        "app/new.py: model-db-suffix: 1 edit (new file)\n"
    )
    assert content(root) == BEFORE


def test_check_of_a_clean_project(root: Path, command: Command) -> None:
    command.plan = migration(root, findings=(finding(),))
    done = command("--check")
    assert (done.code, done.out) == (Exit.DONE, "")
    assert done.err == "Nothing to change: 0 files read; 1 finding.\n"


def test_yes_applies_and_undo_puts_back(root: Path, command: Command, plan: Migration) -> None:
    done = command("--yes")
    assert done.code == Exit.DONE
    assert done.out.startswith("app/a.py: model-db-suffix: 1 edit\n")
    assert "Applied 1 edit in 1 file, safe; 1 finding. `lifeops-migrate undo` takes it back.\n" in done.err
    assert content(root) == AFTER
    listed = command("history").out
    assert "1 file  model-db-suffix 1" in listed
    undone = command("undo")
    assert (undone.code, undone.out.split("\n")[0]) == (Exit.DONE, "restored  app/a.py")
    assert content(root) == BEFORE
    assert command("undo").code == Exit.REFUSED


def test_history_and_undo_work_from_elsewhere(
    root: Path, command: Command, plan: Migration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("--yes")
    monkeypatch.chdir(tmp_path)
    elsewhere = Command(monkeypatch, tmp_path)
    assert "model-db-suffix 1" in elsewhere("history", "--root", str(root)).out
    assert elsewhere("undo", "--root", str(root)).code == Exit.DONE
    assert content(root) == BEFORE


def test_undo_of_a_run_by_name_removes_what_it_made(root: Path, command: Command, mixed: Migration) -> None:
    command("--yes")
    run = command("history").out.split()[0]
    assert "removed   app/new.py\n" in command("undo", run).out
    assert not (root / "app/new.py").exists()


def test_without_a_terminal_nothing_is_written_and_yes_is_named(root: Path, command: Command, plan: Migration) -> None:
    done = command()
    assert done.code == Exit.REFUSED
    assert "+class CharacterDB(Base):\n" in done.out
    assert "hint: lifeops-migrate --yes applies it; --dry-run only shows it\n" in done.err
    assert content(root) == BEFORE


def test_without_a_terminal_and_without_edits_all_is_well(root: Path, command: Command) -> None:
    command.plan = migration(root)
    assert command().code == Exit.DONE


@pytest.mark.parametrize(
    ("answer", "applied"), [("y", True), ("YES", True), ("n", False), ("", False), ("q\nno", False)]
)
def test_the_question(root: Path, command: Command, plan: Migration, answer: str, applied: bool) -> None:
    done = command(stdin=f"{answer}\n", tty=True)
    assert done.code == Exit.DONE
    assert "Apply 1 edit (1 safe) to 1 file? [y/N/d]" in done.err
    assert content(root) == (AFTER if applied else BEFORE)
    assert ("Applied 1 edit" in done.out) is applied
    assert ("Nothing was written." in done.err) is not applied


def test_the_question_names_safe_and_unsafe_apart(root: Path, command: Command, mixed: Migration) -> None:
    done = command("--color", "never", tty=True)
    assert "Apply 3 edits (2 safe, 1 unsafe) to 2 files? [y/N/d]" in done.err
    assert "GET /x answers 201" in done.out


def test_the_end_of_input_is_no(root: Path, command: Command, plan: Migration) -> None:
    command(stdin="", tty=True)
    assert content(root) == BEFORE


def test_d_shows_the_diff_and_asks_again(root: Path, command: Command, plan: Migration) -> None:
    done = command("--color", "never", stdin="d\nn\n", tty=True)
    assert done.err.count("[y/N/d]") == 2
    assert done.out.count("+ class CharacterDB(Base):") == 1


def test_json_asks_nobody(root: Path, command: Command, plan: Migration) -> None:
    done = command("--format", "json", stdin="y\n", tty=True)
    assert done.code == Exit.REFUSED
    assert json.loads(done.out)["applied"] is False
    assert content(root) == BEFORE


def test_files_that_could_not_be_read_are_named(root: Path, command: Command) -> None:
    made = migration(
        root, [file("app/a.py", replacing("a\n", ("a", "b")))], errors=(FileError("app/x.py", 3, "cannot parse"),)
    )
    write(root, made)
    command.plan = made
    for options, code in (("--dry-run", 3), ("--check", 3), ("--yes", 3)):
        done = command(options)
        assert done.code == code
        assert "error: app/x.py:3: cannot parse\n" in done.err


def test_refusals_are_listed_and_nothing_is_written(root: Path, command: Command, plan: Migration) -> None:
    (root / "app/a.py").write_text("changed since\n")
    done = command("--yes")
    assert done.code == Exit.REFUSED
    assert "refused: app/a.py: was changed since it was read: run again\n" in done.err
    assert "Nothing was written.\n" in done.err
    assert content(root) == "changed since\n"
    document = json.loads(command("--yes", "--format", "json").out)
    assert document["applied"] is False
    assert document["errors"][0]["message"].startswith("app/a.py: was changed since")


def test_the_graver_code_wins() -> None:
    order = [130, 143, 2, 5, 4, 3, 1, 0]
    for position, code in enumerate(order):
        assert gravest(Exit(other) for other in order[position:]) is Exit(code)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--dry-run", "--yes"], "--dry-run and --yes cannot be used together."),
        (["--check", "--yes"], "--check and --yes cannot be used together."),
        (["--patch", "-", "--format", "concise"], "--patch - leaves no room for --format"),
        (
            ["--select", "model-db-sufix"],
            "`model-db-sufix` is no known rule or category; did you mean `model-db-suffix`?",
        ),
        (["--ignore", "namin"], "did you mean `naming`?"),
        (["no-such-folder"], "no-such-folder: there is no such command, file or folder"),
        (["histry"], "did you mean the command `history`?"),
        (["-v", "history"], "history: a command comes first"),
        (["--interactive", "--yes"], "--yes and --interactive cannot be used together."),
        (["--branch", "x"], "--branch says how to commit: it needs --commit."),
        (["--no-verify"], "--no-verify says how to commit: it needs --commit."),
        (["--jobs", "0"], "Invalid value for '-j'"),
    ],
)
def test_wrong_usage(root: Path, command: Command, plan: Migration, options: list[str], message: str) -> None:
    done = command(*options)
    assert done.code == Exit.FAILED
    assert message in done.err
    assert done.out == ""


def test_a_path_spelled_like_a_command(root: Path, command: Command, plan: Migration) -> None:
    (root / "rules").mkdir()
    assert command("./rules", "--dry-run").code == Exit.DONE
    assert command.seen[0].paths == ("rules",)


def test_what_is_asked_of_the_planner(root: Path, command: Command, plan: Migration) -> None:
    (root / "app").mkdir(exist_ok=True)
    command(
        "--dry-run", "--select", "naming,structure", "--select", "all", "--safe-only", "-j", "3", "--no-cache", "app"
    )
    request = command.seen[0]
    assert request.root == root
    assert (request.paths, request.safe_only, request.jobs, request.cache_dir) == (("app",), True, 3, None)
    command("--dry-run", "--cache-dir", "here")
    assert str(command.seen[1].cache_dir) == "here"
    assert command.seen[1].jobs == processors()


def test_a_broken_configuration_names_file_line_and_key(root: Path, command: Command, plan: Migration) -> None:
    (root / "lifeops-migrate.toml").write_text("\nselct = []\n")
    done = command("--dry-run")
    assert done.code == Exit.FAILED
    assert "lifeops-migrate.toml:2: selct" in done.err
    assert "select" in done.err
    document = json.loads(command("--dry-run", "--format", "json").out)
    assert "selct" in document["errors"][0]["message"]


def test_a_command_line_that_cannot_be_read_still_gives_a_document(command: Command) -> None:
    for options in (["--nonsense", "--format", "json"], ["--format=json", "--yes", "--check"]):
        done = command(*options)
        assert done.code == Exit.FAILED
        assert json.loads(done.out)["errors"][0]["message"]


def test_a_run_that_died_is_mentioned_where_nothing_may_be_written(
    root: Path, command: Command, plan: Migration
) -> None:
    place = place_of(Disk(), root, None)
    Path(place.active).mkdir(parents=True)
    assert "warning: a run is writing here or was interrupted" in command("--dry-run").err
    assert Path(place.active).exists()


def test_verbose_tells_what_was_left_out_and_why(root: Path, command: Command) -> None:
    made = replacing(BEFORE, ("Character", "CharacterDB"), why=("app/a.py:1 Character maps table characters",))
    command.plan = migration(root, [file("app/a.py", made)], skipped=(Skipped("app/x.py", "is a pipe"),))
    done = command("--dry-run", "--format", "rich", "-v")
    assert "because app/a.py:1 Character maps table characters\n" in done.out
    assert "left out: app/x.py: is a pipe\n" in done.err
    plain = command("--dry-run", "--format", "rich")
    assert "because" not in plain.out
    assert plain.err == ""


def test_quiet_leaves_the_diff_and_the_findings(root: Path, command: Command, plan: Migration) -> None:
    done = command("--dry-run", "--format", "rich", "-q")
    assert "+ class CharacterDB(Base):" in done.out
    assert "what to do: what to do" in done.out
    assert "Summary" not in done.out
    assert "Next" not in done.out
    assert command("--dry-run", "-q").err == ""


def test_steps_of_one_file_are_shown_apart_with_the_lines_of_the_original(root: Path, command: Command) -> None:
    text = "a = 1\nb = 2\nc = 3\n"
    first = replacing(text, ("a = 1\n", "import x\n\na = 1\n"), name="first-rule")
    second = replacing(first.after, ("c = 3", "c = 4"), name="second-rule")
    command.plan = migration(root, [file("app/a.py", first, second)])
    out = command("--dry-run", "--format", "rich").out
    assert "(step 1 of 2 on this file)" in out
    assert "(step 2 of 2 on this file)" in out
    assert "  3   │ - c = 3\n" in out
    assert "    5 │ + c = 4\n" in out
    assert out.index("first-rule") < out.index("second-rule")


def test_the_order_of_rules_is_that_of_the_chains(root: Path, command: Command) -> None:
    first = replacing("a\n", ("a", "b"), name="zebra")
    second = replacing("b\n", ("b", "c"), name="antelope")
    command.plan = migration(root, [file("app/a.py", first, second)])
    out = command("--dry-run", "--format", "rich").out
    assert out.index("zebra") < out.index("antelope")


def test_the_first_screen_says_what_will_happen_and_what_to_type(
    root: Path, command: Command, mixed: Migration
) -> None:
    head = "\n".join(command("--dry-run", "--format", "rich", "--select", "all").out.split("\n")[:15])
    assert "This would make 3 edits in 2 files." in head
    assert "2 safe:" in head
    assert "1 unsafe:" in head
    assert "Nothing is written yet." in head
    assert "  lifeops-migrate --select all\n" in head


def test_the_next_commands_keep_what_was_asked_for(root: Path, command: Command, mixed: Migration) -> None:
    (root / "my app").mkdir()
    out = command("-n", "--format", "rich", "--ignore", "structure", "--allow-dirty", "my app").out
    assert "  lifeops-migrate --yes --ignore structure --allow-dirty 'my app'" in out
    assert "  lifeops-migrate --safe-only --yes --ignore structure --allow-dirty 'my app'" in out


def test_the_summary_counts_by_rule(
    root: Path, command: Command, mixed: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    idle = rule("idle-rule", category=Category.ASYNC)
    object.__setattr__(mixed, "rules", (*mixed.rules, idle))
    out = command("--dry-run", "--format", "rich").out
    table = out[out.index("Summary") :].split("\n")
    assert table[1].split() == ["Rule", "Files", "Safe", "Unsafe", "Findings", "Time"]
    assert table[3].split() == ["model-db-suffix", "2", "2", "-", "-", "-"]
    assert table[4].split() == ["response-model", "1", "-", "1", "-", "-"]
    assert table[6].split()[:5] == ["all", "2", "2", "1", "-"]
    assert "1 more rule found nothing to do" in table[7]


def test_who_holds_the_lock_is_named(root: Path, command: Command, plan: Migration) -> None:
    """One run writes; whoever comes meanwhile says so, touches nothing, and exits 4."""
    with locked(place_of(Disk(), root, None)):
        for arguments in (["--yes"], ["--yes", "--format", "json"], ["undo"]):
            done = command(*arguments)
            assert done.code == Exit.REFUSED
            assert f"process {os.getpid()} is writing here at this moment" in done.err
            assert content(root) == BEFORE
    assert command("--yes").code == Exit.DONE
