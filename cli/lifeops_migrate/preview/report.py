"""The whole preview, from the first line a newcomer reads to the command to type next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifeops_codemods import __version__
from lifeops_migrate.options import Mode
from lifeops_migrate.preview.changes import effect_parts, show_changes
from lifeops_migrate.preview.findings import show_findings
from lifeops_migrate.preview.palette import COMMAND, DIM, HEADING, PATH, SAFE
from lifeops_migrate.preview.summary import show_clients, show_next, show_summary
from lifeops_migrate.result import Result, counts_of, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_migrate.preview.screen import Part, Screen

_NOTHING_YET = "Nothing is written. First the changes, by rule and file; at the end a summary and what to type next."
_WHAT_FOLLOWS = {
    Mode.DRY_RUN: _NOTHING_YET,
    Mode.HELD: _NOTHING_YET,
    Mode.ASK: "Nothing is written before you say so; you will be asked below.",
    Mode.YES: "",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How much of it, and in which style."""

    diff_style: str = "unified"
    verbosity: int = 0

    @property
    def why(self) -> bool:
        return self.verbosity > 0

    @property
    def quiet(self) -> bool:
        return self.verbosity < 0


def show_preview(screen: Screen, result: Result, look: Look) -> None:
    """What would happen: all of it for a dry run, all but the diff where a question follows or `--yes` was given."""
    migration = result.migration
    if not look.quiet:
        _show_head(screen, result)
    if result.mode in {Mode.DRY_RUN, Mode.HELD}:
        show_changes(screen, migration, diff_style=look.diff_style, why=look.why)
    show_findings(screen, migration.findings, why=look.why)
    if look.quiet:
        return
    show_clients(screen, migration)
    show_summary(screen, migration, result.seconds)
    if result.mode is not Mode.ASK and not result.applied:
        show_next(screen, next_commands(result))


def show_outcome(screen: Screen, result: Result, look: Look) -> None:
    """What was done, and how to take it back."""
    if not result.applied or look.quiet:
        return
    counts = counts_of(result.migration)
    screen.line()
    done = f"Applied {plural(counts.edits, 'edit')} to {plural(counts.files, 'file')}."
    screen.line((done, SAFE + HEADING), (f"  run {result.run}", DIM))
    show_next(screen, next_commands(result))


def next_commands(result: Result) -> Iterator[tuple[str, str]]:
    """What can be typed now, with what it does."""
    counts, again = counts_of(result.migration), result.again
    if result.applied:
        yield str(again.command("undo")), "put every byte back"
    elif counts.edits:
        yield str(again), "look at the summary, be asked, apply"
        yield str(again.adding("--yes")), "apply without being asked"
        if counts.safe and counts.unsafe:
            yield str(again.adding("--safe-only", "--yes")), f"apply the {counts.safe:,} safe edits alone"
    rules = dict.fromkeys(planned.finding.rule for planned in result.migration.findings)
    for rule in [*rules][:1] or _first_rule(result):
        yield str(again.command("explain", rule)), "read what the rule does, and what it leaves to you"


def _first_rule(result: Result) -> list[str]:
    return [edit.edit.rule for edit in result.migration.edits[:1]] if not result.applied else []


def _show_head(screen: Screen, result: Result) -> None:
    """Who speaks, about what; what will happen; what follows."""
    migration, counts, dot = result.migration, counts_of(result.migration), screen.glyphs.dot
    read = plural(migration.files_read, "file")
    rules = plural(len(migration.rules), "rule")
    where = screen.user(result.root, PATH)
    facts = f" {dot} {read} read {dot} {rules} {dot} {result.seconds:.1f} s"
    screen.line((f"lifeops-migrate {__version__}", COMMAND), f" {dot} ", where, (facts, DIM))
    screen.line()
    screen.line(*_verdict(result))
    if counts.findings:
        places = "place is" if counts.findings == 1 else "places are"
        screen.line(f"{counts.findings:,} {places} left alone, for you to decide (findings).")
    if counts.errors:
        screen.line(f"{plural(counts.errors, 'file')} could not be read or migrated (named on standard error).")
    if counts.edits and (text := _WHAT_FOLLOWS.get(result.mode)):
        screen.prose(text, style=DIM)


def _verdict(result: Result) -> list[Part]:
    counts = counts_of(result.migration)
    if not counts.edits:
        return [("Nothing to change.", HEADING), " No rule has an edit to make here."]
    would = "This makes" if result.mode is Mode.YES else "This would make"
    text = f"{would} {plural(counts.edits, 'edit')} in {plural(counts.files, 'file')}"
    return [(text, HEADING), ": ", *effect_parts(counts.safe, counts.unsafe), "."]
