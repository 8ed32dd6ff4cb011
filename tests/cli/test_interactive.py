"""`--interactive` on a real terminal: every letter at every level, and what a unit takes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifeops_migrate.exit_code import Exit

from .heroes import BARE, FILES, HEROES, ONE_BARE, ONLY_VILLAIN, what_changed
from .session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from .making import Command

RULES = ["bare-except", "model-db-suffix"]
"""In the order in which they are asked about."""


@pytest.fixture
def project(root: Path) -> Path:
    for path, text in FILES.items():
        (root / path).write_text(text)
    return root


def session(project: Path, *more: str) -> Session:
    return Session(project, "-i", "--select", ",".join(RULES), *more)


WALKS: dict[str, tuple[list[str], dict[str, list[str]]]] = {
    "y y: both rules": (["y", "y", "y"], BARE | HEROES),
    "n y: not the first": (["n", "y", "y"], HEROES),
    "y n: not the second": (["y", "n", "y"], BARE),
    "a: this and all later": (["a", "y"], BARE | HEROES),
    "d: this and all later out": (["d"], {}),
    "q: nothing": (["q"], {}),
    "y q: what is chosen stays": (["y", "q", "y"], BARE),
    "the last question is no": (["a", "n"], {}),
    "capitals and words": (["Yes", "NO", "y"], BARE),
    "help, print and nonsense ask again": (["?", "x", "", "p", "y", "n", "y"], BARE),
    # file by file
    "s y: the only file": (["s", "y", "n", "y"], BARE),
    "s a": (["s", "a", "n", "y"], BARE),
    "s d: no file, on to the next rule": (["s", "d", "y", "y"], HEROES),
    "s q: no file and no later rule": (["s", "q"], {}),
    "files: n takes the units of a file out everywhere": (["n", "s", "n"], {}),
    "files: n to a later one takes one unit back": (["n", "s", "y", "y", "n", "y"], ONLY_VILLAIN),
    "files: d takes what is left": (["n", "s", "y", "d"], {}),
    "files: a is all the rest": (["n", "s", "a", "y"], HEROES),
    "files: q after y": (["n", "s", "y", "q"], {}),
    # hunk by hunk
    "hunks: y n": (["s", "s", "y", "n", "n", "y"], ONE_BARE),
    "hunks: n y": (["s", "s", "n", "y", "n", "y"], ONE_BARE),
    "hunks: a": (["s", "s", "a", "n", "y"], BARE),
    "hunks: d": (["s", "s", "d", "y", "y"], HEROES),
    "hunks: y q": (["s", "s", "y", "q", "y"], ONE_BARE),
    "hunks: s cannot split one edit": (["s", "s", "s", "y", "n", "n", "y"], ONE_BARE),
    # edit by edit: the hunk of uses.py has the edits of both models
    "edits: one of two": (["n", "s", "y", "s", "s", "n", "y", "y"], ONLY_VILLAIN),
}


@pytest.mark.parametrize("name", WALKS)
def test_every_letter(project: Path, name: str) -> None:
    answers, changed = WALKS[name]
    talk = session(project)
    talk.answer(*answers)
    assert talk.end() == Exit.DONE, talk.seen
    assert what_changed(project) == changed
    if not changed:
        assert "othing" in talk.seen[-300:]


def test_what_is_asked_and_said(project: Path) -> None:
    talk = session(project)
    first = talk.answer("?")
    assert "Make these 2 edits of bare-except in 1 file? [y,n,a,d,s,p,q,?]" in first
    assert "+     except Exception:" not in first
    helped = talk.answer("p")
    assert "y - make it\nn - leave it out\na - make it and all later ones\n" in helped
    assert "s - choose file by file\n" in helped
    assert "q - leave it and everything later out; what is chosen already stays chosen\n" in helped
    assert "+     except Exception:" in talk.answer("s")
    assert "(1/1) Make these 2 edits in this file? [y,n,a,d,s,p,q,?]" in talk.answer("s")
    assert "(1/2) Make this hunk? [y,n,a,d,p,q,?]" in talk.answer("s")
    assert "Sorry, this cannot be split: it is one edit." in talk.answer("n")
    assert "def second():" in talk.answer("y")
    talk.answer("s")
    assert "+ class HeroDB(Base):" in talk.answer("y")
    said = talk.answer("y")
    assert "+ both = [HeroDB, VillainDB]" in said
    talk.answer("n")
    final = talk.answer("d")
    assert (
        "Left out everywhere, since it is made all or none: rename model Hero to HeroDB (4 edits in 3 files)" in final
    )
    assert "Apply 4 edits" in final
    shown = talk.answer("y")
    assert "+ class VillainDB(Base):" in shown
    assert "HeroDB" not in shown
    assert talk.end() == Exit.DONE
    assert what_changed(project) == ONLY_VILLAIN | ONE_BARE


@pytest.mark.parametrize("before", [[], ["y"], ["s"], ["s", "s", "y"], ["y", "s", "y"], ["y", "y"]])
def test_ctrl_c_in_the_middle(project: Path, before: list[str]) -> None:
    talk = session(project)
    talk.answer(*before)
    talk.asked()
    talk.type("\x03")
    assert talk.end() == Exit.INTERRUPTED
    assert "Interrupted. No file was left half-written." in talk.seen
    assert what_changed(project) == {}


@pytest.mark.parametrize("before", [[], ["y"], ["s", "s", "y"], ["y", "y"]])
def test_the_end_of_input_is_no(project: Path, before: list[str]) -> None:
    talk = session(project)
    talk.answer(*before)
    talk.asked()
    talk.type("\x04\x04\x04")
    assert talk.end() == Exit.DONE
    assert "othing is written" in talk.seen or "Nothing was written" in talk.seen
    assert what_changed(project) == {}


def test_what_was_chosen_is_what_undo_takes_back_and_what_the_patch_holds(project: Path, tmp_path: Path) -> None:
    patch = tmp_path / "chosen.patch"
    talk = session(project, "--patch", str(patch), "--diff-style", "side-by-side")
    talk.answer("s", "s", "n", "y", "n", "y")
    assert talk.end() == Exit.DONE
    assert patch.read_text().count("+    except Exception:") == 1
    undone = Session(project, "undo")
    assert undone.end() == Exit.DONE
    assert what_changed(project) == {}


def test_without_a_terminal_it_shows_and_refuses(project: Path, command: Command) -> None:
    done = command("--interactive")
    assert done.code == Exit.REFUSED
    assert "there is no terminal to ask on" in done.err
    assert what_changed(project) == {}


@pytest.mark.parametrize("other", [["--yes"], ["--dry-run"], ["--check"], ["--format", "json"], ["--format", "github"]])
def test_what_it_does_not_go_with(project: Path, command: Command, other: list[str]) -> None:
    done = command("--interactive", *other)
    assert done.code == Exit.FAILED
    assert "--interactive" in done.err
