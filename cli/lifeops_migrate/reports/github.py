"""Workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_migrate.options import Mode
from lifeops_migrate.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_migrate.result import Result
    from lifeops_migrate.shown import ShownEdit, ShownFinding
    from lifeops_migrate.terminal import Sink

_LINE_ENDS = ("\r", "\n")
LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
"""By severity."""


def write_commands(out: Sink, result: Result) -> None:
    """A command for every edit, finding, unreadable file and refusal. With `--check` an edit is an error."""
    for line in _commands(result):
        out.line(line)


def command(level: str, message: str, **properties: str | int) -> str:
    """`::level key=value,…::message`, escaped as GitHub's runner wants it and free of what could act on a log."""
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    return f"::{level} {given}::{_data(message)}" if given else f"::{level}::{_data(message)}"


def _commands(result: Result) -> Iterator[str]:
    shown = result.shown
    base = base_of(shown.root)
    level = "error" if result.mode is Mode.CHECK else "notice"
    for edit in sorted(shown.edits, key=lambda edit: edit.order):
        yield _edit(edit, base, level)
    for found in shown.findings:
        yield _finding(found, base)
    for error in shown.errors:
        yield command("error", error.message, file=base + error.path, line=error.line, title="not read")
    for refusal in result.refusals:
        yield command("error", refusal, title="refused")


def _edit(edit: ShownEdit, base: str, level: str) -> str:
    title = f"{edit.rule} ({edit.effect})"
    message = f"{edit.message}; clients will see: {edit.clients_see}" if edit.clients_see else edit.message
    place: dict[str, str | int] = {
        "file": base + edit.path,
        "line": edit.line,
        "endLine": edit.end_line,
        "col": edit.column,
    }
    return command(level, message, **place, title=title)


def _finding(finding: ShownFinding, base: str) -> str:
    message = f"{finding.message}\nleft alone: {finding.reason}\nwhat to do: {finding.fix}"
    place: dict[str, str | int] = {
        "file": base + finding.path,
        "line": finding.line,
        "endLine": finding.end_line,
        "col": finding.column,
    }
    return command(LEVELS[finding.severity], message, **place, title=finding.rule)


def base_of(root: Path) -> str:
    """GitHub knows files by their path from the workspace, we by their path from the root: the way between them."""
    workspace = os.environ.get("GITHUB_WORKSPACE") or os.getcwd()
    below = os.path.relpath(os.path.realpath(root), os.path.realpath(workspace))
    return "" if below == "." else Path(below).as_posix() + "/"


def _data(text: str) -> str:
    shown = "".join(part if part in _LINE_ENDS else visible(part) for part in re.split(r"([\r\n])", text))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
