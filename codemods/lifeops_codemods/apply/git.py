"""What git knows about the files, asked in a way that runs nothing the repository configures.

The only caller of git, and it only reads. A repository is somebody else's data: its configuration can name programs
(core.fsmonitor, hooks, clean filters, textconv, diff.external, transports of a partial clone) that `git status` and
`git diff` run. So only plumbing is used that compares and converts no file (`ls-files`, `ls-tree`, `rev-parse`,
`merge-base`), the repository is found here and not by git, and the blob ids are compared with hashes made here.

A file is clean if its bytes, or its bytes with CRLF as LF (autocrlf and the text attribute), are the blob in the index,
and that is the blob in HEAD. A file behind a clean filter (git-crypt, LFS) is therefore reported as changed: whether it
is cannot be told without running the filter, and `--allow-dirty` is there for it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_codemods.apply.paths import absolute
from lifeops_codemods.apply.top import above

if TYPE_CHECKING:
    from collections.abc import Mapping

_OVERRIDES = (
    "core.fsmonitor=",  # empty means off to old and new versions; "false" was once the name of a program
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.alternateRefsCommand=",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.askPass=",
    "core.pager=cat",
    "credential.helper=",
    "protocol.allow=never",
)
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
}


class GitError(Exception):
    """Git could not answer; the message is git's own, or says what is wrong with the revision."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as found from `root` upwards. All absolute; `program` is the git to run."""

    program: str
    root: str
    top: str
    folder: str


def find(root: Path) -> Repository | None:
    """The repository that `root` lies in, or None without one or without a git to ask."""
    program = _program()
    real = os.path.realpath(root)
    found = above(real)
    return Repository(program, real, *found) if program and found else None


def dirty(repository: Repository, contents: Mapping[str, bytes | None]) -> dict[str, str]:
    """Those of the files that have changes git would lose sight of, with the reason. Raises GitError.

    contents: what is on disk now, by path relative to the root without links in it; None for a file yet to be made.
    """
    index = _index(repository)
    head = _head(repository)
    found = ((path, _uncommitted(path, content, index, head)) for path, content in contents.items())
    return {path: reason for path, reason in found if reason}


def changed_since(root: Path, revision: str, *, suffix: str = ".py") -> set[str]:
    """The files below `root` whose names end in `suffix` and that changed since HEAD left `revision`'s history.

    They are compared with the last commit that both have (the merge base), so what others did there since does not
    count. Counts what is committed since, staged, changed or untracked; not what was deleted. POSIX paths relative to
    `root`. Raises GitError without git or a repository, or if the revision is none.
    """
    repository = find(root)
    if repository is None:
        raise GitError(f"{root}: there is no git repository to compare with")
    then = _tree(repository, _merge_base(repository, revision))
    paths = set(_index(repository)) | set(_listed(repository, "ls-files", "-o", "-z", "--exclude-standard"))
    return {path for path in paths if path.endswith(suffix) and _differs(repository, path, then.get(path))}


def _uncommitted(path: str, content: bytes | None, index: dict[str, str], head: dict[str, str]) -> str:
    blob = index.get(path)
    if blob is None:
        if content is None:
            return ""
        return "is not tracked by git: add and commit it, or pass --allow-dirty"
    if not blob:
        return "is in the middle of a merge: resolve and commit it, or pass --allow-dirty"
    if content is None:
        return "was deleted and not committed: commit that, or pass --allow-dirty"
    if blob != head.get(path):
        return "has staged changes: commit or stash them, or pass --allow-dirty"
    if not _is_blob(content, blob):
        return "has uncommitted changes, or a git filter that is not run: commit or stash them, or pass --allow-dirty"
    return ""


def _differs(repository: Repository, path: str, blob: str | None) -> bool:
    """Whether there is a file, and another content than the blob."""
    full = absolute(repository.root, path)
    if not os.path.isfile(full):
        return False
    if blob is None:
        return True
    try:
        content = Path(full).read_bytes()
    except OSError:
        return True
    return not _is_blob(content, blob)


def _is_blob(content: bytes, blob: str) -> bool:
    return _blob(content, blob) == blob or (b"\r\n" in content and _blob(content.replace(b"\r\n", b"\n"), blob) == blob)


def _blob(content: bytes, like: str) -> str:
    """The id git gives to the content, in the object format of the id `like`: SHA-1 has 40 digits, SHA-256 has 64."""
    algorithm = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(content) + content).hexdigest()


def _index(repository: Repository) -> dict[str, str]:
    """The blob of each path below the root in the index; "" for one in the middle of a merge."""
    blobs: dict[str, str] = {}
    for entry in _listed(repository, "ls-files", "-s", "-z"):
        meta, _, path = entry.partition("\t")
        _, blob, stage = meta.split(" ")
        blobs[path] = blob if stage == "0" else ""
    return blobs


def _head(repository: Repository) -> dict[str, str]:
    """The blob of each path below the root in HEAD; nothing where there is no commit yet."""
    try:
        commit = _commit(repository, "HEAD")
    except GitError:
        return {}
    return _tree(repository, commit)


def _tree(repository: Repository, commit: str) -> dict[str, str]:
    blobs: dict[str, str] = {}
    for entry in _listed(repository, "ls-tree", "-r", "-z", commit):
        meta, _, path = entry.partition("\t")
        blobs[path] = meta.split(" ")[2]
    return blobs


def _commit(repository: Repository, revision: str) -> str:
    """The id of the commit that `revision` names; an option in its place is none."""
    if not revision or revision.startswith("-") or "\0" in revision:
        raise GitError(f"{revision!r} is no git revision")
    try:
        return _ask(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode("ascii").strip()
    except GitError:
        raise GitError(f"{revision!r} is no revision of the repository at {repository.top}") from None


def _merge_base(repository: Repository, revision: str) -> str:
    """The last commit that HEAD and `revision` have in common."""
    commit = _commit(repository, revision)
    try:
        return _ask(repository, "merge-base", commit, _commit(repository, "HEAD")).decode("ascii").strip()
    except GitError:
        hint = "a shallow clone does not know it: fetch the whole history (`git fetch --unshallow`)"
        raise GitError(f"{revision!r} and HEAD have no commit in common, as far as this clone goes; {hint}") from None


def _listed(repository: Repository, *arguments: str) -> list[str]:
    answer = _ask(repository, *arguments).decode("utf-8", "surrogateescape")
    return [entry for entry in answer.split("\0") if entry]


def _ask(repository: Repository, *arguments: str) -> bytes:
    options = [part for override in _OVERRIDES for part in ("-c", override)]
    path = os.pathsep.join(_absolute_search_path())
    environment = {**_ENVIRONMENT, "PATH": path, "GIT_DIR": repository.folder, "GIT_WORK_TREE": repository.top}
    command = [repository.program, "--no-pager", "--literal-pathspecs", *options, *arguments]
    try:
        done = subprocess.run(
            command, cwd=repository.root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        raise GitError(f"git does not start ({error.strerror})") from error
    if done.returncode:
        raise GitError(done.stderr.decode("utf-8", "replace").strip() or f"git ended with {done.returncode}")
    return done.stdout


def _program() -> str | None:
    return shutil.which("git", path=os.pathsep.join(_absolute_search_path()))


def _absolute_search_path() -> list[str]:
    """PATH without relative entries, which would be looked up in the repository itself."""
    return [entry for entry in os.get_exec_path() if os.path.isabs(entry)]
