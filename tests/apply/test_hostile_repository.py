"""A repository is somebody else's data: nothing that it configures runs, whatever is asked."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.apply import Refused, apply
from lifeops_codemods.apply import git as apply_git
from lifeops_codemods.apply.top import top

from .ground import git, plan, repository, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bait(tmp_path: Path) -> Path:
    """A program that leaves the file `ran` behind when anything runs it."""
    program = tmp_path / "bait.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{tmp_path}/ran"\nexit 1\n')
    program.chmod(0o755)
    return program


@pytest.fixture
def root(tmp_path: Path, bait: Path) -> Path:
    """A repository whose every setting that names a program names the bait."""
    root = tmp_path / "repository"
    write(root, {"a.py": b"a\n", "b.py": b"b\n", ".gitattributes": b"*.py filter=bad diff=bad merge=bad ident\n"})
    repository(root, {})
    write(root, {"b.py": b"changed\n", "untracked.py": b"u\n"})
    settings = {
        "core.fsmonitor": bait,
        "core.hooksPath": bait.parent / "hooks",
        "core.sshCommand": bait,
        "core.gitProxy": bait,
        "core.askPass": bait,
        "core.pager": bait,
        "core.editor": bait,
        "core.alternateRefsCommand": bait,
        "core.worktree": bait.parent / "elsewhere",
        "filter.bad.clean": bait,
        "filter.bad.smudge": bait,
        "filter.bad.process": bait,
        "filter.bad.required": "true",
        "diff.bad.textconv": bait,
        "diff.bad.command": bait,
        "diff.external": bait,
        "merge.bad.driver": bait,
        "gpg.program": bait,
        "credential.helper": bait,
        "alias.ls-files": f"!{bait}",
        "alias.ls-tree": f"!{bait}",
        "alias.rev-parse": f"!{bait}",
        "include.path": bait.parent / "included",
        "remote.origin.url": f"ext::{bait} %S",
        "remote.origin.uploadpack": bait,
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "safe.directory": "*",
        "uploadpack.packObjectsHook": bait,
    }
    (bait.parent / "elsewhere").mkdir()
    (bait.parent / "included").write_text(f"[core]\n\tfsmonitor = {bait}\n")
    git(root, "config", "core.repositoryFormatVersion", "1")
    for folder in (root / ".git/hooks", bait.parent / "hooks"):
        folder.mkdir(exist_ok=True)
        for hook in ("post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
            (folder / hook).write_bytes(bait.read_bytes())
            (folder / hook).chmod(0o755)
    for key, value in settings.items():
        git(root, "config", key, str(value))
    return root


def ran(root: Path) -> str:
    marker = root.parent / "ran"
    return marker.read_text() if marker.exists() else ""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, bait: Path) -> None:
    """The caller's own variables, as a hook or a wrapper might have left them."""
    for name in ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_SSH", "GIT_PAGER", "GIT_ASKPASS", "GIT_EDITOR", "PAGER"):
        monkeypatch.setenv(name, str(bait))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(bait))
    monkeypatch.setenv("GIT_DIR", str(bait.parent / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(bait.parent / "included"))
    monkeypatch.setenv("GIT_EXEC_PATH", str(bait.parent))
    monkeypatch.setenv("GIT_TRACE", str(bait.parent / "ran"))
    monkeypatch.setenv("GIT_TRACE2", str(bait.parent / "ran"))


def test_the_bait_bites(root: Path) -> None:
    """A plain `git status` runs it: otherwise the other tests would prove nothing."""
    git(root, "-c", f"core.worktree={root}", "status")
    assert "bait.sh" in ran(root)


def test_the_bait_of_the_missing_tree_bites(root: Path) -> None:
    remove_tree(root)
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "-c", f"core.worktree={root}", "ls-tree", "-r", "HEAD")
    assert "bait.sh" in ran(root)


@pytest.mark.usefixtures("environment")
def test_dirty_check_runs_nothing(root: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        apply(plan(root, {"a.py": b"A\n", "b.py": b"B\n", "untracked.py": b"U\n"}), state_dir=tmp_path / "state")
    assert [reason[:24] for reason in refusal.value.reasons] == ["b.py: has uncommitted ch", "untracked.py: is not tra"]
    apply(plan(root, {"a.py": b"A\n"}), state_dir=tmp_path / "state")
    assert ran(root) == ""


@pytest.mark.usefixtures("environment")
def test_changed_since_runs_nothing(root: Path) -> None:
    assert apply_git.changed_since(root, "HEAD") == {"b.py", "untracked.py"}
    assert top(root) == root
    assert ran(root) == ""


@pytest.mark.usefixtures("environment")
def test_a_missing_object_is_not_fetched(root: Path, tmp_path: Path) -> None:
    for path in (root / ".git/objects").glob("??/*"):
        path.unlink()
    with pytest.raises(Refused):
        apply(plan(root, {"a.py": b"A\n"}), state_dir=tmp_path / "state")
    with pytest.raises(apply_git.GitError):
        apply_git.changed_since(root, "HEAD")
    assert ran(root) == ""


@pytest.mark.usefixtures("environment")
def test_a_missing_tree_is_not_fetched(root: Path, tmp_path: Path) -> None:
    remove_tree(root)
    with pytest.raises(Refused, match="git cannot say"):
        apply(plan(root, {"a.py": b"A\n"}), state_dir=tmp_path / "state")
    assert ran(root) == ""


def remove_tree(root: Path) -> None:
    """The commit is there, its tree is the remote's to give."""
    name = git(root, f"--git-dir={root}/.git", "rev-parse", "HEAD^{tree}").strip()
    (root / ".git/objects" / name[:2] / name[2:]).unlink()


def test_asking_leaves_the_repository_alone(root: Path) -> None:
    def snapshot() -> dict[str, tuple[int, int]]:
        found = [os.path.join(folder, name) for folder, _, names in os.walk(root / ".git") for name in names]
        return {path: (os.stat(path).st_mtime_ns, os.stat(path).st_ino) for path in found}

    os.utime(root / "a.py", (1, 1))
    before = snapshot()
    apply_git.changed_since(root, "HEAD")
    repository_ = apply_git.find(root)
    assert repository_ is not None
    assert apply_git.dirty(repository_, {"a.py": b"a\n"}) == {}
    assert snapshot() == before


@pytest.mark.parametrize("revision", ["--output=x", "-h", "", "nothing", "HEAD:a.py", "HEAD --", "a\0b"])
def test_what_is_no_revision(root: Path, revision: str) -> None:
    with pytest.raises(apply_git.GitError, match="is no"):
        apply_git.changed_since(root, revision)


def test_since(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    repository(root, {"same.py": b"s\n", "edited.py": b"e\n", "app/moved.py": b"m\n", "gone.py": b"", "note.txt": b""})
    git(root, "tag", "v1")
    (root / "gone.py").unlink()
    (root / "app/moved.py").rename(root / "app/there.py")
    git(root, "commit", "-q", "-a", "-m", "2")
    write(root, {"edited.py": b"E\n", "app/new.py": b"n\n", "note.txt": b"x", "ignored.py": b""})
    write(root, {".gitignore": b"ignored.py"})
    assert apply_git.changed_since(root, "v1") == {"edited.py", "app/there.py", "app/new.py"}
    assert apply_git.changed_since(root / "app", "v1") == {"there.py", "new.py"}
    with pytest.raises(apply_git.GitError, match="no git repository"):
        apply_git.changed_since(tmp_path, "v1")
