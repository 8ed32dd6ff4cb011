"""Two runs at once, signals, changes and tampering between a death and the next start."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import lifeops_codemods
from lifeops_codemods.apply import ApplyError, Interrupted, Refused, apply, history, recover, undo
from lifeops_codemods.apply.disk import Disk
from lifeops_codemods.apply.journal import Phase, mark, read_journal
from lifeops_codemods.apply.state import place_of

from .ground import FaultyDisk, Killed, plan, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable

PATHS = [f"app/f{number}.py" for number in range(6)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(root, dict.fromkeys(PATHS, b"old\n"))
    return root


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def at_rename(number: int, act: Callable[[], None]) -> FaultyDisk:
    """A disk that does `act` before this rename of a target."""
    seen = []

    def fault(count: int, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "rename" and arguments[1].endswith(".py"):
            seen.append(arguments)
            if len(seen) == number:
                act()

    return FaultyDisk(fault)


def interrupted(root: Path, state: Path, number: int) -> None:
    """An apply that died before this rename."""
    dead = False

    def die() -> None:
        nonlocal dead
        dead = True
        raise Killed

    disk = at_rename(number, die)
    first = disk.fault
    disk.fault = lambda count, name, arguments: die() if dead else first(count, name, arguments)
    with pytest.raises(Killed):
        apply(plan(root, dict.fromkeys(PATHS, b"new\n")), state_dir=state, disk=disk)
    disk.reboot()
    assert len({(root / path).read_bytes() for path in PATHS}) == (2 if number > 1 else 1)


def active(state: Path) -> Path:
    (folder,) = (state / "roots").iterdir()
    return folder / "active"


def test_two_at_once(root: Path, state: Path) -> None:
    refusals: list[str] = []

    def second() -> None:
        for act in (
            lambda: apply(plan(root, {PATHS[5]: b"2"}), state_dir=state),
            lambda: undo(root, state_dir=state),
            lambda: recover(root, state),
        ):
            with pytest.raises(Refused) as refusal:
                act()
            refusals.extend(refusal.value.reasons)

    apply(plan(root, dict.fromkeys(PATHS, b"new\n")), state_dir=state, disk=at_rename(3, second))
    assert len(refusals) == 3
    assert all(f"process {os.getpid()} is writing here" in reason for reason in refusals)
    assert {(root / path).read_bytes() for path in PATHS} == {b"new\n"}


def test_two_processes_at_once(root: Path, state: Path) -> None:
    """Many start together: those that get the lock while the files are still old write, and one of them does."""
    script = (
        "import sys; from pathlib import Path\n"
        "from lifeops_codemods.apply import apply, Refused\n"
        "from lifeops_codemods.plan.model import FilePlan, Migration\n"
        "root = Path(sys.argv[1]); new = sys.argv[3].encode()\n"
        "files = tuple(FilePlan(f'app/f{n}.py', 'old\\n', '', b'old\\n', new, ()) for n in range(6))\n"
        "sys.stdin.read()\n"
        "try: apply(Migration(root=root, rules=(), files=files), state_dir=Path(sys.argv[2]))\n"
        "except Refused as refusal: sys.exit(4)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(lifeops_codemods.__file__).parents[1])}
    command = [sys.executable, "-c", script, str(root), str(state)]
    processes = [
        subprocess.Popen([*command, f"new {number}"], env=environment, stdin=subprocess.PIPE) for number in range(5)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
    codes = [process.wait() for process in processes]
    assert sorted(codes) == [0, 4, 4, 4, 4]
    assert {(root / path).read_text() for path in PATHS} == {f"new {codes.index(0)}"}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_rolls_back(root: Path, state: Path, signum: signal.Signals) -> None:
    before = tree(root)
    handler = signal.getsignal(signum)
    disk = at_rename(4, lambda: signal.raise_signal(signum))
    with pytest.raises(Interrupted) as interruption:
        apply(plan(root, dict.fromkeys(PATHS, b"new\n")), state_dir=state, disk=disk)
    assert interruption.value.exit_code == 128 + signum
    assert tree(root) == before
    assert signal.getsignal(signum) is handler
    assert recover(root, state) is None


def test_a_signal_in_an_undo_rolls_back(root: Path, state: Path) -> None:
    apply(plan(root, dict.fromkeys([*PATHS, "made/new.py"], b"new\n")), state_dir=state)
    after = tree(root)
    with pytest.raises(KeyboardInterrupt):
        undo(root, state_dir=state, disk=at_rename(6, lambda: signal.raise_signal(signal.SIGINT)))
    assert tree(root) == after
    assert len(history(root, state)) == 1


def test_a_signal_that_came_too_late_reaches_its_handler(root: Path, state: Path) -> None:
    def fault(count: int, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "rename" and "runs" in arguments[1]:
            signal.raise_signal(signal.SIGTERM)

    caught: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda signum, frame: caught.append(signum))
    try:
        apply(plan(root, {PATHS[0]: b"new\n"}), state_dir=state, disk=FaultyDisk(fault))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert caught == [signal.SIGTERM]
    assert (root / PATHS[0]).read_bytes() == b"new\n"


def test_an_ignored_signal_stays_ignored(root: Path, state: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        disk = at_rename(2, lambda: os.kill(os.getpid(), signal.SIGHUP))
        apply(plan(root, dict.fromkeys(PATHS, b"new\n")), state_dir=state, disk=disk)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (root / PATHS[5]).read_bytes() == b"new\n"


def test_a_process_that_is_told_to_end(root: Path, state: Path) -> None:
    """From outside, more than once, in the middle of the renames."""
    before = tree(root)
    ready = state.parent / "ready"

    def wait() -> None:
        ready.touch()
        time.sleep(0.5)

    child = os.fork()
    if child == 0:
        try:
            apply(plan(root, dict.fromkeys(PATHS, b"new\n")), state_dir=state, disk=at_rename(3, wait))
        except Interrupted as interruption:
            os._exit(interruption.exit_code)
        finally:
            os._exit(1)
    while not ready.exists():
        time.sleep(0.01)
    os.kill(child, signal.SIGTERM)
    os.kill(child, signal.SIGINT)
    os.kill(child, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in {130, 143}
    assert tree(root) == before


def test_finished_forward_keeps_a_change_to_a_new_file(root: Path, state: Path) -> None:
    """What somebody wrote into a file that was already new is theirs, and the rest becomes new."""
    interrupted(root, state, 4)
    (root / PATHS[0]).write_bytes(b"new and mine\n")
    recovery = recover(root, state)
    assert recovery is not None
    assert (recovery.outcome, recovery.left) == ("finished", ())
    assert [(root / path).read_bytes() for path in PATHS] == [b"new and mine\n", *[b"new\n"] * 5]
    with pytest.raises(Refused, match=r"app/f0\.py: was changed after the run"):
        undo(root, state_dir=state)


def test_rolled_back_where_an_old_file_was_changed(root: Path, state: Path) -> None:
    interrupted(root, state, 4)
    (root / PATHS[5]).write_bytes(b"old and mine\n")
    recovery = recover(root, state)
    assert recovery is not None
    assert (recovery.outcome, recovery.left) == ("rolled back", (PATHS[5],))
    assert [(root / path).read_bytes() for path in PATHS] == [*[b"old\n"] * 5, b"old and mine\n"]
    assert Path(recovery.saved, "originals").read_bytes() == b"old\n" * 6
    assert {kind for kind, _, _ in tree(root).values()} == {"file", "folder"}
    assert len(tree(root)) == 7
    assert history(root, state) == []


def test_a_change_before_anything_was_replaced_is_not_even_noticed(root: Path, state: Path) -> None:
    interrupted(root, state, 1)
    for path in (root / "app").glob(".lifeops-*"):
        path.unlink()
    (root / PATHS[2]).write_bytes(b"mine\n")
    recovery = recover(root, state)
    assert recovery is not None
    assert recovery.outcome == "rolled back"
    assert (root / PATHS[2]).read_bytes() == b"mine\n"


def rewrite(journal: Path, change: Callable[[dict[str, Any]], object]) -> None:
    lines = [json.loads(line) for line in journal.read_bytes().split(b"\n") if line]
    change(lines[0])
    journal.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in lines))


TAMPERED: list[Callable[[dict[str, Any]], object]] = [
    lambda intent: intent["files"][0].__setitem__(0, "../outside/victim.py"),
    lambda intent: intent["files"][0].__setitem__(0, "app/../../outside/victim.py"),
    lambda intent: intent["files"][0].__setitem__(0, ".git/hooks/pre-commit"),
    lambda intent: intent["files"][0].__setitem__(0, "link/victim.py"),
    lambda intent: intent["folders"].append("../outside/empty"),
    lambda intent: intent["folders"].append("link/empty"),
    lambda intent: intent.__setitem__("token", "../../outside/x"),
    lambda intent: intent.__setitem__("id", "../../../outside"),
    lambda intent: intent.__setitem__("undoes", "../../../outside"),
    lambda intent: intent.__setitem__("kind", "undo"),
    lambda intent: intent.__setitem__("root", "/"),
    lambda intent: intent.__setitem__("schema", 2),
    lambda intent: intent.__setitem__("files", "x"),
    lambda intent: intent.__setitem__("files", [[]]),
    lambda intent: intent["files"][0].__setitem__(0, None),
    lambda intent: intent["files"][0].__setitem__(1, 7),
    lambda intent: intent["files"][0].__setitem__(3, -1),
    lambda intent: intent.pop("time"),
]


@pytest.mark.parametrize("change", TAMPERED)
def test_a_tampered_journal_writes_nothing(
    root: Path, state: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    write(tmp_path, {"outside/victim.py": b"new\n"})
    (tmp_path / "outside/empty").mkdir()
    (root / "link").symlink_to(tmp_path / "outside")
    for kind in ("active", "run"):
        if kind == "active":
            interrupted(root, state, 3)
            journal = active(state) / "journal"
        else:
            run = apply(plan(root, dict.fromkeys(PATHS, b"newer\n")), state_dir=state)
            journal = active(state).parent / "runs" / run.id / "journal"
        rewrite(journal, change)
        before = tree(root), tree(tmp_path / "outside")
        with pytest.raises(Refused, match=r"journal|link|changed since|reached"):
            undo(root, state_dir=state)
        assert (tree(root), tree(tmp_path / "outside")) == before
        assert [found.files[0] for found in history(root, state)] in ([], ["link/victim.py"], [PATHS[0]])
        for path in (active(state) / "originals", active(state) / "journal"):
            path.unlink(missing_ok=True)
        for path in (root / "app").glob(".lifeops-*"):
            path.unlink()


def test_a_tampered_original_is_not_put_back(root: Path, state: Path) -> None:
    run = apply(plan(root, dict.fromkeys(PATHS, b"new\n")), state_dir=state)
    originals = active(state).parent / "runs" / run.id / "originals"
    originals.write_bytes(b"evil" * 6)
    with pytest.raises(ApplyError, match=r"the saved copy of app/f0\.py is damaged"):
        undo(root, state_dir=state)
    assert (root / PATHS[0]).read_bytes() == b"new\n"


def test_a_link_among_the_runs_is_not_followed(root: Path, state: Path, tmp_path: Path) -> None:
    write(tmp_path, {"outside/journal": b"x"})
    apply(plan(root, {PATHS[0]: b"0"}), state_dir=state)
    (active(state).parent / "runs/20000101-000000").symlink_to(tmp_path / "outside")
    for number in range(20):
        apply(plan(root, {PATHS[0]: b"new %d" % number}), state_dir=state)
    assert (tmp_path / "outside/journal").exists()
    assert not (active(state).parent / "runs/20000101-000000").is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_state_directory_of_somebody_else(root: Path, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    tmp_path.chmod(0o755)
    child = os.fork()
    if child == 0:
        try:
            for folder in [tmp_path, *tmp_path.parents][:3]:
                os.chmod(folder, 0o755)
            os.seteuid(12345)
            apply(plan(root, {PATHS[0]: b"new"}), state_dir=tmp_path / "state")
        except Refused as refusal:
            os._exit(4 if "is not a folder of yours" in str(refusal) else 5)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 4


def test_everything_is_flushed_before_the_first_rename_and_folders_after_the_last(root: Path, state: Path) -> None:
    """What a loss of power leaves is decided by this order, which no killed process can test."""
    log: list[tuple[str, str]] = []

    def fault(count: int, name: str, arguments: tuple[Any, ...]) -> None:
        if name in {"flush", "rename", "create"}:
            log.append((name, os.path.basename(arguments[-1 if name == "rename" else 0])))

    apply(plan(root, dict.fromkeys([*PATHS, "made/new.py"], b"new\n")), state_dir=state, disk=FaultyDisk(fault))
    first = next(index for index, (name, path) in enumerate(log) if name == "rename")
    last = max(index for index, (name, path) in enumerate(log) if name == "rename" and path.endswith(".py"))
    created = {path for name, path in log[:first] if name == "create"}
    assert created <= {path for name, path in log[:first] if name == "flush"}
    assert len(created) == 2 + 7
    assert log[first - 1] == ("flush", "journal")
    journal = log.index(("flush", "journal"))
    assert not [path for name, path in log[:journal] if path.startswith(".lifeops")]
    assert {"app", "made", "project"} <= {path for name, path in log[last:] if name == "flush"}
    assert stat.S_ISREG((root / "made/new.py").stat().st_mode)


def test_a_line_that_a_crash_cut_off_swallows_no_later_one(root: Path, state: Path) -> None:
    interrupted(root, state, 3)
    with (active(state) / "journal").open("ab") as journal:
        journal.write(b'{"phase":"retu')
    place = place_of(Disk(), root, state)
    mark(place, Phase.RETURNING)
    found = read_journal(place, place.active)
    assert found is not None
    assert found[1] is Phase.RETURNING
    recover(root, state)
    assert {(root / path).read_bytes() for path in PATHS} == {b"old\n"}
