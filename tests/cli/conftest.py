"""Every command here runs with a state and a cache of its own, whatever the machine's environment says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .making import Command

if TYPE_CHECKING:
    from pathlib import Path

_UNSET = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GITHUB_WORKSPACE", "COLORTERM")


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _UNSET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", ["lifeops-migrate"])
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project's folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "lifeops-migrate.toml").write_text("")
    return folder


@pytest.fixture
def command(root: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(monkeypatch, root)
