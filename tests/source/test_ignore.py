"""What git ignores is ignored, no more and no less; git itself is the judge."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.source.discovery import discover
from lifeops_codemods.source.ignore import Patterns

if TYPE_CHECKING:
    from pathlib import Path

GIT = shutil.which("git")
NAMES = ["a", "b", "ab", "a b", "x1", "foo", "été", "new\nline"]
FILES = ["m.py", "mm.py", "x.py", "a.py", "b.py"]
SEGMENTS = ["a", "b", "ab", "*", "?", "**", "a*", "*b", "*a*b*", "[ab]", "[!a]", "foo", "été", "x?", "x[0-9]", "*.py"]
SEGMENTS += ["m*.py", "m.py", "\\a", "a\\*", "**b", "f**o", "a\\ b", "[a-b]*", "[z-a]"]


def git(top: Path, *arguments: str) -> bytes:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(["git", *arguments], cwd=top, env=environment, check=True, capture_output=True).stdout


def pattern(choose: random.Random) -> str:
    path = "/".join(choose.choice(SEGMENTS) for _ in range(choose.choice([1, 1, 1, 2, 2, 3])))
    start, end = choose.choice(["", "", "", "/"]), choose.choice(["", "", "/", "/", "/**", "/*"])
    return f"{choose.choice(['', '', '', '!'])}{start}{path}{end}{choose.choice(['', '', '', ' ', chr(13)])}"


def ignore_file(choose: random.Random) -> str:
    return "".join(f"{choose.choice(['# c', '', *[pattern(choose)] * 3])}\n" for _ in range(choose.randint(1, 4)))


def plant(top: Path, choose: random.Random) -> None:
    """Make a repository at `top` with random folders, files, ignore files and, at times, tracked files."""
    git(top, "init", "-q")
    folders = [top]
    for _ in range(12):
        folder = choose.choice(folders) / choose.choice(NAMES)
        if folder not in folders:
            folder.mkdir()
            folders.append(folder)
    for folder in folders:
        for name in choose.sample(FILES, 3):
            (folder / name).touch()
    for folder in choose.sample(folders, min(3, len(folders))):
        (folder / ".gitignore").write_text(ignore_file(choose), newline="")
    (top / ".git" / "info" / "exclude").write_text(ignore_file(choose), newline="")
    if choose.random() < 0.4:
        git(top, "config", "index.version", choose.choice("234"))
        tracked = choose.sample(sorted(str(path.relative_to(top)) for path in top.rglob("*.py")), 2)
        git(top, "add", "-f", "--", *tracked)


@pytest.mark.skipif(GIT is None, reason="git is the judge")
@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_git_on_random_trees(tmp_path: Path, seed: int) -> None:
    plant(tmp_path, random.Random(seed))
    listed = git(tmp_path, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split(b"\0")
    expected = sorted(os.fsdecode(path) for path in listed if path.endswith(b".py"))
    assert list(discover(tmp_path).files) == expected


@pytest.mark.parametrize(
    ("line", "path", "folder", "verdict"),
    [
        ("build/", "build", True, True),
        ("build/", "build", False, None),
        ("build/", "a/build", True, True),
        ("/build", "a/build", True, None),
        ("a/b", "x/a/b", False, None),
        ("data/**", "data", True, None),
        ("data/**", "data/x", True, True),
        ("data/**/", "data", True, None),
        ("data/**/", "data/x", True, True),
        ("data/**/", "data/x", False, None),
        ("**/x", "x", False, True),
        ("a/**/b", "a/b", False, True),
        ("a/**/b", "a/x/y/b", False, True),
        ("*", "x", False, True),
        ("*/", "x", False, None),
        ("**", "a/b", False, True),
        ("!x", "x", False, False),
        ("\\!x", "!x", False, True),
        ("\\#x", "#x", False, True),
        ("# x", "# x", False, None),
        ("", "x", False, None),
        ("/", "x", True, None),
        ("//", "x", True, None),
        ("!", "x", True, None),
        ("[", "[", False, None),
        ("keep", "keep/x.py", False, None),
        ("a?c", "a\nc", False, True),
        ("**/x.py", "a\nb/x.py", False, True),
    ],
)
def test_one_pattern(line: str, path: str, folder: bool, verdict: bool | None) -> None:
    assert Patterns([line]).verdict(path, folder=folder) is verdict


def test_the_last_matching_pattern_decides() -> None:
    patterns = Patterns(["*.py", "!main.py", "/app/main.py"])
    assert patterns.verdict("x.py", folder=False) is True
    assert patterns.verdict("main.py", folder=False) is False
    assert patterns.verdict("app/main.py", folder=False) is True


def test_a_hostile_pattern_takes_no_time() -> None:
    patterns = Patterns(["a*" * 40 + "b", "*?a" * 40 + "b"])
    start = time.perf_counter()
    assert patterns.verdict("a" * 250, folder=False) is None
    assert time.perf_counter() - start < 1
    assert patterns.verdict("a" * 250 + "b", folder=False) is True
