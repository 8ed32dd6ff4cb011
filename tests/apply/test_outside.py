"""The same from outside: a real process under strace, killed, interrupted and failed at its system calls; a full disk.

With LIFEOPS_FAULTS=all, as `make faults` sets it, at every call; otherwise at a spread of them.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import lifeops_codemods
from lifeops_codemods.apply import recover

from .ground import tree
from .test_faults import EXHAUSTIVE, NEW, Scene, made_scene

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = (
    *("write", "fsync", "rename", "renameat2", "unlink", "mkdir", "rmdir", "fchmod", "chmod", "fchown", "fsetxattr"),
    *("ftruncate", "flock", "openat"),
)
"""System calls that change something, and those that open what will be changed."""
OPEN = {"openat"}
STRACE = shutil.which("strace")
DRIVER = """\
import base64, json, sys
from pathlib import Path
from lifeops_codemods.apply import ApplyError, Interrupted, Refused, apply
from lifeops_codemods.plan.model import FilePlan, Migration
import lifeops_codemods.apply.writing

def main(root, state, plan):
    def bytes_of(text):
        return None if text is None else base64.b64decode(text)
    files = []
    for path, before, after in json.loads(Path(plan).read_text()):
        before, after = bytes_of(before), bytes_of(after)
        files.append(FilePlan(path, "", after.decode("latin-1"), before, after, ()))
    sys.stderr.flush()
    try:
        Path("/nothing/begins/here").exists()
        apply(Migration(root=Path(root), rules=(), files=tuple(files)), state_dir=Path(state))
    except (ApplyError, Refused) as error:
        print(error, file=sys.stderr)
        sys.exit(4)
    except Interrupted as interruption:
        sys.exit(interruption.exit_code)

main(*sys.argv[1:])
"""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    memory = Path("/dev/shm")
    folder = tmp_path_factory.mktemp("outside")
    if os.access(memory, os.W_OK):
        folder = memory / f"lifeops-outside-{os.getpid()}"
        folder.mkdir()
    try:
        scene = made_scene(folder)
        scene.reset()
        after = dict(NEW)
        after["linked.py"] = after.pop("real/r.py")
        (folder / "plan.json").write_text(json.dumps([_spelled(scene.root, *item) for item in after.items()]))
        (folder / "driver.py").write_text(DRIVER)
        yield scene
    finally:
        shutil.rmtree(folder)


def _spelled(root: Path, path: str, after: bytes) -> list[str | None]:
    before = (root / path).read_bytes() if (root / path).exists() else None
    return [path, None if before is None else base64.b64encode(before).decode(), base64.b64encode(after).decode()]


def applied(scene: Scene, *before: str) -> subprocess.CompletedProcess[str]:
    """An apply of the scene's plan in a process of its own, `before` it what runs it."""
    source = str(Path(lifeops_codemods.__file__).parents[1])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": source, "PYTHONDONTWRITEBYTECODE": "1"}
    driver, plan = scene.base.parent / "driver.py", scene.base.parent / "plan.json"
    command = [*before, sys.executable, "-S", *map(str, (driver, scene.root, scene.state, plan))]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def strace(*options: str) -> list[str]:
    assert STRACE is not None
    return [STRACE, "-f", "--seccomp-bpf", "-qq", *options]


@pytest.fixture(scope="module")
def calls(scene: Scene) -> list[tuple[str, int]]:
    """Every changing system call of an undisturbed apply, by its name and its number among those of the name."""
    if STRACE is None:
        pytest.skip("strace is not there")
    scene.reset()
    log = scene.base.parent / "calls"
    done = applied(scene, *strace("-o", str(log), "-e", f"trace={','.join(CALLS)},newfstatat,stat,statx"))
    assert done.returncode == 0, done.stderr
    assert scene.is_whole()
    return _numbered(log.read_text().split("\n"))


def _numbered(lines: list[str]) -> list[tuple[str, int]]:
    """Those after the driver's mark, and of those that open files only what is opened to write."""
    counts: Counter[str] = Counter()
    begun = False
    found: list[tuple[str, int]] = []
    for line in lines:
        call = re.match(r"(?:\d+ +)?(\w+)\(", line)
        if call is None:
            continue
        counts[call[1]] += 1
        begun = begun or "/nothing/begins/here" in line
        if begun and call[1] in CALLS and (call[1] not in OPEN or "O_WRONLY" in line or "O_RDWR" in line):
            found.append((call[1], counts[call[1]]))
    return found


def some(calls: list[tuple[str, int]], size: int) -> list[tuple[str, int]]:
    """All of them, or a spread."""
    return calls if EXHAUSTIVE else calls[:: max(1, len(calls) // size)]


def test_there_is_something_to_disturb(calls: list[tuple[str, int]]) -> None:
    names = Counter(name for name, _ in calls)
    assert names["rename"] >= 20
    assert names["fsync"] >= 40
    assert names["write"] >= 20


def test_killed_at_a_system_call(scene: Scene, calls: list[tuple[str, int]]) -> None:
    outcomes = set()
    for name, number in some(calls, 12):
        scene.reset()
        done = applied(scene, *strace("-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={number}"))
        assert done.returncode in {-signal.SIGKILL, 128 + signal.SIGKILL}, (name, number, done)
        recover(scene.root, scene.state)
        outcomes.add(scene.is_whole())
    assert outcomes == {True, False}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_at_a_system_call(scene: Scene, calls: list[tuple[str, int]], signum: signal.Signals) -> None:
    """Nothing is left to the next start: the process itself ends with all old or all new."""
    outcomes = Counter[bool]()
    name_of = signum.name.removeprefix("SIG")
    for name, number in some(calls, 8):
        scene.reset()
        done = applied(scene, *strace("-o", "/dev/null", "-e", f"inject={name}:signal={name_of}:when={number}"))
        new = scene.is_whole()
        outcomes[new] += 1
        assert done.returncode != 0, (name, number)
        assert new or done.returncode in {128 + signum, -signum}, (name, number, done)
    assert outcomes[False] > outcomes[True]


@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EROFS"])
def test_a_system_call_that_fails(scene: Scene, calls: list[tuple[str, int]], error: str) -> None:
    for name, number in some(calls, 8):
        scene.reset()
        done = applied(scene, *strace("-o", "/dev/null", "-e", f"inject={name}:error={error}:when={number}"))
        failed = done.returncode != 0
        assert tree(scene.root) == (scene.before if failed else scene.after), (name, number, done)
        assert not failed or done.returncode == 4, (name, number, done)
        recover(scene.root, scene.state)
        scene.is_whole()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_small_disk_that_fills(scene: Scene, tmp_path: Path) -> None:
    """With every size between one that holds the project alone and one that holds the apply as well."""
    whole: list[bool] = []
    for pages in range(44, 130, 1 if EXHAUSTIVE else 12):
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={pages * 4096},mode=755", "tmpfs", tmp_path], check=False
        )
        if mounted.returncode:
            pytest.skip("this system lets nobody mount")
        try:
            here = Scene(tmp_path / "scene", scene.before, scene.after)
            here.reset()
            for name in ("driver.py", "plan.json"):
                shutil.copy(scene.base.parent / name, tmp_path)
            done = applied(here)
            new = done.returncode == 0
            assert tree(here.root) == (here.after if new else here.before), done
            assert new or "No space left on device: free some space" in done.stderr, done
            if new:
                assert here.is_whole()
            whole.append(new)
        finally:
            subprocess.run(["umount", tmp_path], check=True)
    assert whole == sorted(whole)
    assert set(whole) == {True, False}
