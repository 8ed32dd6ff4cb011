"""What discovery found is given back without looking, where nothing that it looked at has changed, and only there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lifeops_codemods.replay import tree
from lifeops_codemods.replay.tree import discovered
from lifeops_codemods.source import discovery
from lifeops_codemods.source.discovery import Discovery, discover

FILES = {
    "a.py": "",
    "app/b.py": "",
    "app/.gitignore": "old_*.py\n",
    "app/old_c.py": "",
    "build/d.py": "",
    "docs/readme.md": "",
    "vendor/e.py": "",
    ".git/HEAD": "",
    ".git/info/exclude": "/build/\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that was last changed long ago, as the clock of the status tells."""
    monkeypatch.setattr("lifeops_codemods.replay.status.SETTLED", -(10**12))
    for path, text in FILES.items():
        write(tmp_path / "top/root" / path, text)
    (tmp_path / "top/root/link.py").symlink_to("app/b.py")
    (tmp_path / "top/root/notes").symlink_to("docs")
    return tmp_path / "top/root"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def again(root: Path, *exclude: str) -> Discovery:
    return discovered(root.parent.parent / "cache", root, exclude)


def is_given_back(monkeypatch: pytest.MonkeyPatch, root: Path, *exclude: str) -> bool:
    asked: list[Path] = []
    original = discovery.explore

    def explore(root: Path, **given: Any) -> Any:
        asked.append(root)
        return original(root, **given)

    with monkeypatch.context() as patch:
        patch.setattr(discovery, "explore", explore)
        again(root, *exclude)
    return not asked


def test_it_is_what_discovery_finds(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = discover(root)
    assert found.files == ("a.py", "app/b.py")
    assert {one.path for one in found.skipped} == {"link.py", "notes", "vendor"}
    assert again(root) == found
    assert is_given_back(monkeypatch, root)
    assert again(root) == found


def change_an_ignore_file(root: Path) -> None:
    write(root / "app/.gitignore", "b.py\n")


def change_what_git_excludes(root: Path) -> None:
    write(root / ".git/info/exclude", "/app/\n")


def take_the_ignore_file_away(root: Path) -> None:
    (root / "app/.gitignore").unlink()


def make_a_file(root: Path) -> None:
    write(root / "docs/f.py", "")


def make_a_folder(root: Path) -> None:
    (root / "app/more").mkdir()
    write(root / "app/more/f.py", "")


def put_a_folder_in_a_files_place(root: Path) -> None:
    (root / "app/b.py").unlink()
    (root / "app/b.py").mkdir()


def let_a_link_lead_elsewhere(root: Path) -> None:
    (root / "docs").rename(root / "build/docs")


def make_it_a_repository_no_more(root: Path) -> None:
    (root / ".git").rename(root.parent / "git")


def make_it_a_part_of_a_repository(root: Path) -> None:
    (root / ".git").rename(root.parent / ".git")
    write(root.parent / ".gitignore", "/root/app/\n")


def make_it_a_repository_of_its_own(root: Path) -> None:
    write(root / "app/.git", "")


CHANGES: list[Callable[[Path], None]] = [
    change_an_ignore_file, change_what_git_excludes, take_the_ignore_file_away, make_a_file, make_a_folder,
    put_a_folder_in_a_files_place, let_a_link_lead_elsewhere, make_it_a_repository_no_more,
    make_it_a_part_of_a_repository, make_it_a_repository_of_its_own,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_looked_at_again(root: Path, change: Callable[[Path], None]) -> None:
    before = again(root)
    change(root)
    found = again(root)
    assert found == discover(root)
    assert found != before
    assert again(root) == found


def test_an_ignore_file_above_the_root_counts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".git").rename(root.parent / ".git")
    again(root)
    assert is_given_back(monkeypatch, root)
    write(root.parent / ".gitignore", "b.py\n")
    assert again(root).files == discover(root).files == ("a.py", "build/d.py")


def test_a_file_that_changes_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again(root)
    write(root / "app/b.py", "x = 1\n")
    assert is_given_back(monkeypatch, root)


def test_each_exclusion_is_found_by_itself(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again(root)
    assert again(root, "/app/").files == ("a.py",)
    assert is_given_back(monkeypatch, root, "/app/")
    assert is_given_back(monkeypatch, root)


def test_a_status_that_is_too_young_says_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file can appear within the clock's resolution, and its folder keep its status."""
    monkeypatch.setattr("lifeops_codemods.replay.status.SETTLED", 10**12)
    again(root)
    assert not is_given_back(monkeypatch, root)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root can list everything")
def test_a_folder_that_cannot_be_listed_is_asked_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "app").chmod(0o000)
    try:
        assert again(root).errors
        assert not is_given_back(monkeypatch, root)
    finally:
        (root / "app").chmod(0o755)


def test_without_a_cache_nothing_is_kept(root: Path) -> None:
    assert discovered(None, root) == discover(root)
    assert not (root.parent.parent / "cache").exists()


def test_another_program_looks_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again(root)
    monkeypatch.setattr(tree, "own_program", lambda: "mended")
    assert not is_given_back(monkeypatch, root)
