"""One git commit for each rule, as the user would make it: with their identity, their settings and their hooks.

Beside git.py, which only reads and runs nothing of the repository's, this is the one caller of git. It is called only
where the user asked for commits, and does no more than `git commit` would: whatever git runs then, the user runs.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_codemods.apply import git
from lifeops_codemods.apply.by_rule import by_rule
from lifeops_codemods.apply.disk import Disk
from lifeops_codemods.apply.errors import ApplyError, Refused
from lifeops_codemods.apply.runs import note_commits
from lifeops_codemods.apply.state import place_of
from lifeops_codemods.apply.taking_back import Stuck, TakenBack, take_back
from lifeops_codemods.apply.writing import apply, check

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lifeops_codemods.apply.git import Repository
    from lifeops_codemods.plan.model import Migration

_ELSEWHERE = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"}
"""What a hook that calls us has in its environment; the repository is the project's and no other."""

_NOTHING = TakenBack()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How to commit.

    message: made of the part of the migration that one rule is. author: as `git commit --author` takes it, git's own by
    default. branch: to be made and switched to first. verify: whether hooks may say no.
    """

    message: Callable[[Migration], str]
    author: str = ""
    branch: str | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of one rule. run: the run that wrote its files."""

    rule: str
    id: str
    run: str


@dataclass(frozen=True, slots=True)
class Committed:
    """What came of it.

    failed: the rule that git or a hook refused, "" if none; its files were put back, `back` says how. why: what they
    said. left: the rules after it, which were not tried.
    """

    commits: tuple[Commit, ...]
    failed: str = ""
    why: str = ""
    back: TakenBack = _NOTHING
    left: tuple[str, ...] = ()


def check_committable(migration: Migration, wish: Wish, *, state_dir: Path | None = None) -> None:
    """Raise Refused, with all reasons, unless every rule could be committed now. A file that has changes of the user's
    own is refused whatever they allowed: the commit would take them along.
    """
    repository = _repository(migration.root)
    if wish.branch is not None and (reason := _against_branch(repository, wish.branch)):
        raise Refused((reason,))
    check(migration, state_dir=state_dir)


def commit_rules(migration: Migration, wish: Wish, *, state_dir: Path | None = None) -> Committed:
    """Write and commit what each rule does, one after the other, until a hook says no.

    Raises Refused and ApplyError as `apply` does where nothing is committed yet, and Interrupted; what is committed by
    then stays, all else is put back. Raises Stuck if it could not be.
    """
    check_committable(migration, wish, state_dir=state_dir)
    repository = _repository(migration.root)
    parts = list(by_rule(migration))
    start = _start(repository)
    made: list[Commit] = []
    if wish.branch is not None:
        _switch(repository, wish.branch)
    try:
        for number, part in enumerate(parts):
            try:
                outcome = _commit_one(repository, part, wish, made, state_dir)
            except (Refused, ApplyError) as refused:
                if not made:
                    raise
                outcome = _Failed(str(refused), _NOTHING)
            if isinstance(outcome, Commit):
                made.append(outcome)
                continue
            left = tuple(other.rules[0].name for other in parts[number + 1 :])
            return Committed(tuple(made), part.rules[0].name, outcome.why, outcome.back, left)
    finally:
        if wish.branch is not None and not made:
            _switch_back(repository, wish.branch, start)
    return Committed(tuple(made))


@dataclass(frozen=True, slots=True)
class _Failed:
    why: str
    back: TakenBack


def _commit_one(
    repository: Repository, part: Migration, wish: Wish, made: Sequence[Commit], state_dir: Path | None
) -> Commit | _Failed:
    rule = part.rules[0].name
    run = apply(part, state_dir=state_dir)
    before = _head(repository)
    try:
        identity = _committed(repository, run.files, run.created, part, wish)
    except git.GitError as error:
        return _Failed(str(error), _put_back(repository, part.root, run.id, run.created, state_dir))
    except BaseException:
        if _head(repository) == before:  # else git was done before the interruption came
            _put_back(repository, part.root, run.id, run.created, state_dir)
        raise
    place = place_of(Disk(), part.root, state_dir)
    note_commits(place, run.id, [identity, *(commit.id for commit in reversed(made))])
    return Commit(rule, identity, run.id)


