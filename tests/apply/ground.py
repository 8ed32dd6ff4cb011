"""The ground the apply tests stand on: small projects, plans for them, and disks that fail or stop."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lifeops_codemods.apply.disk import Disk
from lifeops_codemods.plan.model import FilePlan, Migration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Tree = dict[str, tuple[str, int, bytes]]


Fault = Callable[[int, str, tuple[Any, ...]], None]
"""What happens before an operation, by its number, name and arguments."""


class Killed(BaseException):
    """The simulated death of the process: nothing may be cleaned up after it."""


def plan(root: Path, after: Mapping[str, bytes], *, proofs: tuple[str, ...] = ()) -> Migration:
    """The migration that gives these files these bytes; a file that is not there is created."""
    files = tuple(_file_plan(root, path, content) for path, content in sorted(after.items()))
    read = {path: hashlib.sha256((root / path).read_bytes()).hexdigest() for path in proofs}
    return Migration(root=root, rules=(), files=files, read=read)


def _file_plan(root: Path, path: str, content: bytes) -> FilePlan:
    target = root / path
    before = target.read_bytes() if target.exists() else None
    text = (before or b"").decode("utf-8", "replace")
    return FilePlan(path, text, content.decode("utf-8", "replace"), before, content, ())


def write(root: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def tree(root: Path) -> Tree:
    """Everything below `root` but git's own: kind, mode and content by path."""
    found: Tree = {}
    for folder, names, files in os.walk(root):
        if ".git" in names:
            names.remove(".git")
        for name in names + files:
            path = os.path.join(folder, name)
            info = os.lstat(path)
            kinds = {stat.S_IFLNK: "link", stat.S_IFDIR: "folder", stat.S_IFREG: "file"}
            kind = kinds.get(stat.S_IFMT(info.st_mode), "other")
            content = b""
            if kind == "file":
                with open(path, "rb") as file:
                    content = file.read()
            found[os.path.relpath(path, root)] = (kind, info.st_mode, content)
    return found


def git(root: Path, *arguments: str, **environment: str) -> str:
    """Run git as its user would, with nothing of the machine's own configuration."""
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *author, *arguments]
    done = subprocess.run(
        command, cwd=root, env={**settings, **environment}, capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


def repository(root: Path, files: Mapping[str, bytes]) -> None:
    """A git repository at `root` with these files committed."""
    root.mkdir(parents=True, exist_ok=True)
    write(root, files)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "start")


@dataclass
class FaultyDisk(Disk):
    """The real disk, less the waiting for the medium, where `fault` sees the number of each operation before it runs.

    `fault` may raise, or end the process. A write that it stops has written half of its data. Descriptors that a
    simulated death leaves open are closed by `reboot`, as the kernel would.
    """

    fault: Fault = lambda number, name, arguments: None
    count: int = 0
    calls: list[str] = field(default_factory=list)
    descriptors: set[int] = field(default_factory=set)

    def __getattribute__(self, name: str) -> Any:
        attribute = super().__getattribute__(name)
        if name.startswith("_") or name not in OPERATIONS:
            return attribute
        return lambda *arguments: self.operate(name, attribute, arguments)

    def operate(self, name: str, operation: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        self.count += 1
        self.calls.append(name)
        try:
            self.fault(self.count, name, arguments)
        except BaseException:
            if name == "write":
                os.write(arguments[0], arguments[1][: len(arguments[1]) // 2])
            if name == "close" and arguments[0] in self.descriptors:
                self.descriptors.discard(arguments[0])
                os.close(arguments[0])
            raise
        if name == "flush":
            os.lstat(arguments[0])
            return None
        result = operation(*arguments)
        if name in {"create", "append", "open_lock"}:
            self.descriptors.add(result)
        if name == "close":
            self.descriptors.discard(arguments[0])
        return result

    def reboot(self) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors.clear()


OPERATIONS = {name for name in vars(Disk) if not name.startswith("_")}
