"""Whatever fails, and whenever the process dies: all old or all new, nothing left over, the file named.

An apply dies, and fails, at every operation where that is simulated. Real processes, which end with `os._exit`, and the
variations do so at every operation with LIFEOPS_FAULTS=all, and at a spread of them otherwise.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifeops_codemods.apply import ApplyError, Refused, apply, history, recover, undo
from lifeops_codemods.apply.taking_back import Stuck, take_back

from .ground import Fault, FaultyDisk, Killed, Tree, plan, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lifeops_codemods.apply.disk import Disk

EXHAUSTIVE = os.environ.get("LIFEOPS_FAULTS") == "all"
OLD = {f"app/part{number % 3}/file{number}.py": b"old %d\r\n" % number * 40 for number in range(17)} | {
    "real/r.py": b"r"
}
NEW = {path: content.replace(b"old", b"new!") for path, content in OLD.items()} | {
    "made/deep/one.py": b"one\n",
    "made/two.py": b"",
}
CANNOT_FAIL = {"real", "writable"}  # the operating system's answer, whatever it is, is no exception here
FAILURES = [errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EMFILE, errno.EXDEV, errno.EINTR]


@dataclass
class Scene:
    """A project of 20 targets, remade for each try. `before` and `after` are its trees without and with the plan."""

    base: Path
    before: Tree
    after: Tree

    @property
    def root(self) -> Path:
        return self.base / "project"

    @property
    def state(self) -> Path:
        return self.base / "state"

    def reset(self) -> None:
        shutil.rmtree(self.base, ignore_errors=True)
        write(self.root, OLD | {"proof.py": b"proof"})
        (self.root / "app/part0/file0.py").chmod(0o755)
        (self.root / "linked.py").symlink_to("real/r.py")

    def apply(self, disk: Disk) -> None:
        after = dict(NEW)
        after["linked.py"] = after.pop("real/r.py")
        apply(plan(self.root, after, proofs=("proof.py",)), state_dir=self.state, disk=disk)

    def undo(self, disk: Disk) -> None:
        undo(self.root, state_dir=self.state, disk=disk)

    def recover(self, disk: Disk) -> None:
        recover(self.root, self.state, disk=disk)

    def is_whole(self) -> bool:
        """Assert all old or all new, and a state that says the same; return whether it is all new."""
        now = tree(self.root)
        assert now in (self.before, self.after)
        names = set(tree(self.state)) if self.state.exists() else set()
        assert not {name for name in names if Path(name).parts[2:3] == ("active",)}
        assert len(history(self.root, self.state)) == (now == self.after)
        return now == self.after


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """In memory where the system has a place for that: what counts is the order of operations, not their time."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield made_scene(Path(folder))


def made_scene(folder: Path) -> Scene:
    scene = Scene(folder / "scene", {}, {})
    scene.reset()
    scene.before = tree(scene.root)
    scene.apply(FaultyDisk())
    scene.after = tree(scene.root)
    assert len([path for path in scene.after if scene.before.get(path) != scene.after[path]]) >= 20
    return scene


def operations(act: Callable[[Disk], None]) -> int:
    """How many operations `act` does when nothing fails."""
    disk = FaultyDisk()
    act(disk)
    return disk.count


def dying(number: int, death: Callable[[], None]) -> FaultyDisk:
    """A disk on which the process dies at this operation, and at those of the clean-ups that Python still runs."""

    def fault(count: int, name: str, arguments: tuple[Any, ...]) -> None:
        if count >= number:
            death()

    return FaultyDisk(fault)


def die() -> None:
    raise Killed


def failing(number: int, error: int, *, for_good: bool) -> FaultyDisk:
    """A disk that fails at this operation, once or from then on."""

    def fault(count: int, name: str, arguments: tuple[Any, ...]) -> None:
        if name not in CANNOT_FAIL and (count == number or (for_good and count > number)):
            raise OSError(error, os.strerror(error))

    return FaultyDisk(fault)


def kill(act: Callable[[Disk], None], number: int) -> None:
    """Let `act` die at this operation, in this process but without a clean-up."""
    disk = dying(number, die)
    with pytest.raises(Killed):
        act(disk)
    disk.reboot()


