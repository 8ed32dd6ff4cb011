"""`review`: the analysis, and nothing written but the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lifeops_migrate.asked import asked
from lifeops_migrate.cache_folder import cache_folder
from lifeops_migrate.executor import executor_at
from lifeops_migrate.exit_code import Exit, gravest
from lifeops_migrate.failure import Failure
from lifeops_migrate.messages import complain, say
from lifeops_migrate.options import (
    cache_options,
    color_option,
    config_option,
    executor_option,
    flat,
    ignore_option,
    jobs_option,
    paths_argument,
    root_option,
    select_option,
)
from lifeops_migrate.result import plural
from lifeops_migrate.terminal import Sink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_codemods.review.model import Review
    from lifeops_migrate.asked import Asked
    from lifeops_migrate.terminal import ColorChoice, Terminal

ALL = "all"
FORMATS = ("markdown", "rich", "json", "sarif", "github", "html")
_NEVER = "never"
_SEVERITIES = ("error", "warning", "info")

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOptions:
    """What the user typed. report: the value of `--format`, None where the stream decides."""

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    topic: str = ALL
    report: str | None = None
    output: Path | None = None
    fail_on: str = _NEVER
    baseline: Path | None = None
    write_baseline: bool = False
    since: str | None = None
    jobs: int = 1
    executor: str | None = None
    no_cache: bool = False
    cache_dir: Path | None = None
    config: Path | None = None
    root: Path | None = None

    def check_together(self) -> None:
        """Raise UsageError for options that contradict each other."""
        if self.write_baseline and self.baseline is None:
            raise click.UsageError("--write-baseline needs --baseline FILE to write to.")
        if self.write_baseline and (self.since is not None or self.paths):
            raise click.UsageError("--write-baseline is for the whole project: leave --since and PATHS away.")
        if self.topic != ALL and self.select:
            raise click.UsageError("--topic and --select cannot be used together.")


def _declared(function: F) -> F:
    for declare in reversed(_OPTIONS):
        function = declare(function)
    return function


_OUTPUT = click.Path(dir_okay=False, path_type=Path)

_OPTIONS: list[Callable[[Any], Any]] = [
    paths_argument,
    select_option,
    ignore_option,
    click.option("--topic", default=ALL, metavar="T", help="A category or rule; the report's title. All by default."),
    click.option("--format", "report", type=click.Choice(FORMATS), help="rich on a terminal, else markdown."),
    click.option("--output", type=_OUTPUT, metavar="FILE", help="Write the report to FILE, all of it or nothing."),
    click.option(
        "--fail-on",
        type=click.Choice([*_SEVERITIES, _NEVER]),
        default=_NEVER,
        show_default=True,
        help="Exit 1 if an issue is at least so severe.",
    ),
    click.option("--baseline", type=_OUTPUT, metavar="FILE", help="Report only what the baseline lacks."),
    click.option("--write-baseline", is_flag=True, help="Write all issues into the baseline, report none."),
    click.option("--since", metavar="REV", help="Report only files that changed since the git revision REV."),
    jobs_option,
    executor_option,
    *cache_options,
    config_option,
    root_option,
    click.option("-v", "--verbose", count=True, help="Also show why."),
    click.option("-q", "--quiet", count=True, help="No progress, no word on standard error but errors."),
    color_option,
]


@click.command()
@_declared
@click.pass_obj
def review(
    terminal: Terminal,
    /,
    verbose: int,
    quiet: int,
    color: ColorChoice,
    select: Sequence[tuple[str, ...]],
    ignore: Sequence[tuple[str, ...]],
    **given: Any,
) -> Exit:
    """Report where a project departs from its standard, and how each place is put right. Changes nothing.

    PATHS, the current folder by default, limit which files are reported on; the whole project around them is read.
    """
    terminal.color, terminal.verbosity = color, verbose - quiet
    options = ReviewOptions(select=flat(select), ignore=flat(ignore), **given)
    terminal.owes_json = options.report == "json" and options.output is None
    terminal.failure_document = "lifeops_migrate.reviews.json_review"
    options.check_together()
    return _review(terminal, options)


def _review(terminal: Terminal, options: ReviewOptions) -> Exit:
    known = _known(options)
    meant = asked(_with_topic(options))
    found = _made(terminal, options, meant)
    if options.write_baseline:
        _write_baseline(terminal, options, found)
    else:
        found = _without_known(terminal, found, known)
        _report(terminal, options, found, meant.location.shown_root)
    for error in found.errors:
        place = f"{error.path}:{error.line}" if error.line else error.path
        complain(terminal, "error", f"{place}: {error.message}")
    return _exit_code(options, found)


def _with_topic(options: ReviewOptions) -> ReviewOptions:
    """The topic is what is selected."""
    return options if options.topic == ALL else replace(options, select=(options.topic,))


def _made(terminal: Terminal, options: ReviewOptions, meant: Asked) -> Review:
    from lifeops_codemods.pipeline import Request
    from lifeops_codemods.review.reviewing import review as reviewed
    from lifeops_migrate.progress import Progress

    with Progress(terminal) as progress, executor_at(options.executor) as executor:
        return reviewed(
            Request(
                root=meant.location.root,
                rules=meant.rules,
                settings=meant.location.settings,
                paths=meant.location.paths,
                changed=meant.changed,
                cache_dir=cache_folder(options),
                jobs=options.jobs,
                executor=executor,
                progress=progress,
            ),
            "all standards" if options.topic == ALL else options.topic,
        )


# -- baseline


def _known(options: ReviewOptions) -> frozenset[str] | None:
    """The fingerprints of the baseline, read before the work begins; None without one."""
    if options.baseline is None or options.write_baseline:
        return None
    from lifeops_codemods.review.baseline import BaselineError, known_in

    try:
        return known_in(options.baseline.read_bytes().decode("utf-8"))
    except FileNotFoundError as error:
        hint = f"lifeops-migrate review --baseline {options.baseline} --write-baseline"
        raise Failure(f"{options.baseline}: there is no such baseline", hints=[hint]) from error
    except OSError as error:
        raise Failure(f"{options.baseline}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{options.baseline}: is not UTF-8 (byte {error.start})") from error
    except BaselineError as error:
        raise Failure(f"{options.baseline}: {error}") from error


def _write_baseline(terminal: Terminal, options: ReviewOptions, found: Review) -> None:
    from lifeops_codemods.review.baseline import baseline

    assert options.baseline is not None
    _write(options.baseline, baseline(found.issues))
    if terminal.verbosity >= 0:
        say(terminal, f"{options.baseline}: {plural(len(found.issues), 'issue')} written.")


def _without_known(terminal: Terminal, found: Review, known: frozenset[str] | None) -> Review:
    if known is None:
        return found
    from lifeops_codemods.review.baseline import without_known

    left = without_known(found, known)
    if left.gone and terminal.verbosity >= 0:
        verb = "is" if left.gone == 1 else "are"
        say(terminal, f"{plural(left.gone, 'issue')} of the baseline {verb} gone; --write-baseline renews it.")
    return left


# -- the report


def _report(terminal: Terminal, options: ReviewOptions, found: Review, root: str) -> None:
    kind = options.report or ("rich" if terminal.out.isatty() and options.output is None else "markdown")
    if options.output is None:
        _show(terminal, terminal.out, kind, found, root)
        terminal.out.flush()
        terminal.owes_json = False
        return
    held = StringIO()
    _show(terminal, Sink(held), kind, found, root)
    _write(options.output, held.getvalue())


def _show(terminal: Terminal, out: Sink, kind: str, found: Review, root: str) -> None:
    if kind == "rich":
        from lifeops_migrate.preview.screen import Screen
        from lifeops_migrate.reviews.rich_review import show

        show(Screen(out, colored=terminal.colored(out)), found, why=terminal.verbosity > 0)
    else:
        out.write(_text(kind, found, root))


def _text(kind: str, found: Review, root: str) -> str:
    match kind:
        case "json":
            from lifeops_migrate.reviews.json_review import document

            return document(found, root)
        case "sarif":
            from lifeops_migrate.reports.patch import below_top
            from lifeops_migrate.reviews.sarif import sarif

            return sarif(found, below_top(found.root))
        case "github":
            from lifeops_migrate.reviews.annotations import commands

            return "".join(f"{line}\n" for line in commands(found))
        case "html":
            from lifeops_migrate.reviews.html.page import page

            return page(found, root)
    from lifeops_migrate.reviews.markdown import markdown

    return markdown(found)


def _write(path: Path, text: str) -> None:
    from lifeops_migrate.whole_file import write_whole

    try:
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise Failure(f"{path}: cannot write it: {(error.strerror or str(error)).lower()}") from error


def _exit_code(options: ReviewOptions, found: Review) -> Exit:
    codes = [Exit.DONE]
    if found.errors:
        codes.append(Exit.INCOMPLETE)
    if options.fail_on != _NEVER and not options.write_baseline:
        bad = _SEVERITIES[: _SEVERITIES.index(options.fail_on) + 1]
        if any(issue.severity.value in bad for issue in found.issues):
            codes.append(Exit.CHANGES)
    return gravest(codes)
