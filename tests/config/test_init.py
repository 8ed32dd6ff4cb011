"""`init`: every key with its default, the rest of the file byte for byte, and never a second table."""

from __future__ import annotations

import sys
import tomllib
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.config import SHARED_TABLE, Settings, parse_settings
from lifeops_codemods.config.table import commented_table
from lifeops_codemods.rules import all_rules
from lifeops_migrate.__main__ import run_command

if TYPE_CHECKING:
    from pathlib import Path

    from lifeops_codemods.rule import Rule

EXPECTED = """\
[tool.lifeops-migrate]
# The rules to run: names, categories or all.
select = ["all"]
# The rules to leave out of those selected; a name counts more than its category.
ignore = []
# Files that are never read, as in a .gitignore. Git-ignored files never are.
exclude = []
# The folders that imports start from. Found by itself where empty.
src = []
# Rules that leave some files alone: the files as in a .gitignore, then the rules.
per-file-ignores = {}
# Who --commit names as author, `Name <address>`; as git is configured where empty.
commit-author = ""
# The message of --commit, with {rule}, {summary}, {edits}, {files}, {effect} and {clients} in it.
commit-message = ""

# What model-db-suffix does.
[tool.lifeops-migrate.model-db-suffix]
# Endings that make way for DB.
strip-suffixes = ["Model", "ORM"]
names = {}
# One of selectinload, auto.
strategy = "selectinload"
greeting = "say \\"hi\\""

# What pagination does.
[tool.lifeops-migrate.pagination]
# One of skip-limit, page-size.
style = "skip-limit"
# Rows on a page. From 1 to 10000.
default-limit = 100
max-limit = 1000
strict = false
"""


@pytest.fixture(autouse=True)
def _state_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def init(folder: Path) -> tuple[int, str]:
    """The exit code and what was said."""
    out, err = StringIO(), StringIO()
    code = run_command(["init", "--root", str(folder)], sys.stdin, out, err)
    return code, out.getvalue() + err.getvalue()


def test_the_table_names_every_key_and_says_what_it_is_for(rules: tuple[Rule, ...]) -> None:
    assert commented_table(rules, SHARED_TABLE) == EXPECTED


@pytest.mark.parametrize(("table", "name"), [((), "lifeops-migrate.toml"), (SHARED_TABLE, "pyproject.toml")])
def test_the_table_means_the_defaults(table: tuple[str, ...], name: str, rules: tuple[Rule, ...]) -> None:
    settings = parse_settings(commented_table(rules, table), name, rules)
    defaults = {rule.name: rule.options() for rule in rules if rule.name in {"model-db-suffix", "pagination"}}
    assert settings == Settings(rule_options=defaults)


def test_where_there_is_no_pyproject_it_makes_a_file_of_its_own(folder: Path) -> None:
    code, said = init(folder)
    assert (code, said) == (0, f"{folder / 'lifeops-migrate.toml'}: created\n")
    text = (folder / "lifeops-migrate.toml").read_text()
    assert text == commented_table(all_rules(), ())
    assert [path.name for path in folder.iterdir()] == ["lifeops-migrate.toml"]


@pytest.mark.parametrize(
    ("before", "joint"),
    [
        (b"", b""),
        (b'[project]\nname = "x"\n', b"\n"),
        (b"# no newline at the end", b"\n\n"),
        (b"[tool.ruff]\r\nline-length = 100\r\n", b"\r\n"),
        (b"\xef\xbb\xbf[[tool.mypy.overrides]]\nmodule = '\xc3\xa4'\n\n", b"\n"),
    ],
)
def test_a_pyproject_keeps_its_bytes_and_gets_the_table_at_its_end(folder: Path, before: bytes, joint: bytes) -> None:
    (folder / "pyproject.toml").write_bytes(before)
    (folder / "pyproject.toml").chmod(0o640)
    code, _ = init(folder)
    after = (folder / "pyproject.toml").read_bytes()
    assert code == 0
    assert after.startswith(before + joint + b"[tool.lifeops-migrate]")
    assert (b"\r\n" in after) is (after.count(b"\n") == after.count(b"\r\n"))
    assert (folder / "pyproject.toml").stat().st_mode & 0o777 == 0o640
    assert "lifeops-migrate" in tomllib.loads(after.decode("utf-8-sig"))["tool"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("pyproject.toml", "[tool.lifeops-migrate]\n", "has a [tool.lifeops-migrate] table already"),
        ("pyproject.toml", "[tool.lifeops-migrate.pagination]\n", "has a [tool.lifeops-migrate] table already"),
        ("lifeops-migrate.toml", "", "this folder is configured already"),
        ("pyproject.toml", "[tool\n", "cannot be read as TOML"),
        ("pyproject.toml", "tool = { x = 1 }\n", "a table cannot be added to its `tool`"),
    ],
)
def test_it_refuses_where_it_could_do_harm(folder: Path, name: str, content: str, reason: str) -> None:
    (folder / name).write_text(content)
    code, said = init(folder)
    assert code == 2
    assert reason in said
    assert "nothing was written" in said
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(name, content)]


def test_undo_takes_it_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "pyproject.toml").write_bytes(b"[project]\n")
    init(folder)
    assert run_command(["undo"], sys.stdin, StringIO(), StringIO()) == 0
    assert (folder / "pyproject.toml").read_bytes() == b"[project]\n"
