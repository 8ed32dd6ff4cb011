"""A review as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_migrate.reports.github import LEVELS, base_of, command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_codemods.review.model import Issue, Review


def commands(review: Review) -> Iterator[str]:
    """A command for every issue and every file that could not be read, the worst first."""
    base = base_of(review.root)
    for error in review.errors:
        yield command("error", error.message, file=base + error.path, line=error.line, title="not read")
    for issue in review.issues:
        yield _annotation(issue, base)


def _annotation(issue: Issue, base: str) -> str:
    position = issue.position
    place: dict[str, str | int] = {
        "file": base + issue.path,
        "line": position.line,
        "endLine": position.end_line,
        "col": position.column,
    }
    title = issue.name if issue.effect is None else f"{issue.name} ({issue.effect.value})"
    return command(LEVELS[issue.severity], _said(issue), **place, title=title)


def _said(issue: Issue) -> str:
    if not issue.is_edit:
        return f"{issue.message}\nleft alone: {issue.reason}\nwhat to do: {issue.advice}"
    clients = f"\nclients will see: {issue.clients_see}" if issue.clients_see else ""
    return f"{issue.message}{clients}\nlifeops-migrate --select {issue.name}"
