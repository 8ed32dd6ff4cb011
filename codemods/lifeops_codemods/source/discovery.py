"""Which files of a project are read, and which are left out and why.

Left out in silence is what everybody expects: git's own folder, caches, and what git ignores. A file that git tracks is
not ignored by git, whatever the patterns say, so it is read. The user's global ignore file is not asked: what a run
reads must not depend on who runs it.
"""

from __future__ import annotations

import errno
import os
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifeops_codemods.outcome import FileError, Skipped
from lifeops_codemods.source.git_folder import GitFolder, git_top
from lifeops_codemods.source.ignore import NOTHING, Layers, Patterns, ignored, layer_of, layers_above
from lifeops_codemods.source.looked import Discovery as Discovery
from lifeops_codemods.source.looked import Link, Looked, followed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EXPECTED = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".tox", ".nox", ".eggs", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
INSTALLED = frozenset({".venv", "venv", "node_modules", "vendor", "site-packages"})
OTHERS = frozenset({"pyproject.toml", "ruff.toml", ".ruff.toml", "setup.cfg"})
OTHER_ENDS = (".ini", ".mako")
BUILT_BY = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})


def discover(root: Path, *, exclude: Sequence[str] = ()) -> Discovery:
    """Find the files below `root`. `exclude` holds gitignore-style patterns relative to it.

    Raises nothing: what cannot be looked at is among `errors`. Bytes of a name that are no UTF-8 become surrogates.
    """
    return explore(root, exclude=exclude)[0]


