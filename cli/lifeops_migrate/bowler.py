"""`bowler`: a user's own Bowler script behind the plan, preview, apply and undo of `run`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lifeops_migrate.failure import Failure
from lifeops_migrate.options import RunOptions, options_of_run
from lifeops_migrate.run import Prepared, carry_out

if TYPE_CHECKING:
    from lifeops_codemods.plan.model import Migration
    from lifeops_migrate.exit_code import Exit
    from lifeops_migrate.progress import Progress
    from lifeops_migrate.terminal import ColorChoice, Terminal

_SHARED = (
    *("dry_run", "check", "yes", "diff_style", "patch", "report", "allow_dirty", "verify", "jobs"),
    *("config", "root", "verbose", "quiet", "color"),
)


@click.command()
@click.argument("words", nargs=-1, type=click.Path(), metavar="SCRIPT [PATHS]...")
@click.option(
    "-e",
    "--expression",
    "expressions",
    multiple=True,
    metavar="QUERY",
    help="A query in the place of SCRIPT; repeatable, run in order.",
)
@options_of_run(*_SHARED)
@click.pass_obj
def bowler(
    terminal: Terminal,
    /,
    words: tuple[str, ...],
    expressions: tuple[str, ...],
    verbose: int,
    quiet: int,
    color: ColorChoice,
    **given: Any,
) -> Exit:
    """Run a Bowler script: preview what its queries change, ask, and apply it.

    SCRIPT is a Python file of your own, which is executed. It holds a Query or a list of them, has a function
    `query(paths)`, or builds a Query and calls `execute`, `diff`, `idiff` or `write` on it. PATHS, the current folder
    by default, are the files and folders that the queries are for.
    """
    terminal.color, terminal.verbosity = color, verbose - quiet
    terminal.owes_json = given.get("report") == "json"
    if not words and not expressions:
        raise click.UsageError("Missing argument 'SCRIPT'.")
    script = None if expressions else words[0]
    options = RunOptions(paths=words if script is None else words[1:], **given)
    options.check_together()
    verb = ["bowler", *(word for text in expressions for word in ("-e", text)), *([script] if script else [])]
    return carry_out(terminal, options, partial(_with_script, options, script, expressions), verb)


def _with_script(options: RunOptions, script: str | None, expressions: tuple[str, ...]) -> Prepared:
    """The project, and the plan of a script's queries. Raises Failure."""
    from lifeops_migrate.asked import located

    location = located(options)

    def plan(progress: Progress) -> Migration:
        from lifeops_codemods.bowler.errors import ScriptError
        from lifeops_codemods.bowler.migration import Request
        from lifeops_codemods.bowler.migration import plan as migration_of

        request = Request(
            root=location.root,
            script=None if script is None else Path(script),
            expressions=expressions,
            given=options.paths,
            paths=location.paths,
            settings=location.settings,
            jobs=options.jobs,
            progress=progress,
        )
        try:
            return migration_of(request)
        except ScriptError as error:
            raise Failure(str(error)) from error

    return Prepared(location, plan)
