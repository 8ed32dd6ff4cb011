"""Which files are read and which are left out, in trees that were made to mislead."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.source.discovery import discover

if TYPE_CHECKING:
    from pathlib import Path


def make(root: Path, *paths: str) -> None:
    """Make empty files; a path that ends in a slash is a folder."""
    for path in paths:
        location = root / path
        location.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith("/"):
            location.mkdir(exist_ok=True)
        else:
            location.touch()


def files(root: Path) -> list[str]:
    return list(discover(root).files)


def skipped(root: Path, *exclude: str) -> dict[str, str]:
    return dict(discover(root, exclude=exclude).skipped)


def test_finds_python_files_sorted_with_posix_paths(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a/z.py", "a/b/c.py", "a.py", "stub.pyi", "x.PY", "readme", ".hidden.py", ".ci/run.py")
    assert files(tmp_path) == [".ci/run.py", ".hidden.py", "a.py", "a/b/c.py", "a/z.py", "b.py"]
    assert skipped(tmp_path) == {}


def test_finds_the_files_that_say_something_about_the_code(tmp_path: Path) -> None:
    wanted = ["alembic.ini", "api/pyproject.toml", "api/requirements-dev.txt", "migrations/script.py.mako", "setup.cfg"]
    make(tmp_path, *wanted, "notes.txt", "data.toml", "requirements.md")
    assert list(discover(tmp_path).others) == wanted


def test_an_empty_folder_is_an_empty_project(tmp_path: Path) -> None:
    assert discover(tmp_path).files == ()


@pytest.mark.parametrize("name", [".git", ".hg", ".svn", "__pycache__", ".tox", ".nox", ".mypy_cache", ".eggs"])
def test_caches_are_left_out_in_silence(tmp_path: Path, name: str) -> None:
    make(tmp_path, f"{name}/a.py", f"x/{name}/b.py" if name != ".git" else "x/b.py", f"{name}x/c.py")
    assert [path for path in files(tmp_path) if path != "x/b.py"] == [f"{name}x/c.py"]
    assert skipped(tmp_path) == {}


@pytest.mark.parametrize("name", [".venv", "venv", "node_modules", "vendor", "site-packages"])
def test_installed_packages_are_left_out_with_a_reason(tmp_path: Path, name: str) -> None:
    make(tmp_path, f"api/{name}/a.py", f"api/{name}.py")
    assert files(tmp_path) == [f"api/{name}.py"]
    assert "installed packages" in skipped(tmp_path)[f"api/{name}"]


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/"])
def test_an_environment_is_known_by_its_mark_and_not_its_name(tmp_path: Path, mark: str) -> None:
    make(tmp_path, f"tools/{mark}", "tools/lib/a.py", "env/settings.py")
    assert files(tmp_path) == ["env/settings.py"]
    assert skipped(tmp_path) == {"tools": "a virtual environment"}


def test_the_root_itself_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    make(tmp_path, "vendor/a.py", "vendor/pyvenv.cfg", "vendor/.git/")
    assert files(tmp_path / "vendor") == ["a.py"]


def test_a_domain_called_build_is_read_and_a_built_copy_is_not(tmp_path: Path) -> None:
    make(tmp_path, "app/build/router.py", "app/dist/router.py", "setup.py", "build/lib/app/main.py")
    make(tmp_path, "api/pyproject.toml", "api/build/__init__.py", "api/build/lib/x.py")
    assert files(tmp_path) == [
        "api/build/__init__.py",
        "api/build/lib/x.py",
        "app/build/router.py",
        "app/dist/router.py",
        "setup.py",
    ]
    assert skipped(tmp_path) == {"build": "a copy that a build made"}


@pytest.mark.parametrize("mark", [".git/", ".git"])
def test_a_repository_within_is_left_out(tmp_path: Path, mark: str) -> None:
    make(tmp_path, "libs/other/a.py", f"libs/other/{mark}", "libs/own/b.py")
    assert files(tmp_path) == ["libs/own/b.py"]
    assert skipped(tmp_path) == {"libs/other": "a git repository of its own"}


def test_links_are_not_followed_and_say_where_they_lead(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, "real.py", "pkg/a.py", "__pycache__/c.py", "empty/")
    make(tmp_path, "secret.py", "outside/b.py", "rootless/d.py")
    (root / "file.py").symlink_to("real.py")
    (root / "folder").symlink_to("pkg", target_is_directory=True)
    (root / "unread.py").symlink_to("__pycache__/c.py")
    (root / "hollow").symlink_to("empty")
    (root / "up").symlink_to(".")
    (root / "out.py").symlink_to(tmp_path / "secret.py")
    (root / "outdir").symlink_to("../outside")
    (root / "twin").symlink_to("../rootless")
    (root / "broken.py").symlink_to("gone.py")
    (root / "loop.py").symlink_to("loop.py")
    (root / "chain.py").symlink_to("loop.py")
    (root / "readme").symlink_to("gone.txt")
    (root / "text").symlink_to("real.py")
    assert files(root) == ["pkg/a.py", "real.py"]
    assert skipped(root) == {
        "broken.py": "a link that leads nowhere",
        "chain.py": "a loop of links",
        "file.py": "a link to real.py, which is read itself",
        "folder": "a link to pkg, which is read itself",
        "hollow": "a link to empty, where no file is read",
        "loop.py": "a loop of links",
        "out.py": "a link that leaves the root",
        "outdir": "a link that leaves the root",
        "twin": "a link that leaves the root",
        "unread.py": "a link to __pycache__/c.py, where no file is read",
        "up": "a link to ., which is read itself",
    }


def test_a_root_that_is_a_link_is_read(tmp_path: Path) -> None:
    make(tmp_path, "root/a.py")
    (tmp_path / "root" / "b.py").symlink_to("a.py")
    (tmp_path / "link").symlink_to("root")
    assert files(tmp_path / "link") == ["a.py"]
    assert skipped(tmp_path / "link") == {"b.py": "a link to a.py, which is read itself"}


def test_pipes_sockets_and_folders_are_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "real.py", "folder.py/inner.py")
    os.mkfifo(tmp_path / "pipe.py")
    monkeypatch.chdir(tmp_path)  # a socket's address must be short
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("socket.py")
    assert files(tmp_path) == ["real.py"]
    assert set(skipped(tmp_path)) == {"folder.py", "pipe.py", "socket.py"}
    assert "pipe" in skipped(tmp_path)["pipe.py"]
    assert "folder" in skipped(tmp_path)["folder.py"]


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "open/a.py", "shut/b.py")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert files(tmp_path) == ["open/a.py"]
    (error,) = discover(tmp_path).errors
    assert (error.path, error.message) == ("shut", "cannot be listed, so nothing in it is read: permission denied")


def test_a_root_that_is_gone_is_told_and_does_not_raise(tmp_path: Path) -> None:
    (error,) = discover(tmp_path / "gone").errors
    assert (error.path, error.message.rpartition(": ")[2]) == (".", "no such file or directory")


def test_names_keep_their_bytes(tmp_path: Path) -> None:
    names = [os.fsdecode(name) for name in (b"caf\xe9.py", b"new\nline.py", b"\x1b[31m.py", "été.py".encode())]
    make(tmp_path, *names, *(f"{name}d/x.py" for name in names))
    assert set(files(tmp_path)) == {*names, *(f"{name}d/x.py" for name in names)}


def test_ignored_folders_are_not_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, ".git/", "app/a.py", "var/deep/b.py")
    (tmp_path / ".gitignore").write_text("var/\n")
    seen: list[str] = []
    scandir = os.scandir

    def note(path: str) -> object:
        seen.append(os.path.relpath(path, tmp_path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", note)
    assert files(tmp_path) == ["app/a.py"]
    assert sorted(seen) == [".", "app"]


def test_ignore_files_count_without_git_too(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "gen/b.py", "gen/keep.py")
    (tmp_path / "gen" / ".gitignore").write_text("*\n!keep.py\n")
    assert files(tmp_path) == ["a.py", "gen/keep.py"]


def test_ignore_files_above_the_root_count_up_to_the_repository(tmp_path: Path) -> None:
    make(
        tmp_path, "repo/.git/info/", "repo/api/app/a.py", "repo/api/app/b.py", "repo/api/app/c.py", "repo/api/app/d.py"
    )
    (tmp_path / ".gitignore").write_text("a.py\n")
    (tmp_path / "repo" / ".gitignore").write_text("/api/app/b.py\n")
    (tmp_path / "repo" / "api" / ".gitignore").write_text("/app/c.py\n")
    (tmp_path / "repo" / ".git" / "info" / "exclude").write_text("d.py\n")
    assert files(tmp_path / "repo" / "api" / "app") == ["a.py"]
    assert files(tmp_path / "repo") == ["api/app/a.py"]


def test_a_root_within_an_ignored_folder_is_read(tmp_path: Path) -> None:
    make(tmp_path, ".git/", "tmp/work/a.py", "tmp/work/b.py")
    (tmp_path / ".gitignore").write_text("/tmp/\n")
    (tmp_path / "tmp" / "work" / ".gitignore").write_text("b.py\n")
    assert files(tmp_path) == []
    assert files(tmp_path / "tmp" / "work") == ["a.py"]


def test_an_ignore_file_that_is_a_link_says_nothing(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    (tmp_path / "rules").write_text("a.py\n")
    (tmp_path / ".gitignore").symlink_to("rules")
    assert files(tmp_path) == ["a.py"]


def test_an_ignore_file_with_a_mark_and_odd_bytes_is_read(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b.py", os.fsdecode(b"c\xe9.py"))
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbfa.py\r\nc\xe9.py\r\n")
    assert files(tmp_path) == ["b.py"]


def test_ignored_links_are_left_out_in_silence(tmp_path: Path) -> None:
    make(tmp_path, "root/a.py", "elsewhere/")
    (tmp_path / "root" / ".gitignore").write_text("env\n")
    (tmp_path / "root" / "env").symlink_to("../elsewhere")
    assert skipped(tmp_path / "root") == {}


def test_excluded_paths_have_a_reason_once(tmp_path: Path) -> None:
    make(tmp_path, "legacy/a.py", "legacy/deep/b.py", "app/old.py", "app/new.py", "app/legacy/c.py")
    found = discover(tmp_path, exclude=["/legacy/", "old.*"])
    assert found.files == ("app/legacy/c.py", "app/new.py")
    assert dict(found.skipped) == {"legacy": "left out by `exclude`", "app/old.py": "left out by `exclude`"}


def test_an_exclude_can_bring_back_a_file(tmp_path: Path) -> None:
    make(tmp_path, "legacy/a.py", "legacy/keep.py")
    assert discover(tmp_path, exclude=["legacy/**", "!legacy/keep.py"]).files == ("legacy/keep.py",)


def test_an_exclude_cannot_bring_back_what_git_ignores(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    (tmp_path / ".gitignore").write_text("a.py\n")
    assert discover(tmp_path, exclude=["!a.py"]).files == ()


def test_a_thousand_files_are_found_in_no_time(tmp_path: Path) -> None:
    make(tmp_path, *(f"app/d{number % 100}/m{number}.py" for number in range(1000)))
    discover(tmp_path)
    start = time.process_time()
    assert len(discover(tmp_path).files) == 1000
    assert time.process_time() - start < 0.05
