"""Plain lines for pipes and logs: a diff as git prints it and a line for each finding, or a line per file and rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifeops_migrate.result import plural
from lifeops_migrate.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifeops_migrate.shown import Shown, ShownFile, ShownFinding, ShownStep
    from lifeops_migrate.terminal import Sink


def write_diff(out: Sink, content: bytes) -> None:
    """The patch as it is; on a terminal, with nothing in it that could act on the screen."""
    if not out.isatty():
        out.write_bytes(content)
        return
    for line in content.decode("utf-8", "surrogateescape").split("\n")[:-1]:
        out.line("\t".join(visible(part, out.encoding) for part in line.split("\t")))


def write_findings(out: Sink, shown: Shown) -> None:
    """`path:line:column: severity: rule: message (left alone: reason; what to do: fix)`."""
    for finding in shown.findings:
        out.line(visible(finding_line(finding), out.encoding))


def write_steps(out: Sink, shown: Shown) -> None:
    """`path: rule: 3 edits, 1 of them unsafe`, for every file and rule."""
    for line in step_lines(shown):
        out.line(visible(line, out.encoding))


def finding_line(finding: ShownFinding) -> str:
    """A finding on one line."""
    place = f"{finding.path}:{finding.line}:{finding.column}"
    why = f"left alone: {finding.reason}; what to do: {finding.fix}"
    return f"{place}: {finding.severity}: {finding.rule}: {finding.message} ({why})"


def step_lines(shown: Shown) -> Iterator[str]:
    """A line for every file and rule."""
    for file in shown.files:
        for step in file.steps:
            yield _step_line(file, step)


def _step_line(file: ShownFile, step: ShownStep) -> str:
    unsafe = step.unsafe
    tail = "" if not unsafe else ", unsafe" if unsafe == step.edits else f", {unsafe} of them unsafe"
    new = " (new file)" if file.is_new and step is file.steps[0] else ""
    return f"{file.path}: {step.rule}: {plural(step.edits, 'edit')}{tail}{new}"
