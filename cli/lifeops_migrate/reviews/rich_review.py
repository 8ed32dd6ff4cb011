"""A review on a terminal: the blocks of the Markdown report, laid out to be read there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_migrate.highlight.kinds import Kind, Run
from lifeops_migrate.highlight.line import colored
from lifeops_migrate.preview.code import code_line
from lifeops_migrate.preview.palette import ADDED, COMMAND, DIM, HEADING, PATH, PLAIN, REMOVED, RULE, SEVERITY
from lifeops_migrate.preview.table import show_table
from lifeops_migrate.preview.why import show_chain
from lifeops_migrate.reviews.blocks import Bullets, Code, Heading, Paragraph, Snippet, Table
from lifeops_migrate.reviews.content import blocks, fix_of

if TYPE_CHECKING:
    from lifeops_codemods.review.model import Issue, Review
    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.preview.style import Line, Style
    from lifeops_migrate.reviews.blocks import Block, Inline

_SEVERITY_WIDTH = 7


def show(screen: Screen, review: Review, *, why: bool) -> None:
    """Print it. `why`: with the chain of facts of each issue."""
    for block in blocks(review):
        _show(screen, review, block, why=why)


def _show(screen: Screen, review: Review, block: Block, *, why: bool) -> None:
    match block:
        case Heading(level=level, text=text):
            if level > 2:
                screen.line()
            screen.line(_text(screen, text, HEADING if level > 2 else COMMAND))
            screen.line()
        case Paragraph(text=text):
            screen.prose(_plain(text))
        case Bullets(items=items, numbered=numbered):
            for number, item in enumerate(items, 1):
                screen.prose(_plain(item), indent="  ", label=f"{number}. " if numbered else f"{screen.glyphs.dot} ")
        case Table(head=head) if "Severity" in head:
            for issue in review.issues:
                _issue(screen, issue, why=why)
        case Table(head=head, rows=rows):
            show_table(screen, head, [[_text(screen, cell) for cell in row] for row in rows])
        case Snippet(before=before, after=after):
            _code(screen, "-", before)
            _code(screen, "+", after)
            screen.line()


def _issue(screen: Screen, issue: Issue, *, why: bool) -> None:
    severity = issue.severity.value
    place = screen.user(f"{issue.path}:{issue.position.line}:{issue.position.column}", PATH)
    name = screen.user(issue.name, RULE)
    screen.line("  ", (f"{severity:<{_SEVERITY_WIDTH}}", SEVERITY[severity]), "  ", place, "  ", name)
    indent = " " * (_SEVERITY_WIDTH + 4)
    screen.prose(issue.message, indent=indent)
    screen.prose(_plain(fix_of(issue)), indent=indent, label=("fix: ", DIM))
    if why:
        show_chain(screen, issue.why, indent=indent)


def _code(screen: Screen, sign: str, code: str) -> None:
    lines = code.split("\n")
    mark = ADDED if sign == "+" else REMOVED
    for runs in colored(lines) if screen.colored else ((Run(line, Kind.PLAIN),) for line in lines):
        screen.line("  ", (sign, mark), " ", code_line(screen, runs))


def _plain(text: Inline) -> str:
    return "".join(part.text if isinstance(part, Code) else part for part in text)


def _text(screen: Screen, text: Inline, style: Style = PLAIN) -> Line:
    shown: Line = []
    for part in text:
        shown += screen.user(part.text, COMMAND) if isinstance(part, Code) else screen.user(part, style)
    return shown