def explore(root: Path, *, exclude: Sequence[str] = ()) -> tuple[Discovery, Looked]:
    """What `discover` finds, and all that the answer depends on besides its arguments."""
    root = root.resolve()
    top = git_top(root)
    git = GitFolder(top) if top is not None else None
    walk = _Walk(root, git, Patterns(exclude) if exclude else NOTHING)
    walk.stack.append(_Folder("", layers_above(root, git, walk.read)))
    while walk.stack:
        walk.enter(walk.stack.pop())
    walk.files.sort()
    walk.explain_links()
    skipped, errors = tuple(sorted(walk.skipped)), tuple(sorted(walk.errors))
    read = (*walk.read, *(git.read if git is not None else ()))
    looked = Looked(top, tuple(walk.listed), read, tuple(walk.followed))
    return Discovery(tuple(walk.files), tuple(sorted(walk.others)), skipped, errors), looked


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to enter. siblings: the names next to it. tracked_only: it is ignored, but git tracks files in it."""

    path: str
    layers: Layers
    siblings: frozenset[str] = frozenset()
    tracked_only: bool = False


@dataclass(slots=True)
class _Walk:
    """A walk over the tree below `root`: what is left to do, and what was found."""

    root: Path
    git: GitFolder | None
    exclude: Patterns
    stack: list[_Folder] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    errors: list[FileError] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    followed: list[Link] = field(default_factory=list)

    def enter(self, folder: _Folder) -> None:
        """Sort the entries of `folder` into files, folders to enter and skipped paths."""
        try:
            with os.scandir(os.path.join(self.root, folder.path)) as found:
                entries = list(found)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            self.errors.append(FileError(folder.path or ".", 0, f"cannot be listed, so nothing in it is read: {why}"))
            return
        self.listed.append(folder.path)
        names = frozenset(entry.name for entry in entries)
        if folder.path and (reason := _not_ours(folder, names)):
            self.skip(folder.path, reason)
            return
        if ".gitignore" in names and (layer := layer_of(self.root, folder.path, self.read)) is not None:
            folder = _Folder(folder.path, (*folder.layers, layer), folder.siblings, folder.tracked_only)
        for entry in entries:
            self.sort(entry, folder, names)

    def sort(self, entry: os.DirEntry[str], folder: _Folder, siblings: frozenset[str]) -> None:
        """Decide what happens to one entry of `folder`."""
        name = entry.name
        path = f"{folder.path}/{name}" if folder.path else name
        if entry.is_dir(follow_symlinks=False):
            self.sort_folder(name, path, folder, siblings)
        elif entry.is_symlink():
            self.sort_link(path, folder)
        elif (python := name.endswith(".py")) or _is_other(name):
            self.sort_file(entry, path, folder, self.files if python else self.others)

    def sort_folder(self, name: str, path: str, folder: _Folder, siblings: frozenset[str]) -> None:
        """Enter a folder later, or leave it out."""
        if name in EXPECTED:
            return
        is_ignored = folder.tracked_only or ignored(folder.layers, path, folder=True)
        if is_ignored and not self.tracked(path):
            return
        if self.exclude.verdict(path, folder=True):
            self.skip(path, "left out by `exclude`")
        elif name in INSTALLED:
            self.skip(path, f"a folder called {name} holds installed packages")
        elif name.endswith(".py"):
            self.skip(path, "a folder, though it is called like a Python file")
        else:
            self.stack.append(_Folder(path, folder.layers, siblings, is_ignored))

    def sort_file(self, entry: os.DirEntry[str], path: str, folder: _Folder, kind: list[str]) -> None:
        """Take a file of a kind that is read, or leave it out."""
        if self.is_left_out(path, folder):
            return
        if not entry.is_file(follow_symlinks=False):
            self.skip(path, "not a regular file but a pipe, a socket or a device")
        else:
            kind.append(path)

    def sort_link(self, path: str, folder: _Folder) -> None:
        """Leave out a symbolic link, with a reason if it could have led to Python files. Git ignores it as a file."""
        if self.is_left_out(path, folder):
            return
        link = followed(self.root, path)
        self.followed.append(link)
        target = link.target
        if target is None:
            if path.endswith(".py"):
                self.skip(path, "a loop of links" if link.error == errno.ELOOP else "a link that leads nowhere")
            return
        if not path.endswith(".py") and not link.is_folder:
            return
        inside = os.path.relpath(target, self.root)
        if inside == ".." or inside.startswith("../"):
            self.skip(path, "a link that leaves the root")
        else:
            self.links.append((path, inside))

    def is_left_out(self, path: str, folder: _Folder) -> bool:
        """Whether git ignores the file, or the configuration excludes it, which is noted."""
        if (folder.tracked_only or ignored(folder.layers, path, folder=False)) and not self.tracked(path):
            return True
        excluded = bool(self.exclude.verdict(path, folder=False))
        if excluded:
            self.skip(path, "left out by `exclude`")
        return excluded

    def tracked(self, path: str) -> bool:
        """Whether git tracks `path`, or a file below it."""
        if self.git is None:
            return False
        return self.git.tracks((self.root / path).relative_to(self.git.top).as_posix())

    def explain_links(self) -> None:
        """Note each link within the root, saying whether what it leads to is read. `files` must be sorted."""
        for path, target in self.links:
            end = "which is read itself" if self.is_read(target) else "where no file is read"
            self.skip(path, f"a link to {target}, {end}")

    def is_read(self, target: str) -> bool:
        """Whether `target` is a file that is read, or a folder with one."""
        if target == ".":
            return bool(self.files)
        at = bisect_left(self.files, target)
        below = bisect_left(self.files, f"{target}/")
        return target in self.files[at : at + 1] or any(
            path.startswith(f"{target}/") for path in self.files[below : below + 1]
        )

    def skip(self, path: str, reason: str) -> None:
        self.skipped.append(Skipped(path, reason))


def _not_ours(folder: _Folder, names: frozenset[str]) -> str | None:
    """Return why a folder below the root, which holds `names`, is not the project's own code; None if it is."""
    if ".git" in names:
        return "a git repository of its own"
    if "pyvenv.cfg" in names or "conda-meta" in names:
        return "a virtual environment"
    if folder.path.rpartition("/")[2] == "build" and folder.siblings & BUILT_BY and _is_build_output(names):
        return "a copy that a build made"
    return None


def _is_build_output(names: frozenset[str]) -> bool:
    """Whether a folder that holds `names` looks as setuptools leaves its `build`: a domain may be called so too."""
    return "__init__.py" not in names and any(name == "lib" or name.startswith(("lib.", "bdist.")) for name in names)


def _is_other(name: str) -> bool:
    """Whether it is the name of a file that says something about the Python files."""
    return name in OTHERS or name.endswith(OTHER_ENDS) or (name.startswith("requirements") and name.endswith(".txt"))
