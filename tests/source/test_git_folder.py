"""What git's own files say, in each form in which git writes them."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.source.discovery import discover
from lifeops_codemods.source.git_folder import GitFolder, git_top

if TYPE_CHECKING:
    from pathlib import Path

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git writes what is read here")


def git(top: Path, *arguments: str) -> None:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    subprocess.run(["git", *arguments], cwd=top, env=environment, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that ignores `lib/` and tracks files in it all the same."""
    top = tmp_path / "top"
    for path in ("app/lib/a.py", "app/lib/deep/b.py", "app/lib/stray.py", "app/main.py", "lib/x.py"):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).touch()
    (top / ".gitignore").write_text("lib/\n")
    git(top, "init", "-q")
    return top


@needs_git
@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_tracked_files_are_read_though_ignored(repository: Path, version: str) -> None:
    git(repository, "config", "index.version", version)
    git(repository, "add", "-f", "app/lib/a.py", "app/lib/deep/b.py", "app/main.py")
    git(repository, "add", "-N", "-f", "lib/x.py")  # an intended file has the extended flags of version 3
    assert discover(repository).files == ("app/lib/a.py", "app/lib/deep/b.py", "app/main.py", "lib/x.py")
    assert discover(repository / "app").files == ("lib/a.py", "lib/deep/b.py", "main.py")


@needs_git
def test_ignored_files_that_are_not_tracked_stay_out(repository: Path) -> None:
    assert discover(repository).files == ("app/main.py",)


@needs_git
def test_a_folder_is_tracked_by_what_is_in_it(repository: Path) -> None:
    git(repository, "add", "-f", "app/lib/deep/b.py")
    folder = GitFolder(repository)
    assert [folder.tracks(path) for path in ("app", "app/lib", "app/lib/deep/b.py")] == [True] * 3
    assert [folder.tracks(path) for path in ("ap", "app/li", "app/lib/a.py", "lib", "zzz")] == [False] * 5


@needs_git
def test_a_worktree_has_its_own_index_and_shares_the_excludes(repository: Path, tmp_path: Path) -> None:
    git(repository, "add", ".gitignore", "app/main.py")
    git(repository, "commit", "-q", "-m", "x")
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "exclude").write_text("secret.py\n")
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"))
    for path in ("secret.py", "lib/y.py"):
        (tmp_path / "tree" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "tree" / path).touch()
    git(tmp_path / "tree", "add", "-f", "lib/y.py")
    assert discover(tmp_path / "tree").files == ("app/main.py", "lib/y.py")


@pytest.mark.parametrize(
    "index",
    [
        b"",
        b"DIRC",
        b"what is this, git?",
        b"DIRC\0\0\0\x09\0\0\0\x01",
        b"DIRC\0\0\0\x02\xff\xff\xff\xff",
        b"DIRC\0\0\0\x02\0\0\0\x01" + b"\xff" * 70,
        b"DIRC\0\0\0\x04\0\0\0\x01" + b"\xff" * 70,
    ],
)
def test_an_index_that_is_not_understood_tracks_nothing(tmp_path: Path, index: bytes) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(index)
    assert not GitFolder(tmp_path).tracks("a.py")


def test_the_top_is_the_nearest_folder_with_git_in_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert git_top(tmp_path / "a" / "b") == tmp_path
    (tmp_path / "a" / ".git").write_text("gitdir: x")
    assert git_top(tmp_path / "a" / "b") == tmp_path / "a"
