"""The whole preview, from the first line a newcomer reads to the command to type next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifeops_codemods import __version__
from lifeops_migrate.options import Mode
from lifeops_migrate.preview.changes import show_changes
from lifeops_migrate.preview.findings import show_findings
from lifeops_migrate.preview.palette import COMMAND, DIM, ERROR, HEADING, PATH, SAFE, UNSAFE
from lifeops_migrate.preview.summary import show_clients, show_next, show_summary
from lifeops_migrate.result import Result, counts_of, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_migrate.preview.screen import Screen


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
    shown = result.shown
    if not look.quiet:
        _show_head(screen, result)
    if result.mode in {Mode.DRY_RUN, Mode.HELD}:
        show_changes(screen, shown, diff_style=look.diff_style, why=look.why)
    show_findings(screen, shown.findings, why=look.why)
    if look.quiet:
        return
    show_clients(screen, shown)
    show_summary(screen, result)
    if result.mode is not Mode.ASK and not result.applied and not result.refusals:
        show_next(screen, next_commands(result))


def show_outcome(screen: Screen, result: Result, look: Look) -> None:
    """What was done, and how to take it back."""
    if not result.applied or look.quiet:
        return
    counts = counts_of(result.shown)
    screen.line()
    done = f"Applied {plural(counts.edits, 'edit')} to {plural(counts.files, 'file')}."
    screen.line((done, SAFE + HEADING), (f"  run {result.run}", DIM))
    for commit in result.commits:
        screen.line("  ", (commit.id[:12], COMMAND), "  ", (commit.rule, DIM))
    show_next(screen, next_commands(result))


def next_commands(result: Result) -> Iterator[tuple[str, str]]:
    """What can be typed now, with what it does."""
    counts, again = counts_of(result.shown), result.again
    if result.applied:
        yield result.way_back, "put every byte back"
    elif counts.edits:
        yield str(again), "see the summary, be asked, apply"
        yield str(again.adding("--yes")), "apply without being asked"
        if counts.safe and counts.unsafe:
            yield str(again.adding("--safe-only", "--yes")), f"apply the {plural(counts.safe, 'safe edit')} alone"
    if result.again.verb:  # what another command runs has no page
        return
    rules = dict.fromkeys(finding.rule for finding in result.shown.findings)
    for rule in [*rules][:1] or _first_rule(result):
        yield str(again.command("explain", rule)), "read about the rule"


def _first_rule(result: Result) -> list[str]:
    return [edit.rule for edit in result.shown.edits_in_order[:1]] if not result.applied else []


def _show_head(screen: Screen, result: Result) -> None:
    """Who speaks, about what; what will happen; what to type; what follows."""
    shown, counts, dot = result.shown, counts_of(result.shown), screen.glyphs.dot
    read, rules = plural(shown.files_read, "file"), plural(len(shown.rules), "rule")
    where = screen.user(result.root if result.root != "." else shown.root.name, PATH)
    facts = f" {dot} {read} read {dot} {rules} {dot} {result.seconds:.1f} s"
    screen.line((f"lifeops-migrate {__version__}", COMMAND), f" {dot} ", where, (facts, DIM))
    screen.line()
    _show_verdict(screen, result)
    if counts.findings:
        text = "left alone, for you to decide."
        screen.prose(text, label=(f"{plural(counts.findings, 'finding')}: ", HEADING))
    if counts.errors:
        text = "could not be read or migrated; standard error names them."
        screen.prose(text, label=(f"{plural(counts.errors, 'file')}: ", ERROR))
    if counts.edits:
        _show_what_follows(screen, result)


def _show_verdict(screen: Screen, result: Result) -> None:
    """How many edits, and whether anybody outside the program can tell."""
    counts = counts_of(result.shown)
    if not counts.edits:
        who = "The script" if result.again.verb else "No rule"
        has = "has no edit" if result.again.verb else "has an edit"
        screen.line(("Nothing to change.", HEADING), f" {who} {has} to make here.")
        return
    would = "This makes" if result.applied else "This would make"
    screen.line((f"{would} {plural(counts.edits, 'edit')} in {plural(counts.files, 'file')}.", HEADING))
    if counts.safe:
        screen.prose("nobody outside the program sees a difference.", label=(f"{counts.safe:,} safe: ", SAFE))
    if counts.unsafe:
        screen.prose("clients can see them; what they see is listed.", label=(f"{counts.unsafe:,} unsafe: ", UNSAFE))


def _show_what_follows(screen: Screen, result: Result) -> None:
    if result.mode is Mode.ASK:
        screen.prose("Nothing is written before you say so: you will be asked below.", style=DIM)
    elif result.mode in {Mode.DRY_RUN, Mode.HELD}:
        screen.line()
        screen.line("Nothing is written yet. To apply it (you will be asked first), type:")
        screen.line()
        screen.line("  ", (str(result.again), COMMAND))
        screen.line()
        screen.prose("The changes follow, by rule and file; then findings, a summary and more commands.", style=DIM)