def _committed(
    repository: Repository, files: Sequence[str], created: Sequence[str], part: Migration, wish: Wish
) -> str:
    """The id of the new commit, which holds these files and nothing else that is staged. Raises GitError."""
    if created:
        _git(repository, "add", *_FROM_INPUT, paths=created)
    options = ["--quiet", "--only", f"--message={wish.message(part)}"]
    options += [f"--author={wish.author}"] if wish.author else []
    options += [] if wish.verify else ["--no-verify"]
    before = _head(repository)
    _git(repository, "commit", *options, *_FROM_INPUT, paths=files)
    after = _head(repository)
    if after == before:
        raise git.GitError("git made no commit")
    return after


def _put_back(
    repository: Repository, root: Path, run: str, created: Sequence[str], state_dir: Path | None
) -> TakenBack:
    if created:
        try:
            _git(repository, "rm", "--cached", "--quiet", "--force", "--ignore-unmatch", *_FROM_INPUT, paths=created)
        except git.GitError as error:
            raise Stuck(f"{created[0]}: git cannot take it out of its index again: {error}") from error
    return take_back(root, run, state_dir)


_FROM_INPUT = ("--pathspec-from-file=-", "--pathspec-file-nul")


def _repository(root: Path) -> Repository:
    repository = git.find(root)
    if repository is None:
        raise Refused((f"{root}: there is no git repository to commit to: leave --commit out",))
    return repository


def _against_branch(repository: Repository, name: str) -> str:
    try:
        _git(repository, "check-ref-format", "--branch", name)
    except git.GitError:
        return f"{name}: is no name for a branch"
    try:
        _git(repository, "show-ref", "--verify", "--quiet", f"refs/heads/{name}")
    except git.GitError:
        return ""
    return f"{name}: there is such a branch already: name another one, or switch to it and leave --branch out"


def _switch(repository: Repository, name: str) -> None:
    """Make the branch here and switch to it: the same commit, so no file changes."""
    try:
        _git(repository, "update-ref", f"refs/heads/{name}", "HEAD", "")
        _git(repository, "symbolic-ref", "-m", "lifeops-migrate", "HEAD", f"refs/heads/{name}")
    except git.GitError as error:
        raise Refused((f"{name}: git cannot switch to it: {error}",)) from error


def _switch_back(repository: Repository, name: str, start: str) -> None:
    """To where HEAD was, a branch or a commit; the branch that holds nothing new goes."""
    try:
        if start.startswith("refs/"):
            _git(repository, "symbolic-ref", "-m", "lifeops-migrate", "HEAD", start)
        else:
            _git(repository, "update-ref", "--no-deref", "HEAD", start)
        _git(repository, "update-ref", "-d", f"refs/heads/{name}", _head(repository))
    except git.GitError:
        return


def _start(repository: Repository) -> str:
    """The branch that HEAD is, by its full name, or else the commit."""
    try:
        return _git(repository, "symbolic-ref", "--quiet", "HEAD")
    except git.GitError:
        return _head(repository)


def _head(repository: Repository) -> str:
    return _git(repository, "rev-parse", "--verify", "--quiet", "HEAD")


def _git(repository: Repository, *arguments: str, paths: Sequence[str] = ()) -> str:
    """What git answers. Raises GitError with all that it, and the hooks it ran, had to say."""
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    command = [repository.program, "--no-pager", "--literal-pathspecs", *arguments]
    given = b"\0".join(path.encode("utf-8", "surrogateescape") for path in paths)
    try:
        done = subprocess.run(
            command, cwd=repository.root, env=environment, input=given, capture_output=True, check=False
        )
    except OSError as error:
        raise git.GitError(f"git does not start ({error.strerror})") from error
    if done.returncode:
        said = b"\n".join(part.strip() for part in (done.stdout, done.stderr) if part.strip())
        raise git.GitError(said.decode("utf-8", "replace") or f"git ended with {done.returncode}")
    return done.stdout.decode("utf-8", "surrogateescape").strip()
