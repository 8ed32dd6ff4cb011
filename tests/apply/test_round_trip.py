"""What apply writes is what was planned, and undo takes every byte of it back."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.apply import Refused, apply, history, undo

from .ground import git, plan, repository, tree, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(
        root, {"app/a.py": b"a = 1\r\n", "app/b.py": b"\xef\xbb\xbfb = 1", "c.py": b"c = '\xff'\n", "proof.py": b"x\n"}
    )
    return root


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_apply_and_undo(root: Path, state: Path) -> None:
    (root / "c.py").chmod(0o750)
    before = tree(root)
    migration = plan(root, {"app/a.py": b"A = 1\r\n", "c.py": b"C\x0c", "new/deep/d.py": b"d\n"}, proofs=("proof.py",))
    run = apply(migration, state_dir=state)
    assert run.files == ("app/a.py", "c.py", "new/deep/d.py")
    assert run.created == ("new/deep/d.py",)
    after = tree(root)
    assert after["app/a.py"][2] == b"A = 1\r\n"
    assert after["c.py"][1:] == (stat.S_IFREG | 0o750, b"C\x0c")
    assert after["new/deep/d.py"][2] == b"d\n"
    assert set(after) - set(before) == {"new", "new/deep", "new/deep/d.py"}
    assert [found.id for found in history(root, state)] == [run.id]
    assert undo(root, state_dir=state) == run
    assert tree(root) == before
    assert history(root, state) == []


def test_new_file_has_the_mode_of_any_new_file(root: Path, state: Path) -> None:
    write(root, {"as_usual.py": b""})
    apply(plan(root, {"made.py": b"x\n"}), state_dir=state)
    assert (root / "made.py").stat().st_mode == (root / "as_usual.py").stat().st_mode


def test_nothing_to_write(root: Path, state: Path) -> None:
    run = apply(plan(root, {"c.py": (root / "c.py").read_bytes()}), state_dir=state)
    assert (run.id, run.files) == ("", ())
    assert not state.exists()


def test_state_is_private(root: Path, state: Path) -> None:
    state.mkdir(mode=0o755)
    apply(plan(root, {"c.py": b"C"}), state_dir=state)
    modes = [mode for kind, mode, _ in tree(state).values() if kind == "folder"]
    assert {stat.S_IMODE(mode) for mode in [*modes, state.stat().st_mode]} == {0o700}


def test_odd_names(root: Path, state: Path) -> None:
    names = ["new\nline.py", "\udcff.py", "[red].py", "é.py", "\x1b[31m.py", " .py", "n" * 252 + ".py"]
    write(root, {os.fsdecode(name.encode("utf-8", "surrogateescape")): b"1\n" for name in names})
    before = tree(root)
    run = apply(plan(root, dict.fromkeys(names, b"2\n")), state_dir=state)
    assert set(run.files) == set(names)
    assert {content for name, (_, _, content) in tree(root).items() if name in names} == {b"2\n"}
    assert undo(root, state_dir=state).files == run.files
    assert tree(root) == before


@pytest.mark.skipif(sys.platform != "linux", reason="Python has extended attributes on Linux only")
def test_extended_attributes_and_owner_are_kept(root: Path, state: Path) -> None:
    path = root / "c.py"
    try:
        os.setxattr(path, "user.note", b"mine")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    owner = (12345, 54321) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(path, *owner)
    apply(plan(root, {"c.py": b"C"}), state_dir=state)
    assert os.getxattr(path, "user.note") == b"mine"
    assert (path.stat().st_uid, path.stat().st_gid) == owner
    undo(root, state_dir=state)
    assert os.getxattr(path, "user.note") == b"mine"
    assert (path.stat().st_uid, path.stat().st_gid) == owner


def test_runs_are_undone_one_after_the_other(root: Path, state: Path) -> None:
    before = tree(root)
    first = apply(plan(root, {"c.py": b"1", "app/a.py": b"1"}), state_dir=state)
    second = apply(plan(root, {"c.py": b"2"}), state_dir=state)
    assert first.id < second.id
    with pytest.raises(Refused, match=rf"c\.py: was changed by the later run {second.id}"):
        undo(root, first.id, state)
    undo(root, second.id, state)
    undo(root, first.id, state)
    assert tree(root) == before


def test_an_earlier_run_on_other_files_can_be_undone_alone(root: Path, state: Path) -> None:
    first = apply(plan(root, {"c.py": b"1"}), state_dir=state)
    second = apply(plan(root, {"app/a.py": b"2"}), state_dir=state)
    undo(root, first.id, state)
    assert (root / "app/a.py").read_bytes() == b"2"
    assert [run.id for run in history(root, state)] == [second.id]


@pytest.mark.parametrize("change", ["edited", "deleted", "folder", "link", "hard link"])
def test_undo_never_overwrites_a_later_change(root: Path, state: Path, tmp_path: Path, change: str) -> None:
    apply(plan(root, {"c.py": b"1", "app/a.py": b"1", "made.py": b"1"}), state_dir=state)
    target = root / "c.py"
    if change == "hard link":
        os.link(target, root / "second.py")
    else:
        target.unlink(missing_ok=change == "deleted")
    if change == "edited":
        target.write_bytes(b"mine")
    if change == "folder":
        target.mkdir()
    if change == "link":
        (tmp_path / "elsewhere.py").write_bytes(b"1")
        target.symlink_to(tmp_path / "elsewhere.py")
    before = tree(root)
    with pytest.raises(Refused, match=r"c\.py: ") as refusal:
        undo(root, state_dir=state)
    assert len(refusal.value.reasons) == 1
    assert tree(root) == before
    assert len(history(root, state)) == 1


def test_undo_leaves_a_folder_that_is_in_use(root: Path, state: Path) -> None:
    apply(plan(root, {"new/made.py": b"1"}), state_dir=state)
    write(root, {"new/mine.py": b"mine"})
    undo(root, state_dir=state)
    assert set(tree(root)) >= {"new/mine.py"}
    assert "new/made.py" not in tree(root)


def test_undo_keeps_a_later_change_of_mode(root: Path, state: Path) -> None:
    apply(plan(root, {"c.py": b"1"}), state_dir=state)
    (root / "c.py").chmod(0o700)
    undo(root, state_dir=state)
    assert stat.S_IMODE((root / "c.py").stat().st_mode) == 0o700


@pytest.mark.parametrize("wrong", ["20000101-000000", "../../x", "", "/", "20000101-000000/../x"])
def test_undo_of_an_unknown_run(root: Path, state: Path, wrong: str) -> None:
    with pytest.raises(Refused, match="no run to undo"):
        undo(root, state_dir=state)
    apply(plan(root, {"c.py": b"1"}), state_dir=state)
    with pytest.raises(Refused, match="can be undone"):
        undo(root, wrong, state)


def test_the_last_twenty_runs_are_kept(root: Path, state: Path) -> None:
    runs = [apply(plan(root, {"c.py": b"%d" % number}), state_dir=state) for number in range(23)]
    assert history(root, state) == runs[-20:]
    for _ in range(20):
        undo(root, state_dir=state)
    assert (root / "c.py").read_bytes() == b"2"


def test_roots_have_histories_of_their_own(root: Path, state: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other, {"c.py": b"other"})
    apply(plan(root, {"c.py": b"1"}), state_dir=state)
    assert history(other, state) == []
    (tmp_path / "link").symlink_to(root)
    assert history(tmp_path / "link", state) == history(root, state)


def test_undo_works_in_and_out_of_git(tmp_path: Path, state: Path) -> None:
    root = tmp_path / "repository"
    repository(root, {"a.py": b"1\n"})
    apply(plan(root, {"a.py": b"2\n", "b.py": b"new\n"}), state_dir=state)
    assert git(root, "status", "--porcelain").split() == ["M", "a.py", "??", "b.py"]
    undo(root, state_dir=state)
    assert git(root, "status", "--porcelain") == ""
