"""`undo`: put back what a run changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lifeops_migrate.exit_code import Exit
from lifeops_migrate.failure import Failure
from lifeops_migrate.messages import complain
from lifeops_migrate.options import color_option, root_option
from lifeops_migrate.result import plural
from lifeops_migrate.visible import visible

if TYPE_CHECKING:
    from pathlib import Path

    from lifeops_migrate.terminal import ColorChoice, Terminal


@click.command()
@click.argument("run", required=False)
@root_option
@color_option
@click.pass_obj
def undo(terminal: Terminal, /, run: str | None, root: Path | None, color: ColorChoice) -> Exit:
    """Put back what a run changed, all of it or nothing.

    RUN is an id that `history` lists, the last run by default. A file that somebody changed since is never overwritten.
    """
    from lifeops_codemods.apply import ApplyError, Refused
    from lifeops_codemods.apply import undo as take_back
    from lifeops_codemods.source.root import RootError, find_root

    terminal.color = color
    try:
        done = take_back(find_root([root] if root else [], root), run)
    except RootError as error:
        raise Failure(str(error)) from error
    except Refused as refused:
        for reason in refused.reasons:
            complain(terminal, "refused", reason)
        return Exit.REFUSED
    except ApplyError as error:
        raise Failure(f"{error}. Nothing was changed.", label="refused") from error
    for path in done.files:
        what = "removed " if path in done.created else "restored"
        terminal.out.line(visible(f"{what}  {path}", terminal.out.encoding))
    terminal.out.line(f"Undone: run {done.id}, {plural(len(done.files), 'file')} as before.")
    return Exit.DONE
