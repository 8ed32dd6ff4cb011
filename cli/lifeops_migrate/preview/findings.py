"""What a person must decide: where, what was seen, why it was left alone, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_migrate.preview.palette import DIM, PATH, RULE, SEVERITY
from lifeops_migrate.preview.why import show_chain
from lifeops_migrate.result import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_codemods.plan.model import PlannedFinding
    from lifeops_migrate.preview.screen import Screen

_SEVERITY_WIDTH = 7


def show_findings(screen: Screen, findings: Sequence[PlannedFinding], *, why: bool) -> None:
    """Print all findings; nothing if there is none."""
    if not findings:
        return
    screen.heading(f"{plural(len(findings), 'finding')}: left alone, for you to decide")
    for planned in findings:
        screen.line()
        _show(screen, planned, why=why)


def place(planned: PlannedFinding) -> str:
    """`path:line:column`, as editors and terminals make a link of it."""
    return f"{planned.finding.path}:{planned.position.line}:{planned.position.column}"


def _show(screen: Screen, planned: PlannedFinding, *, why: bool) -> None:
    finding = planned.finding
    severity = finding.severity.value
    location = screen.user(place(planned), PATH)
    screen.line(
        "  ", (f"{severity:<{_SEVERITY_WIDTH}}", SEVERITY[severity]), "  ", location, "  ", (finding.rule, RULE)
    )
    indent = " " * (_SEVERITY_WIDTH + 4)
    screen.prose(finding.message, indent=indent)
    screen.prose(finding.reason, indent=indent, label=("left alone: ", DIM))
    screen.prose(finding.fix, indent=indent, label=("what to do: ", DIM))
    if why:
        show_chain(screen, planned.why, indent=indent)
