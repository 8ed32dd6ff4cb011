"""The trees that are measured: the pinned projects, all of them in one, and copies side by side as in a monorepo."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from checks.places import CORPORA

TREES = Path(os.environ.get("BENCH_HOME", Path.home() / ".cache" / "lifeops-bench"))
"""In no repository: the tools go by the ignore files and the settings of folders above."""
DIGESTS = Path(__file__).with_name("trees.toml")
BIG = "big"
PROJECTS = {
    "basic-memory": "src",
    "conda-store-server": ".",
    "dstack": "src",
    "ethyca-fides": "src",
    "fief-server": ".",
    "fmn": ".",
}
"""The pinned ones, and where in each its packages lie."""
PACKAGES = ("basic_memory", "conda_store_server", "dstack", "fides", "fief", "fmn")
WORD = re.compile(rb"\b(" + b"|".join(name.encode() for name in PACKAGES) + rb")\b")
KEPT = {".py", ".pyi", ".toml", ".cfg", ".ini"}
"""What a copy is made of: the code, and what tells tools how a project is laid out."""


class Size(NamedTuple):
    """How much Python a tree holds."""

    files: int
    lines: int
    megabytes: float

    def __str__(self) -> str:
        return f"{self.files:,} files, {self.lines:,} lines, {self.megabytes:.1f} MB of Python"


def tree(name: str) -> Path:
    """The folder of a pinned project, or of all of them, as its digest says. Ends the program where it differs."""
    folder = TREES / name
    wanted = tomllib.loads(DIGESTS.read_text())[name]
    if folder.exists() and digest(folder) != wanted:
        shutil.rmtree(folder)
    if not folder.exists():
        if name == BIG:
            for one in PROJECTS:
                _get(one, folder / one)
        else:
            _get(name, folder)
    if (found := digest(folder)) != wanted:
        sys.exit(f"{name}: its content has the digest {found}, and {wanted} is pinned in {DIGESTS.name}")
    return folder


def changed() -> list[str]:
    """The trees that are not what they were: somebody wrote to them."""
    wanted = tomllib.loads(DIGESTS.read_text())
    return [name for name in wanted if (TREES / name).exists() and digest(TREES / name) != wanted[name]]


def _get(name: str, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(CORPORA / "get.py"), name, "--copy", str(folder)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    for made in [folder / ".git", *folder.rglob("__pycache__"), *folder.rglob(".pytest_cache")]:
        shutil.rmtree(made)


def digest(folder: Path) -> str:
    """One hash of all paths and of what the files hold."""
    found = hashlib.sha256()
    for path in sorted(_files(folder), key=lambda path: path.as_posix()):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0")
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def source_folders(name: str) -> list[str]:
    """Where the packages lie, from the top of the tree."""
    if name == BIG:
        return [Path(one, root).as_posix() for one, root in PROJECTS.items()]
    return [PROJECTS[name]]


def roots_of_copies(folder: Path) -> list[str]:
    """The same for copies of the big tree."""
    numbers = sorted(int(copy.name[1:]) for copy in folder.iterdir())
    renamed = {number: {_renamed_path(one, number): root for one, root in PROJECTS.items()} for number in numbers}
    return [Path(f"c{number}", one, root).as_posix() for number, all_ in renamed.items() for one, root in all_.items()]


def size(folder: Path) -> Size:
    """Counted, not estimated."""
    texts = [path.read_bytes() for path in _files(folder) if path.suffix == ".py"]
    return Size(len(texts), sum(text.count(b"\n") for text in texts), sum(map(len, texts)) / 1e6)


def copies(original: Path, count: int, folder: Path) -> Path:
    """`folder` with that many copies of a tree in c1, c2, …, whose packages have names of their own.

    The copy of the package `fmn` in c2 is `fmn_2`, and so is every word `fmn` in its code: no copy imports another's.
    """
    for number in range(1, count + 1):
        target = folder / f"c{number}"
        if not target.exists():
            _copy(original, target, number)
    return folder


def _copy(original: Path, target: Path, number: int) -> None:
    for path in _files(original):
        if path.suffix in KEPT:
            made = target / _renamed_path(path.relative_to(original).as_posix(), number)
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_bytes(_renamed(path.read_bytes(), number))


def _renamed_path(path: str, number: int) -> str:
    return _renamed(path.encode(), number).decode()


def _renamed(text: bytes, number: int) -> bytes:
    return WORD.sub(rb"\1_%d" % number, text)
