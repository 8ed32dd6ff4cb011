"""What a run came to, as every report gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifeops_codemods.apply.commits import Commit
    from lifeops_codemods.plan.model import Migration
    from lifeops_migrate.invocation import Invocation
    from lifeops_migrate.options import Mode
    from lifeops_migrate.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is said of a migration, what was allowed, and what became of it.

    planned: the migration itself; None where what an earlier run said of it is all that is needed. run: the id of the
    run that wrote it, "" if nothing was written. refusals: why it was not applied, or not all of it. ending: what is
    said below them. commits: those that were made, in order. verify_failed: whether it was written and put back since
    the user's command failed. root: the root as it is shown, relative to the current folder. command: makes `again`.
    """

    shown: Shown
    planned: Migration | None
    mode: Mode
    root: str
    command: Callable[[], Invocation]
    run: str = ""
    refusals: tuple[str, ...] = ()
    ending: str = "Nothing was written."
    commits: tuple[Commit, ...] = ()
    verify_failed: bool = False
    seconds: float = 0.0

    @property
    def again(self) -> Invocation:
        """The command without what only concerns showing."""
        return self.command()

    @property
    def seconds_by_rule(self) -> dict[str, float]:
        """How long each rule took; nothing where an earlier run planned."""
        times = self.planned.seconds.items() if self.planned is not None else ()
        return {stage.removeprefix("rule:"): seconds for stage, seconds in times if stage.startswith("rule:")}

    @property
    def migration(self) -> Migration:
        """The migration, with all texts; only for what `planned` was asked for."""
        assert self.planned is not None
        return self.planned

    @property
    def applied(self) -> bool:
        return bool(self.run)

    @property
    def way_back(self) -> str:
        """The command that takes back what was written."""
        if self.commits:
            return f"git revert --no-edit {' '.join(commit.id[:12] for commit in reversed(self.commits))}"
        return str(self.again.command("undo"))


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers that every summary names."""

    edits: int
    files: int
    safe: int
    unsafe: int
    findings: int
    errors: int


def counts_of(shown: Shown) -> Counts:
    """The numbers of a migration."""
    edits = len(shown.edits)
    unsafe = sum(edit.effect == "unsafe" for edit in shown.edits)
    files, findings, errors = len(shown.files), len(shown.findings), len(shown.errors)
    return Counts(edits, files, edits - unsafe, unsafe, findings, errors)


def plural(count: int, word: str) -> str:
    """`1 edit`, `2,000 edits`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def changes_in_words(counts: Counts) -> str:
    """`12 edits in 3 files (10 safe, 2 unsafe)`, the parentheses only where both kinds or unsafe ones are there."""
    text = f"{plural(counts.edits, 'edit')} in {plural(counts.files, 'file')}"
    if not counts.unsafe:
        return f"{text}, all safe" if counts.edits > 1 else f"{text}, safe"
    return f"{text} ({counts.safe:,} safe, {counts.unsafe:,} unsafe)" if counts.safe else f"{text}, unsafe"
