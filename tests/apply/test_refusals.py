"""What is refused is refused before a byte is written, with every file, the reason and a remedy."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest

from lifeops_codemods.apply import Refused, apply, history, unwritable
from lifeops_codemods.apply.disk import Disk

from .ground import FaultyDisk, git, plan, repository, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lifeops_codemods.plan.model import Migration


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(root, {"a.py": b"a\n", "app/b.py": b"b\n", "proof.py": b"p\n"})
    return root


def refused(migration: Migration, **options: Any) -> tuple[str, ...]:
    """The reasons of a refusal that changed nothing."""
    before = tree(migration.root)
    state = migration.root.parent / "state"
    with pytest.raises(Refused) as refusal:
        apply(migration, state_dir=state, **options)
    assert tree(migration.root) == before
    assert history(migration.root, state) == []
    return refusal.value.reasons


def test_targets_and_proofs_that_changed_are_all_named(root: Path) -> None:
    migration = plan(root, {"a.py": b"A", "app/b.py": b"B", "new.py": b"N", "fine.py": b"F"}, proofs=("proof.py",))
    (root / "a.py").write_bytes(b"mine")
    (root / "app/b.py").unlink()
    write(root, {"new.py": b"N", "proof.py": b"q"})
    reasons = refused(migration)
    assert [reason.partition(":")[0] for reason in reasons] == ["a.py", "app/b.py", "new.py", "proof.py"]
    assert all(reason.endswith("run again") for reason in reasons)


def same_file_by_a_link(root: Path) -> None:
    (root / "app/b.py").rename(root / "app/c.py")
    (root / "app/b.py").symlink_to("c.py")


def same_file_by_a_linked_folder(root: Path) -> None:
    (root / "app").rename(root / "moved")
    (root / "app").symlink_to("moved")


def a_link_out(root: Path) -> None:
    (root.parent / "outside.py").write_bytes(b"b\n")
    (root / "app/b.py").unlink()
    (root / "app/b.py").symlink_to(root.parent / "outside.py")


def a_link_to_a_device(root: Path) -> None:
    (root / "app/b.py").unlink()
    (root / "app/b.py").symlink_to("/dev/zero")


def a_pipe(root: Path) -> None:
    (root / "app/b.py").unlink()
    os.mkfifo(root / "app/b.py")


def a_folder(root: Path) -> None:
    (root / "app/b.py").unlink()
    (root / "app/b.py").mkdir()


def nothing(root: Path) -> None:
    (root / "app/b.py").unlink()


def no_folder(root: Path) -> None:
    nothing(root)
    (root / "app").rmdir()


def other_bytes(root: Path) -> None:
    (root / "app/b.py").write_bytes(b"B\n")


@pytest.mark.parametrize(
    "change",
    [
        same_file_by_a_link,
        same_file_by_a_linked_folder,
        a_link_out,
        a_link_to_a_device,
        a_pipe,
        a_folder,
        nothing,
        no_folder,
        other_bytes,
    ],
)
@pytest.mark.parametrize("target", [True, False], ids=["target", "proof"])
def test_what_took_a_files_place_between_plan_and_apply(
    root: Path, change: Callable[[Path], None], target: bool
) -> None:
    edits = {"a.py": b"A", "app/b.py": b"written"} if target else {"a.py": b"A"}
    migration = plan(root, edits, proofs=("a.py", "app/b.py"))
    change(root)
    if change is same_file_by_a_linked_folder and not target:
        return  # the proof holds: the same file is read at the same place
    (reason,) = refused(migration)
    assert reason.startswith("app/b.py: ")
    for path in [*root.parent.rglob("*.py")]:
        if path.is_file():
            assert path.read_bytes() != b"written"


def test_a_proof_that_is_gone(root: Path) -> None:
    migration = plan(root, {"a.py": b"A"}, proofs=("proof.py",))
    (root / "proof.py").unlink()
    (reason,) = refused(migration)
    assert reason.startswith("proof.py: was read for the plan, and cannot be read any more")


def test_a_change_while_writing_is_not_overwritten(root: Path, tmp_path: Path) -> None:
    def fault(count: int, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "rename" and arguments[1].endswith("a.py"):
            (root / "app/b.py").write_bytes(b"mine")

    migration = plan(root, {"a.py": b"A", "app/b.py": b"B"})
    with pytest.raises(Refused, match=r"app/b\.py: was changed while the run was writing"):
        apply(migration, state_dir=tmp_path / "state", disk=FaultyDisk(fault))
    assert (root / "a.py").read_bytes() == b"a\n"
    assert (root / "app/b.py").read_bytes() == b"mine"
    assert set(tree(root)) == {"a.py", "app", "app/b.py", "proof.py"}


def test_a_link_is_written_through_inside_the_root(root: Path, tmp_path: Path) -> None:
    (root / "link.py").symlink_to("app/b.py")
    (root / "folder").symlink_to("app")
    run = apply(plan(root, {"link.py": b"B", "folder/b.py": b"B"}), state_dir=tmp_path / "state")
    assert run.files == ("app/b.py",)
    assert (root / "link.py").is_symlink()
    assert (root / "app/b.py").read_bytes() == b"B"


def test_one_file_by_two_names_with_two_texts(root: Path) -> None:
    (root / "link.py").symlink_to("app/b.py")
    (reason,) = refused(plan(root, {"link.py": b"1", "app/b.py": b"2"}))
    assert "is the same file as app/b.py" in reason


@pytest.mark.parametrize("link", ["file", "folder", "broken", "new in folder"])
def test_a_link_that_leaves_the_root(root: Path, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    write(outside, {"o.py": b"o\n"})
    path = "link.py" if link in {"file", "broken"} else "folder/o.py" if link == "folder" else "folder/new.py"
    (root / "folder").symlink_to(outside)
    (root / "link.py").symlink_to(outside / ("o.py" if link == "file" else "nothing.py"))
    (reason,) = refused(plan(root, {path: b"X"}))
    assert reason.startswith(f"{path}: is a link that leaves the project")
    assert [file.name for file in outside.iterdir()] == ["o.py"]


@pytest.mark.parametrize("path", ["../x.py", "/x.py", "app/../../x.py", ".git/hooks/pre-commit", "sub/.GIT/config", ""])
def test_paths_that_are_never_written(root: Path, path: str) -> None:
    migration = plan(root, {"new.py": b"X"})
    object.__setattr__(migration.files[0], "path", path)
    (reason,) = refused(migration)
    assert reason.startswith(f"{path}: ")


def test_a_link_into_gits_folder(root: Path) -> None:
    write(root, {".git/hooks/x.py": b""})
    (root / "link.py").symlink_to(".git/hooks/x.py")
    assert "belongs to git" in unwritable(root, ["link.py"])["link.py"]


def test_hard_links(root: Path) -> None:
    os.link(root / "a.py", root / "again.py")
    (reason,) = refused(plan(root, {"a.py": b"A", "app/b.py": b"B"}))
    assert reason.startswith("a.py: has 2 hard links")


def test_read_only_files_and_folders_are_named_for_the_plan(root: Path) -> None:
    (root / "a.py").chmod(0o444)
    (root / "app").chmod(0o555)
    (root / "fifo.py").mkdir()
    paths = ["a.py", "app/b.py", "app/new.py", "app/deep/new.py", "fifo.py", "proof.py", "new/n.py", "a.py/x.py"]
    try:
        found = unwritable(root, paths)
        reasons = refused(plan(root, {"a.py": b"A", "app/b.py": b"B", "proof.py": b"P"}))
    finally:
        (root / "app").chmod(0o755)
    assert sorted(found) == ["a.py", "a.py/x.py", "app/b.py", "app/deep/new.py", "app/new.py", "fifo.py"]
    assert found["a.py"].startswith("is read-only")
    assert found["app/deep/new.py"].startswith("its folder is read-only: `chmod u+w")
    assert [reason.partition(":")[0] for reason in reasons] == ["a.py", "app/b.py"]


def test_another_users_file(root: Path) -> None:
    class Theirs(Disk):
        def writable(self, path: str) -> bool:
            return not path.endswith("a.py")

    assert list(unwritable(root, ["a.py", "app/b.py"], disk=Theirs())) == ["a.py"]


def commit_all(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "more")


def edit(root: Path) -> None:
    (root / "a.py").write_bytes(b"edited\n")


def stage(root: Path) -> None:
    edit(root)
    git(root, "add", "a.py")


def stage_and_take_back(root: Path) -> None:
    stage(root)
    (root / "a.py").write_bytes(b"a\n")


def untrack(root: Path) -> None:
    git(root, "rm", "-q", "--cached", "a.py")


def never_commit(root: Path) -> None:
    git(root, "update-ref", "-d", "HEAD")


def mean_to_add(root: Path) -> None:
    git(root, "rm", "-q", "--cached", "a.py")
    git(root, "commit", "-q", "-m", "without")
    git(root, "add", "-N", "a.py")


def ignore(root: Path) -> None:
    write(root, {".gitignore": b"a.py\n"})
    git(root, "rm", "-q", "--cached", "a.py")
    commit_all(root)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (edit, "has uncommitted changes"),
        (stage, "has staged changes"),
        (stage_and_take_back, "has staged changes"),
        (untrack, "is not tracked by git"),
        (ignore, "is not tracked by git"),
        (never_commit, "has staged changes"),
        (mean_to_add, "has staged changes"),
    ],
)
@pytest.mark.parametrize("folder", ["", "app"])
def test_dirty_targets(tmp_path: Path, change: Callable[[Path], None], reason: str, folder: str) -> None:
    """With the root at the top of the repository, and below it."""
    top = tmp_path / "repository"
    root = top / folder
    repository(top, {"other.py": b"o\n"})
    write(root, {"a.py": b"a\n", "fine.py": b"f\n"})
    commit_all(top)
    change(root)
    migration = plan(root, {"a.py": b"A\n", "fine.py": b"F\n", "new.py": b"N\n"})
    reasons = refused(migration)
    assert reasons[0].startswith(f"a.py: {reason}")
    assert reasons[0].endswith("pass --allow-dirty")
    assert len(reasons) == (2 if change is never_commit else 1)
    apply(migration, state_dir=tmp_path / "other state", allow_dirty=True)
    assert (root / "a.py").read_bytes() == b"A\n"


def test_a_deletion_of_the_users_is_not_overwritten(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    repository(root, {"a.py": b"a\n"})
    (root / "a.py").unlink()
    (reason,) = refused(plan(root, {"a.py": b"A\n"}))
    assert reason.startswith("a.py: was deleted and not committed")


def test_a_conflict(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    repository(root, {"a.py": b"a\n"})
    git(root, "checkout", "-q", "-b", "other")
    (root / "a.py").write_bytes(b"b\n")
    commit_all(root)
    git(root, "checkout", "-q", "-")
    (root / "a.py").write_bytes(b"c\n")
    commit_all(root)
    with pytest.raises(Exception, match="returned non-zero"):
        git(root, "merge", "other")
    (reason,) = refused(plan(root, {"a.py": b"A\n"}))
    assert "in the middle of a merge" in reason


def test_what_git_takes_for_clean_is_clean(tmp_path: Path) -> None:
    """CRLF in the working tree, odd names, links, a repository of SHA-256, a linked working tree."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q", "--object-format=sha256")
    write(root, {".gitattributes": b"*.py text eol=crlf\n", "a.py": b"a\r\nb\r\n", "*[x] \n\t.py": b"", "é.py": b"x\n"})
    (root / "link.py").symlink_to("a.py")
    commit_all(root)
    git(root, "worktree", "add", "-q", str(tmp_path / "linked"))
    for top in (root, tmp_path / "linked"):
        assert git(top, "status", "--porcelain") == ""
        migration = plan(top, {"link.py": b"A\r\n", "*[x] \n\t.py": b"x", "é.py": b"y\n"})
        run = apply(migration, state_dir=tmp_path / "state")
        assert run.files == ("*[x] \n\t.py", "a.py", "é.py")


def test_without_a_git_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "repository"
    repository(root, {"a.py": b"a\n"})
    (root / "a.py").write_bytes(b"mine\n")
    write(root, {"git": b"#!/bin/sh\ntouch ran\n"})
    (root / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f".{os.pathsep}{tmp_path / 'nothing'}")
    monkeypatch.chdir(root)
    apply(plan(root, {"a.py": b"A\n"}), state_dir=tmp_path / "state")
    assert not (root / "ran").exists()


def test_a_repository_that_git_cannot_read(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    repository(root, {"a.py": b"a\n"})
    (root / ".git/index").write_bytes(b"broken")
    (reason,) = refused(plan(root, {"a.py": b"A\n"}))
    assert "git cannot say" in reason
    assert reason.endswith("pass --allow-dirty")


def test_proofs_are_sha256_of_bytes(root: Path, tmp_path: Path) -> None:
    migration = plan(root, {"a.py": b"A"}, proofs=("a.py", "proof.py"))
    assert migration.read["proof.py"] == hashlib.sha256(b"p\n").hexdigest()
    apply(migration, state_dir=tmp_path / "state")
