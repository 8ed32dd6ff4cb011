"""How the others rename one class, and what their diffs show of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from measure.contest import Contestant
from measure.peers import program
from measure.section import counted
from measure.trees import source_folders

HERE = Path(__file__).parent


class Task(NamedTuple):
    """A class in a tree: `file` holds it, `module` is its dotted name."""

    tree: str
    file: str
    module: str
    name: str
    new: str


def libcst(task: Task) -> Contestant:
    names = ["--old_name", f"{task.module}.{task.name}", "--new_name", f"{task.module}.{task.new}"]
    quiet = ["--jobs", "1", "--unified-diff", "3", "--no-format", "--hide-progress"]

    def command(folder: Path, scratch: Path) -> list[str]:
        tool = [program("libcst", "python"), "-m", "libcst.tool"]
        return [*tool, "codemod", "rename.RenameCommand", *names, *quiet, "."]

    return Contestant("LibCST", command, seen=lambda printed: _counted(task, printed))


def rope(task: Task, roots: Callable[[Path], list[str]] | None = None) -> Contestant:
    """roots: where the packages of a tree lie that is not one of the pinned."""
    what = [task.file, task.name, task.new]

    def command(folder: Path, scratch: Path) -> list[str]:
        script = str(HERE / "rope_rename.py")
        folders = roots(folder) if roots else source_folders(task.tree)
        return [program("rope", "python"), script, str(folder), *what, *folders]

    return Contestant("rope", command, seen=lambda printed: _counted(task, printed))


def bowler(task: Task) -> Contestant:
    def command(folder: Path, scratch: Path) -> list[str]:
        script = str(HERE / "bowler_rename.py")
        return [program("bowler", "python"), script, str(folder), task.name, task.new]

    return Contestant("Bowler", command, seen=lambda printed: [*_counted(task, printed), *_unparsed(printed)])


def ast_grep(task: Task) -> Contestant:
    rewrite = ["run", "--lang", "python", "--pattern", task.name, "--rewrite", task.new, "--color", "never"]

    def command(folder: Path, scratch: Path) -> list[str]:
        return [program("ast-grep-cli", "ast-grep"), *rewrite, "."]

    return Contestant("ast-grep", command, seen=lambda printed: _drawn(task, printed))


def _counted(task: Task, printed: str) -> list[str]:
    """How many lines of how many files change, and what does not change with them."""
    added = [line[1:] for line in re.findall(rf"^\+(?!\+\+).*\b{task.new}\b.*$", printed, re.MULTILINE)]
    files = len(re.findall(r"^\+\+\+ ", printed, re.MULTILINE))
    return [f"{counted(len(added), 'line')} in {counted(files, 'file')}", *_missing(task, added)]


def _missing(task: Task, added: Sequence[str]) -> list[str]:
    """The kinds of places of which not one is renamed."""
    new = re.escape(task.new)
    kinds: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("the class statement keeps its name", re.compile(rf"^class {new}\b").match),
        ("uses such as `{0}.id` and `select({0})` keep theirs", re.compile(rf"\b{new}\.|\({new}\b(?!\()").search),
        ('the strings of `Mapped["{0}"]` keep theirs', re.compile(rf"\[[\"']{new}[\"']").search),
    )
    return [words.format(task.name) for words, found in kinds if not any(map(found, added))]


def _drawn(task: Task, printed: str) -> list[str]:
    """The same from ast-grep's own way to draw a diff: a line number and a bar before each line."""
    added = re.findall(rf"^ *\d+ *│\+(.*\b{task.new}\b.*)$", printed, re.MULTILINE)
    files = len(re.findall(r"^[^│\n@]+\.py$", printed, re.MULTILINE))
    return [f"{counted(len(added), 'line')} in {counted(files, 'file')}", *_missing(task, added)]


def _unparsed(printed: str) -> list[str]:
    count = len(re.findall(r"Can't parse \S+: ", printed))
    return [f"{counted(count, 'file')} left out that it cannot parse"] if count else []
