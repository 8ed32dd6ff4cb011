"""The diff: by rule, by file, each step of a file by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_migrate.preview.change import Change, RuleChanges, by_rule
from lifeops_migrate.preview.palette import ADDED, DIM, PATH, REMOVED, RULE, SAFE, UNSAFE
from lifeops_migrate.preview.rows import Rows
from lifeops_migrate.preview.side_by_side import show_side_by_side, side_by_side_scope
from lifeops_migrate.preview.unified import show_unified, unified_scope
from lifeops_migrate.preview.why import show_why
from lifeops_migrate.result import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lifeops_migrate.preview.screen import Part, Screen
    from lifeops_migrate.shown import Shown, ShownEdit, ShownHunk

_STYLES = {"unified": show_unified, "side-by-side": show_side_by_side}
_SCOPES = {"unified": unified_scope, "side-by-side": side_by_side_scope}
_END_NAMES = {"\r\n": "CRLF line ends", "\r": "CR line ends"}


def show_changes(screen: Screen, shown: Shown, *, diff_style: str, why: bool) -> None:
    """Print the whole diff. `why`: also the chain of facts behind every edit."""
    summaries = {rule.name: rule.summary for rule in shown.rules}
    for group in by_rule(shown):
        show_rule(screen, group, summaries.get(group.rule, ""))
        said: set[str] = set()
        for change in group.changes:
            show_change(screen, change, diff_style=diff_style, why=why, said=said)


def effect_parts(safe: int, unsafe: int) -> list[Part]:
    """`12 safe, 3 unsafe`, what is zero left out."""
    parts: list[Part] = []
    if safe:
        parts.append((f"{safe:,} safe", SAFE))
    if safe and unsafe:
        parts.append(", ")
    if unsafe:
        parts.append((f"{unsafe:,} unsafe", UNSAFE))
    return parts


def show_rule(screen: Screen, group: RuleChanges, summary: str) -> None:
    """Print which rule it is and how much it does."""
    edits = sum(change.step.edits for change in group.changes)
    unsafe = sum(change.step.unsafe for change in group.changes)
    in_files = f" in {plural(len(group.changes), 'file')}"
    screen.line()
    screen.line(
        (screen.glyphs.rule * 2, DIM), " ", (group.rule, RULE), "  ", *effect_parts(edits - unsafe, unsafe), in_files
    )
    if summary:
        screen.prose(summary, indent="   ", style=DIM)


def show_change(screen: Screen, change: Change, *, diff_style: str, why: bool, said: set[str]) -> None:
    """Print what a rule does to one file. `said`: messages that were printed before."""
    show_file(screen, change)
    if not why:
        _show_messages(screen, change.edits, said)
    rows = Rows(screen, change.step)
    for index, hunk in enumerate(change.hunks):
        if index or hunk.scope:
            _SCOPES[diff_style](screen, rows, hunk.scope)
        _STYLES[diff_style](screen, rows, hunk)
        if why:
            show_why(screen, change.edits_in(hunk))


def show_file(screen: Screen, change: Change) -> None:
    """Print which file it is and how much of it changes."""
    screen.line()
    screen.line(" ", screen.user(change.file.path, PATH), "  ", *_counts(screen, change), (_notes(change), DIM))


def show_hunk(screen: Screen, change: Change, hunk: ShownHunk, *, diff_style: str) -> None:
    """Print one hunk by itself."""
    show_file(screen, change)
    _show_messages(screen, change.edits_in(hunk), set())
    rows = Rows(screen, change.step)
    if hunk.scope:
        _SCOPES[diff_style](screen, rows, hunk.scope)
    _STYLES[diff_style](screen, rows, hunk)


def _counts(screen: Screen, change: Change) -> list[Part]:
    return [(f"+{change.added}", ADDED), " ", (f"{screen.glyphs.minus}{change.removed}", REMOVED)]


def _notes(change: Change) -> str:
    """What the lines themselves do not show."""
    notes: list[str] = []
    if change.file.is_new and change.number == 1:
        notes.append("new file")
    if change.total > 1:
        notes.append(f"step {change.number} of {change.total} on this file")
    if name := _END_NAMES.get(change.step.line_end):
        notes.append(name)
    return f"  ({', '.join(notes)})" if notes else ""


def _show_messages(screen: Screen, edits: Sequence[ShownEdit], said: set[str]) -> None:
    """What the edits do, each message once for a rule."""
    for message in _new(edits, said):
        screen.prose(message, indent="   ", label=(f"{screen.glyphs.arrow} ", DIM), style=DIM)


def _new(edits: Iterable[ShownEdit], said: set[str]) -> list[str]:
    found = [message for message in dict.fromkeys(edit.message for edit in edits) if message not in said]
    said.update(found)
    return found
