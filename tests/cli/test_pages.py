"""`rules`, `explain`, the help, and the bar that shows progress."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.rules import all_rules
from lifeops_migrate.commands import COMMANDS
from lifeops_migrate.explain import page
from lifeops_migrate.progress import Progress
from lifeops_migrate.terminal import Sink, Terminal

from .making import Command, Stream, rule

if TYPE_CHECKING:
    from collections.abc import Mapping


FIXTURES = Path(__file__).parents[2] / "fixtures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of every kind."""

    strategy: str = "selectinload"
    default_limit: int = 100
    convert_4xx: bool = False
    strip_suffixes: tuple[str, ...] = ("Model", "ORM")
    names: Mapping[str, str] = field(default_factory=lambda: {"Person": "PeopleDB"})


def test_rules_has_a_line_for_each(command: Command) -> None:
    lines = command("rules").out.removesuffix("\n").split("\n")
    assert [line.split()[0] for line in lines] == [one.name for one in all_rules()]
    assert all(one.summary in line for one, line in zip(all_rules(), lines, strict=True))
    listed = json.loads(command("rules", "--format", "json").out)["rules"]
    assert [one["name"] for one in listed] == [one.name for one in all_rules()]
    assert list(listed[0]) == ["name", "category", "effect", "severity", "summary", "standard"]


@pytest.mark.parametrize("name", [one.name for one in all_rules()])
@pytest.mark.parametrize("color", ["always", "never"])
def test_every_rule_can_be_explained(command: Command, name: str, color: str) -> None:
    done = command("explain", name, "--color", color, tty=True)
    assert done.code == 0
    assert name in done.out
    assert "Clauses" not in done.out
    for heading in ("Why", "What it leaves alone", "Effect"):
        assert heading in done.out
    # A rule that only reports has no case that changes.
    assert ("A case" in done.out) is bool(list((FIXTURES / name).glob("*/after")))


def test_options_are_explained_with_their_defaults() -> None:
    text = page(rule(options=Options, option_help={"default_limit": "rows on a page"}))
    assert text.endswith(
        "and no client can tell.\n\n## Options\n\n```toml\n[tool.lifeops-migrate.model-db-suffix]\n"
        'strategy = "selectinload"\n'
        "# rows on a page\n"
        "default-limit = 100\n"
        "convert-4xx = false\n"
        'strip-suffixes = ["Model", "ORM"]\n'
        'names = { "Person" = "PeopleDB" }\n```\n'
    )


def test_the_nearest_rule_is_named(command: Command) -> None:
    done = command("explain", "model-db-sufix")
    assert done.code == 2
    assert "did you mean `model-db-suffix`?" in done.err


def test_the_help_of_every_command(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], *([name, "--help"] for name in COMMANDS)):
        assert command(*arguments).code == 0
        assert "Usage: lifeops-migrate" in capsys.readouterr().out


def shown(monkeypatch: pytest.MonkeyPatch, *, tty: bool = True, verbosity: int = 0, patience: float = 0) -> str:
    monkeypatch.setattr("lifeops_migrate.progress._PATIENCE", patience)
    monkeypatch.setattr("lifeops_migrate.progress._INTERVAL", 0)
    err = Stream(tty=tty)
    terminal = Terminal(Stream(), Sink(Stream()), Sink(err), verbosity=verbosity)
    with Progress(terminal) as progress:
        progress("model-db-suffix", 1, 4)
    return err.text


def test_progress_is_drawn_and_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch) == f"\r\x1b[K{'█' * 6}{'░' * 18} 1/4 model-db-suffix\r\x1b[K"


def test_progress_is_for_people_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, tty=False) == ""
    assert shown(monkeypatch, verbosity=-1) == ""
    assert shown(monkeypatch, patience=60) == ""
    monkeypatch.setenv("TERM", "dumb")
    assert shown(monkeypatch) == ""