def kill_process(act: Callable[[Disk], None], number: int) -> None:
    """Let a process of its own die with `os._exit` at this operation of `act`."""
    child = os.fork()
    if child == 0:
        try:
            act(dying(number, lambda: os._exit(9)))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def sample(count: int, size: int) -> Iterator[int]:
    """All numbers up to `count`, or a spread of them."""
    yield from range(1, count + 1, 1 if EXHAUSTIVE else max(1, count // size))


def test_death_at_every_operation_of_an_apply(scene: Scene) -> None:
    scene.reset()
    outcomes = set()
    for number in range(1, operations(scene.apply) + 1):
        scene.reset()
        kill(scene.apply, number)
        recover(scene.root, scene.state)
        outcomes.add(scene.is_whole())
    assert outcomes == {True, False}


def test_death_of_a_real_process(scene: Scene) -> None:
    scene.reset()
    outcomes = set()
    for number in sample(operations(scene.apply), 60):
        scene.reset()
        kill_process(scene.apply, number)
        recover(scene.root, scene.state)
        outcomes.add(scene.is_whole())
    assert outcomes == {True, False}


def test_death_at_every_operation_of_an_undo(scene: Scene) -> None:
    outcomes = set()
    for number in sample(operations(scene.undo), 150):
        scene.reset()
        scene.apply(FaultyDisk())
        kill(scene.undo, number)
        recover(scene.root, scene.state)
        outcomes.add(scene.is_whole())
    assert outcomes == {True, False}


def test_death_of_a_real_process_in_an_undo(scene: Scene) -> None:
    for number in sample(operations(scene.undo), 20):
        scene.reset()
        scene.apply(FaultyDisk())
        kill_process(scene.undo, number)
        recover(scene.root, scene.state)
        scene.is_whole()


def test_death_in_the_recovery_after_a_death(scene: Scene) -> None:
    scene.reset()
    total = operations(scene.apply)
    for first in range(7, total + 1, 1 if EXHAUSTIVE else 23):
        scene.reset()
        kill(scene.apply, first)
        shutil.copytree(scene.base, scene.base.with_name("copy"), symlinks=True, dirs_exist_ok=True)
        for second in range(1, operations(scene.recover) + 1, 1 if EXHAUSTIVE else 5):
            shutil.rmtree(scene.base)
            shutil.copytree(scene.base.with_name("copy"), scene.base, symlinks=True)
            kill(scene.recover, second)
            recover(scene.root, scene.state)
            scene.is_whole()
        shutil.rmtree(scene.base.with_name("copy"))


@pytest.mark.parametrize("error", FAILURES, ids=errno.errorcode.get)
def test_failure_at_every_operation_of_an_apply(scene: Scene, error: int) -> None:
    scene.reset()
    for number in sample(operations(scene.apply), 200 if error == errno.EIO else 60):
        scene.reset()
        disk = failing(number, error, for_good=False)
        failure = outcome(scene.apply, disk)
        assert tree(scene.root) == (scene.before if failure else scene.after), (number, disk.calls[number - 1])
        assert failure is None or names_a_file(scene, failure), (number, disk.calls[number - 1], failure)
        recover(scene.root, scene.state)
        scene.is_whole()


@pytest.mark.parametrize("error", FAILURES, ids=errno.errorcode.get)
def test_failure_at_every_operation_of_an_undo(scene: Scene, error: int) -> None:
    for number in sample(operations(scene.undo), 100 if error == errno.EIO else 40):
        scene.reset()
        scene.apply(FaultyDisk())
        disk = failing(number, error, for_good=False)
        failure = outcome(scene.undo, disk)
        assert tree(scene.root) == (scene.after if failure else scene.before), (number, disk.calls[number - 1])
        assert failure is None or names_a_file(scene, failure), (number, disk.calls[number - 1], failure)
        recover(scene.root, scene.state)
        scene.is_whole()


def test_a_disk_that_fails_for_good(scene: Scene) -> None:
    """Then nothing can be put back at once, but the next start does."""
    scene.reset()
    for number in sample(operations(scene.apply), 100):
        scene.reset()
        failure = outcome(scene.apply, failing(number, errno.EIO, for_good=True))
        assert failure is None or names_a_file(scene, failure), (number, failure)
        recover(scene.root, scene.state)
        scene.is_whole()


def test_death_while_putting_back_after_a_failure(scene: Scene) -> None:
    """The user may have read that it failed: from then on there is no way but back."""
    scene.reset()
    disk = FaultyDisk()
    scene.apply(disk)
    renames = [number for number, name in enumerate(disk.calls, 1) if name == "rename"]
    for failed in (renames[0], renames[10], renames[-2], renames[-1]):
        scene.reset()
        total = operations_after_failure(scene, failed)
        for number in range(failed + 1, total + 1, 1 if EXHAUSTIVE else 3):
            scene.reset()
            disk = failing(failed, errno.EIO, for_good=False)
            disk.fault = one_after_the_other(disk.fault, dying(number, die).fault)
            with pytest.raises(Killed):
                scene.apply(disk)
            disk.reboot()
            recover(scene.root, scene.state)
            noted = number > failed + 2  # the journal was opened and written
            assert not (scene.is_whole() and noted), (failed, number)


def one_after_the_other(first: Fault, second: Fault) -> Fault:
    def fault(count: int, name: str, arguments: tuple[Any, ...]) -> None:
        first(count, name, arguments)
        second(count, name, arguments)

    return fault


def operations_after_failure(scene: Scene, failed: int) -> int:
    """How many operations an apply that fails at this one does in all."""
    disk = failing(failed, errno.EIO, for_good=False)
    assert outcome(scene.apply, disk)
    return disk.count


def outcome(act: Callable[[Disk], None], disk: Disk) -> str | None:
    """The message with which `act` failed; any other exception than our own fails the test."""
    try:
        act(disk)
    except (ApplyError, Refused) as failure:
        return str(failure)
    return None


def names_a_file(scene: Scene, message: str) -> bool:
    """Whether the message names a file or a folder, of the project or of the state directory."""
    return str(scene.base) in message or any(path in message for path in scene.after)


def test_apply_and_undo_clear_up_by_themselves(scene: Scene) -> None:
    scene.reset()
    for number in range(1, operations(scene.apply) + 1, 7):
        scene.reset()
        kill(scene.apply, number)
        refusal = outcome(scene.apply, FaultyDisk())
        assert refusal is None or "had been interrupted and was finished first" in refusal
        assert scene.is_whole()
        scene.reset()
        kill(scene.apply, number)
        refusal = outcome(scene.undo, FaultyDisk())
        assert refusal is None or "there is no run to undo" in refusal
        assert not scene.is_whole()


def test_taking_back_what_was_changed_since(scene: Scene) -> None:
    """For a run that a hook or a check said no to: it fails or dies at every operation, and the next try is whole."""
    changed = scene.root / "app/part1/file1.py"

    def start() -> str:
        scene.reset()
        scene.apply(FaultyDisk())
        changed.write_bytes(b"what a hook made of it\n")
        return history(scene.root, scene.state)[0].id

    def act(disk: Disk) -> None:
        take_back(scene.root, identifier, scene.state, disk=disk)

    identifier = start()
    for number in sample(operations(act), 60):
        for disturbed in (dying(number, die), failing(number, errno.ENOSPC, for_good=False)):
            identifier = start()
            stopped = False
            try:
                act(disturbed)
            except (Killed, Stuck):
                stopped = True
            disturbed.reboot()
            recover(scene.root, scene.state)
            now = tree(scene.root)
            assert stopped or now == scene.before
            if now != scene.before:
                assert changed.read_bytes() == b"what a hook made of it\n"
                act(FaultyDisk())
            kept = [path.read_bytes() for path in scene.state.glob("roots/*/set-aside/*/0-file1.py")]
            assert b"what a hook made of it\n" in kept
            assert not scene.is_whole()


def test_recover_writes_nothing_where_nothing_was_interrupted(tmp_path: Path) -> None:
    assert recover(tmp_path, tmp_path / "state") is None
    assert not (tmp_path / "state").exists()
