"""One reporter for each `--format`: it may ask before anything is written, and it says what came of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from lifeops_migrate.messages import say
from lifeops_migrate.options import Mode, RunOptions
from lifeops_migrate.reports import concise
from lifeops_migrate.result import Result, changes_in_words, counts_of, plural

if TYPE_CHECKING:
    from lifeops_migrate.preview.report import Look
    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.terminal import Sink, Terminal


class Reporter(Protocol):
    """How a run talks."""

    def agreed(self, result: Result) -> bool:
        """Show what would happen, ask, and return whether it shall."""

    def finish(self, result: Result) -> None:
        """Say what came of it, or what would come."""


def reporter_for(terminal: Terminal, options: RunOptions) -> Reporter:
    """The one that was asked for, or the one that suits the stream."""
    kind = options.report or ("rich" if terminal.out.isatty() and not options.patch_on_stdout else "concise")
    if kind == "json":
        return Json(terminal)
    if kind == "github":
        return GitHub(terminal)
    if options.check:
        return Check(terminal, quiet=options.patch_on_stdout)
    # The patch has standard output for itself: what a person reads goes to standard error.
    if options.patch_on_stdout:
        return Concise(terminal, None)
    return Rich(terminal, options) if kind == "rich" else Concise(terminal, terminal.out)


class Json:
    """One document at the end; nobody is asked."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def agreed(self, result: Result) -> bool:
        return False

    def finish(self, result: Result) -> None:
        from lifeops_migrate.reports.json_report import report

        self._terminal.out.write(report(result))
        self._terminal.out.flush()
        self._terminal.owes_json = False


class GitHub:
    """Workflow commands; nobody is asked."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def agreed(self, result: Result) -> bool:
        return False

    def finish(self, result: Result) -> None:
        from lifeops_migrate.reports.github import write_commands

        write_commands(self._terminal.out, result)
        self._terminal.out.flush()


class Check:
    """A line per file and rule; a total on standard error. `quiet`: standard output is the patch's."""

    def __init__(self, terminal: Terminal, *, quiet: bool) -> None:
        self._terminal = terminal
        self._quiet = quiet

    def agreed(self, result: Result) -> bool:
        return False

    def finish(self, result: Result) -> None:
        if not self._quiet:
            concise.write_steps(self._terminal.out, result.shown)
        _say_total(self._terminal, result)


class Concise:
    """Plain lines. Without `out` only the total is said: a patch is on standard output already."""

    def __init__(self, terminal: Terminal, out: Sink | None) -> None:
        self._terminal = terminal
        self._out = out

    def agreed(self, result: Result) -> bool:
        if not result.shown.edits:
            return False
        from lifeops_migrate.question import confirmed

        self._show_what_would_change(result, diff=False)
        return confirmed(self._terminal, counts_of(result.shown), lambda: self._show_diff(result))

    def finish(self, result: Result) -> None:
        if result.mode is not Mode.ASK:
            self._show_what_would_change(result, diff=result.mode in {Mode.DRY_RUN, Mode.HELD})
        _say_total(self._terminal, result)

    def _show_what_would_change(self, result: Result, *, diff: bool) -> None:
        if self._out is None:
            return
        if diff:
            self._show_diff(result)
        else:
            concise.write_steps(self._out, result.shown)
        concise.write_findings(self._out, result.shown)
        self._out.flush()

    def _show_diff(self, result: Result) -> None:
        from lifeops_migrate.reports.patch import patch

        if self._out is not None:
            concise.write_diff(self._out, patch(result.shown))


class Rich:
    """The preview of a terminal."""

    def __init__(self, terminal: Terminal, options: RunOptions) -> None:
        self._terminal = terminal
        self._options = options

    def agreed(self, result: Result) -> bool:
        from lifeops_migrate.preview.changes import show_changes
        from lifeops_migrate.preview.report import show_preview
        from lifeops_migrate.question import confirmed

        show_preview(self._screen, result, self._look)
        if not result.shown.edits:
            return False
        return confirmed(
            self._terminal,
            counts_of(result.shown),
            lambda: show_changes(self._screen, result.shown, diff_style=self._look.diff_style, why=self._look.why),
        )

    def finish(self, result: Result) -> None:
        from lifeops_migrate.preview.report import show_outcome, show_preview

        if result.mode is not Mode.ASK:
            show_preview(self._screen, result, self._look)
        elif result.shown.edits and not result.applied and not result.refusals:
            say(self._terminal, "Nothing was written.")
        show_outcome(self._screen, result, self._look)
        self._terminal.out.flush()

    @cached_property
    def _screen(self) -> Screen:
        from lifeops_migrate.preview.screen import Screen

        return Screen(self._terminal.out, colored=self._terminal.colored(self._terminal.out))

    @cached_property
    def _look(self) -> Look:
        from lifeops_migrate.preview.report import Look

        return Look(self._options.diff_style, self._terminal.verbosity)


def _say_total(terminal: Terminal, result: Result) -> None:
    """One line on what it came to; nothing with `-q`."""
    if terminal.verbosity < 0 or result.refusals:
        return
    counts = counts_of(result.shown)
    findings = f"; {plural(counts.findings, 'finding')}" if counts.findings else ""
    if not counts.edits:
        say(terminal, f"Nothing to change: {plural(result.shown.files_read, 'file')} read{findings}.")
    elif result.applied:
        say(terminal, f"Applied {changes_in_words(counts)}{findings}. `{result.way_back}` takes it back.")
    else:
        written = "" if result.mode is Mode.HELD else " Nothing was written."
        say(terminal, f"Would make {changes_in_words(counts)}{findings}.{written}")
