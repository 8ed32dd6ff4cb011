"""`run`: plan, show, ask, apply."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from lifeops_migrate.cache_folder import cache_folder
from lifeops_migrate.exit_code import Exit, gravest
from lifeops_migrate.failure import Failure
from lifeops_migrate.messages import complain, say
from lifeops_migrate.options import Mode, RunOptions, flat, run_options
from lifeops_migrate.result import Result, counts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lifeops_codemods.plan.model import Migration
    from lifeops_migrate.asked import Meant
    from lifeops_migrate.progress import Progress
    from lifeops_migrate.project import Location
    from lifeops_migrate.remembered import Remembered
    from lifeops_migrate.shown import Shown
    from lifeops_migrate.terminal import ColorChoice, Terminal

    Plan = Callable[..., Migration]
    """Called with a progress, and with what the user turned down: `rejected` units, `turned_down` rules."""

    Prepare = Callable[[], "Prepared"]


class Prepared(NamedTuple):
    """The project, what plans its migration, and what earlier runs showed of it, where that is remembered."""

    location: Location
    plan: Plan
    remembered: Remembered | None = None


@click.command()
@run_options
@click.pass_obj
def run(
    terminal: Terminal,
    /,
    verbose: int,
    quiet: int,
    color: ColorChoice,
    select: Sequence[tuple[str, ...]],
    ignore: Sequence[tuple[str, ...]],
    **given: Any,
) -> Exit:
    """Preview the migration of a project, ask, and apply it.

    PATHS, the current folder by default, limit which files may be edited; the whole project around them is read. The
    root is --root, else the folder of the nearest configuration, else the top of the git repository.
    """
    terminal.color, terminal.verbosity = color, verbose - quiet
    options = RunOptions(select=flat(select), ignore=flat(ignore), **given)
    terminal.owes_json = options.report == "json"
    options.check_together()
    return carry_out(terminal, options, partial(_with_rules, options))


def carry_out(terminal: Terminal, options: RunOptions, prepare: Prepare, verb: Sequence[str] = ()) -> Exit:
    """Plan, show, ask, apply, whatever makes the plan.

    prepare: finds the project and what plans its migration. verb: the words of the command, where it is another one
    than `run`. Raises Failure.
    """
    from lifeops_migrate.reporting import reporter_for

    reporter = reporter_for(terminal, options)
    prepared, result = _planned(terminal, options, prepare, verb)
    if options.interactive and result.mode is Mode.ASK and result.shown.edits:
        chosen = _chosen(terminal, options, prepared.plan, result.migration)
        result = replace(result, planned=chosen, shown=_shown(prepared, chosen))
        if not result.shown.edits:
            say(terminal, "Nothing was chosen, so nothing is written.")
            return _exit_code(result)
    if options.patch is not None:
        _write_patch(terminal, options, result)
    if result.mode is Mode.YES or (result.mode is Mode.ASK and reporter.agreed(result)):
        from lifeops_migrate.writing import written

        result = written(terminal, options, prepared.location.settings, result)
    reporter.finish(result)
    _say_how_it_ended(terminal, result)
    return _exit_code(result)


def _planned(terminal: Terminal, options: RunOptions, prepare: Prepare, verb: Sequence[str]) -> tuple[Prepared, Result]:
    """What plans, and the result as far as planning goes. Raises Failure."""
    from lifeops_migrate.invocation import again

    start = perf_counter()
    prepared = prepare()
    mode = options.mode(can_ask=terminal.can_ask)
    _repair(terminal, prepared.location.root, may_write=mode not in {Mode.DRY_RUN, Mode.CHECK})
    shown = None if prepared.remembered is None else prepared.remembered.find()
    migration = None
    if shown is None or (shown.edits and mode in {Mode.ASK, Mode.YES}):
        migration = _migration(terminal, prepared.plan)
        shown = _shown(prepared, migration)
    seconds = perf_counter() - start
    root, command = prepared.location.shown_root, partial(again, options, verb)
    result = Result(shown=shown, planned=migration, mode=mode, root=root, command=command, seconds=seconds)
    return prepared, result


def _migration(terminal: Terminal, plan: Plan, **turned_down: Any) -> Migration:
    from lifeops_migrate.progress import Progress

    with Progress(terminal) as progress:
        return plan(progress, **turned_down)


def _shown(prepared: Prepared, migration: Migration) -> Shown:
    from lifeops_migrate.showing import shown_of

    return shown_of(migration) if prepared.remembered is None else prepared.remembered.shown(migration)


def _with_rules(options: RunOptions) -> Prepared:
    """The project, and the plan of the rules that were chosen. Raises Failure."""
    from lifeops_migrate.asked import meant
    from lifeops_migrate.remembered import Remembered

    found = meant(options)
    folder = cache_folder(options)
    remembered = Remembered(options, found, folder)
    return Prepared(found.location, partial(_plan_of_rules, options, found, folder, remembered), remembered)


def _plan_of_rules(
    options: RunOptions,
    found: Meant,
    folder: Path | None,
    remembered: Remembered,
    progress: Progress,
    **turned_down: Any,
) -> Migration:
    """The migration; it is remembered where nothing was turned down. Raises Failure."""
    from lifeops_codemods.pipeline import Request, plan
    from lifeops_migrate.asked import rules_for
    from lifeops_migrate.executor import executor_at

    location, changed = found
    rules, settings = rules_for(options, location), location.settings
    with executor_at(options.executor) as executor:
        return plan(
            Request(
                root=location.root,
                rules=rules,
                settings=settings,
                paths=location.paths,
                changed=changed,
                safe_only=options.safe_only,
                cache_dir=folder,
                jobs=options.jobs,
                executor=executor,
                progress=progress,
                kept=None if turned_down else partial(remembered.keep, settings.exclude),
                **turned_down,
            )
        )


def _chosen(terminal: Terminal, options: RunOptions, plan: Plan, migration: Migration) -> Migration:
    """What is left of the migration when the user has chosen; planned anew without what they turned down."""
    from lifeops_migrate.choosing.walk import TurnedDown, choose

    def replan(turned_down: TurnedDown) -> Migration:
        units, rules = turned_down
        return _migration(terminal, plan, rejected=units, turned_down=rules)

    return choose(terminal, migration, replan, diff_style=options.diff_style)


def _repair(terminal: Terminal, root: Path, *, may_write: bool) -> None:
    """Bring an interrupted run to its end before the files are read; where nothing may be written, only say so."""
    if not may_write:
        _warn_of_interrupted_run(terminal, root)
        return
    from lifeops_codemods.apply import ApplyError, Refused, recover

    try:
        recovery = recover(root)
    except (Refused, ApplyError) as error:
        raise Failure(str(error), label="refused") from error
    if recovery is None:
        return
    complain(terminal, "warning", f"run {recovery.id} had been interrupted and was {recovery.outcome}")
    for path in recovery.left:
        complain(terminal, "warning", f"{path}: changed since, left as it is; its original is in {recovery.saved}")


def _warn_of_interrupted_run(terminal: Terminal, root: Path) -> None:
    from lifeops_codemods.apply.disk import Disk
    from lifeops_codemods.apply.state import interrupted, place_of

    if interrupted(place_of(Disk(), root, None)):
        complain(terminal, "warning", "a run is writing here or was interrupted: what is shown may be half of each")
        complain(terminal, "hint", "the next run that may write, or `lifeops-migrate undo`, brings it to an end")


def _write_patch(terminal: Terminal, options: RunOptions, result: Result) -> None:
    from lifeops_migrate.reports.patch import patch
    from lifeops_migrate.whole_file import write_whole

    assert options.patch is not None
    content = patch(result.shown)
    if options.patch_on_stdout:
        terminal.out.write_bytes(content)
        return
    try:
        write_whole(Path(options.patch), content)
    except OSError as error:
        raise Failure(f"{options.patch}: cannot write the patch: {(error.strerror or str(error)).lower()}") from error


def _say_how_it_ended(terminal: Terminal, result: Result) -> None:
    """Errors always; what to do next where nothing was written although something could have been."""
    counts = counts_of(result.shown)
    for error in result.shown.errors:
        place = f"{error.path}:{error.line}" if error.line else error.path
        complain(terminal, "error", f"{place}: {error.message}")
    if terminal.verbosity > 0:
        for skipped in result.shown.skipped:
            say(terminal, f"left out: {skipped.path}: {skipped.reason}")
    for refusal in result.refusals:
        complain(terminal, "refused", refusal)
    if result.refusals:
        say(terminal, result.ending)
    elif result.mode is Mode.HELD and counts.edits:
        complain(terminal, "refused", "there is no terminal to ask on, so nothing was written")
        complain(terminal, "hint", f"{result.again.adding('--yes')} applies it; --dry-run only shows it")


def _exit_code(result: Result) -> Exit:
    codes = [Exit.DONE]
    changes = bool(result.shown.edits)
    if result.verify_failed:
        codes.append(Exit.VERIFY_FAILED)
    elif result.refusals or (result.mode is Mode.HELD and changes):
        codes.append(Exit.INCOMPLETE if result.commits else Exit.REFUSED)
    if result.shown.errors:
        codes.append(Exit.INCOMPLETE)
    if result.mode is Mode.CHECK and changes:
        codes.append(Exit.CHANGES)
    return gravest(codes)
