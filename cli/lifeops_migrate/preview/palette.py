"""The colours, all from the terminal's own sixteen, so that they suit a dark and a light background alike."""

from __future__ import annotations

from rich.style import Style

RULE = Style(color="cyan", bold=True)
PATH = Style(bold=True)
DIM = Style(dim=True)
REMOVED = Style(color="red")
ADDED = Style(color="green")
REMOVED_WORD = Style(color="red", bold=True, reverse=True)
ADDED_WORD = Style(color="green", bold=True, reverse=True)
MARKER = Style(color="magenta", reverse=True)
COMMAND = Style(color="cyan")
HEADING = Style(bold=True)
SAFE = Style(color="green")
UNSAFE = Style(color="yellow", bold=True)
ERROR = Style(color="red", bold=True)
SEVERITY = {
    "error": ERROR,
    "warning": Style(color="yellow", bold=True),
    "info": Style(color="blue", bold=True),
}
PLAIN = Style()
