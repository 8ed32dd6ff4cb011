"""What a person must decide: where, what was seen, why it was left alone, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_migrate.preview.palette import DIM, PATH, RULE, SEVERITY
from lifeops_migrate.preview.why import show_chain
from lifeops_migrate.result import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_migrate.preview.screen import Screen
    from lifeops_migrate.shown import ShownFinding

_SEVERITY_WIDTH = 7


def show_findings(screen: Screen, findings: Sequence[ShownFinding], *, why: bool) -> None:
    """Print all findings; nothing if there is none."""
    if not findings:
        return
    screen.heading(f"{plural(len(findings), 'finding')}: left alone, for you to decide")
    for finding in findings:
        screen.line()
        _show(screen, finding, why=why)


def _show(screen: Screen, finding: ShownFinding, *, why: bool) -> None:
    severity = finding.severity
    # `path:line:column`, as editors and terminals make a link of it.
    location = screen.user(f"{finding.path}:{finding.line}:{finding.column}", PATH)
    screen.line(
        "  ", (f"{severity:<{_SEVERITY_WIDTH}}", SEVERITY[severity]), "  ", location, "  ", (finding.rule, RULE)
    )
    indent = " " * (_SEVERITY_WIDTH + 4)
    screen.prose(finding.message, indent=indent)
    screen.prose(finding.reason, indent=indent, label=("left alone: ", DIM))
    screen.prose(finding.fix, indent=indent, label=("what to do: ", DIM))
    if why:
        show_chain(screen, finding.why, indent=indent)
