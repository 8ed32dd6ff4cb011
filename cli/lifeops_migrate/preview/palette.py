"""The colours, all from the terminal's own sixteen, so that they suit a dark and a light background alike."""

from __future__ import annotations

from lifeops_migrate.highlight.kinds import Kind
from lifeops_migrate.preview.style import Style, style

RULE = style("bold", color="cyan")
PATH = style("bold")
DIM = style("dim")
REMOVED = style(color="red")
ADDED = style(color="green")
REMOVED_WORD = style("bold", "reverse", color="red")
ADDED_WORD = style("bold", "reverse", color="green")
MARKER = style("reverse", color="magenta")
COMMAND = style(color="cyan")
HEADING = style("bold")
SAFE = style(color="green")
UNSAFE = style("bold", color="yellow")
ERROR = style("bold", color="red")
SEVERITY = {
    "error": ERROR,
    "warning": style("bold", color="yellow"),
    "info": style("bold", color="blue"),
}
PLAIN = Style()
CODE = {
    Kind.PLAIN: PLAIN,
    Kind.COMMENT: style("dim", "italic"),
    Kind.STRING: style(color="yellow"),
    Kind.NUMBER: style(color="cyan"),
    Kind.KEYWORD: style(color="magenta"),
    Kind.DECORATOR: style(color="blue"),
    Kind.NAME: style("bold", color="blue"),
    Kind.BUILTIN: style(color="cyan"),
}
