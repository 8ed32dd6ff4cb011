"""The question before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lifeops_migrate.messages import say
from lifeops_migrate.result import Counts, plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifeops_migrate.terminal import Terminal


def confirmed(terminal: Terminal, counts: Counts, show_diff: Callable[[], None]) -> bool:
    """Ask until the answer is yes or no. No answer, or the end of input, is no; `d` shows the diff and asks again."""
    while True:
        answer = (ask(terminal, question(counts)) or "").lower()
        if answer in {"y", "yes"}:
            return True
        if answer in {"", "n", "no"}:
            return False
        if answer in {"d", "diff"}:
            show_diff()
        else:
            say(terminal, "y: apply   n: change nothing   d: show the diff, then ask again")


def question(counts: Counts) -> str:
    """`Apply 12 edits (10 safe, 2 unsafe) to 3 files? [y/N/d]`."""
    kinds = [f"{count:,} {kind}" for count, kind in ((counts.safe, "safe"), (counts.unsafe, "unsafe")) if count]
    return f"Apply {plural(counts.edits, 'edit')} ({', '.join(kinds)}) to {plural(counts.files, 'file')}? [y/N/d]"


def ask(terminal: Terminal, text: str) -> str | None:
    """What the user typed, without the space around it; None at the end of input."""
    terminal.out.flush()
    shown = click.style(text, bold=True) if terminal.colored(terminal.err) else text
    terminal.err.write(f"\n{shown} ")
    terminal.err.flush()
    line = terminal.stdin.readline()
    if not line.endswith("\n"):
        terminal.err.line()
    return line.strip() if line else None
