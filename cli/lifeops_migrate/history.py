"""`history`: the runs that can be undone, the latest first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from lifeops_migrate.exit_code import Exit
from lifeops_migrate.failure import Failure
from lifeops_migrate.options import root_option
from lifeops_migrate.result import plural
from lifeops_migrate.visible import visible

if TYPE_CHECKING:
    from pathlib import Path

    from lifeops_codemods.apply import Run
    from lifeops_migrate.terminal import Terminal


@click.command()
@root_option
@click.pass_obj
def history(terminal: Terminal, /, root: Path | None) -> Exit:
    """List the runs that can be undone, the latest first."""
    from lifeops_codemods.apply import ApplyError
    from lifeops_codemods.apply import history as runs_of
    from lifeops_codemods.source.root import RootError, find_root

    try:
        runs = runs_of(find_root([root] if root else [], root))
    except (RootError, ApplyError) as error:
        raise Failure(str(error)) from error
    if not runs:
        terminal.out.line("No run of this project can be undone.")
    for run in reversed(runs):
        terminal.out.line(visible(_line(run, datetime.now().astimezone()), terminal.out.encoding))
    if runs and terminal.out.isatty():
        terminal.out.line("\n`lifeops-migrate undo` takes back the latest, `undo RUN` another one.")
    return Exit.DONE


def _line(run: Run, now: datetime) -> str:
    local = run.time.astimezone(now.tzinfo)
    edits = ", ".join(f"{rule} {count:,}" for rule, count in sorted(run.edits.items()))
    return f"{run.id}  {local:%Y-%m-%d %H:%M}  {plural(len(run.files), 'file'):>10}  {edits}"
