"""What is said on standard error: a label that can be searched for, and no character that acts on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lifeops_migrate.visible import visible

if TYPE_CHECKING:
    from lifeops_migrate.terminal import Terminal

_COLORS = {"error": "red", "refused": "red", "warning": "yellow", "hint": "cyan"}


def say(terminal: Terminal, text: str = "") -> None:
    """A line without a label."""
    terminal.out.flush()
    terminal.err.line(visible(text, terminal.err.encoding))
    terminal.err.flush()


def complain(terminal: Terminal, label: str, text: str) -> None:
    """A line with one of the labels error, refused, warning, hint; further lines of the text stand under the first."""
    shown = f"{label}:"
    if terminal.colored(terminal.err):
        shown = click.style(shown, fg=_COLORS[label], bold=True)
    first, *others = (visible(line, terminal.err.encoding) for line in text.split("\n"))
    terminal.out.flush()
    terminal.err.line(f"{shown} {first}")
    for line in others:
        terminal.err.line(f"  {line}")
    terminal.err.flush()
