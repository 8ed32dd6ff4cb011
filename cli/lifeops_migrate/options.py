"""The options of `run` as click declares them, and as one frozen value."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    _ParamType = click.ParamType[Any]
else:  # older versions of click are not generic
    _ParamType = click.ParamType

F = TypeVar("F", bound=Callable[..., Any])


class Mode(Enum):
    """What a run may do. ASK and HELD are the same request with and without a person to answer."""

    DRY_RUN = "dry-run"
    CHECK = "check"
    YES = "yes"
    ASK = "ask"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What the user typed. `report` is the value of `--format`, None where the stream decides."""

    paths: tuple[str, ...] = ()
    dry_run: bool = False
    check: bool = False
    yes: bool = False
    interactive: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    safe_only: bool = False
    diff_style: str = "unified"
    patch: str | None = None
    report: str | None = None
    since: str | None = None
    allow_dirty: bool = False
    commit: bool = False
    branch: str | None = None
    no_verify: bool = False
    verify: str | None = None
    jobs: int = 1
    executor: str | None = None
    no_cache: bool = False
    cache_dir: Path | None = None
    config: Path | None = None
    root: Path | None = None

    @property
    def patch_on_stdout(self) -> bool:
        return self.patch == "-"

    def mode(self, *, can_ask: bool) -> Mode:
        """What the run may do."""
        given = {Mode.DRY_RUN: self.dry_run, Mode.CHECK: self.check, Mode.YES: self.yes}
        for mode, is_given in given.items():
            if is_given:
                return mode
        return Mode.ASK if can_ask and self.report not in {"json", "github"} else Mode.HELD

    def check_together(self) -> None:
        """Raise UsageError for options that contradict each other."""
        modes = [name for name in ("dry_run", "check", "yes", "interactive") if getattr(self, name)]
        if len(modes) > 1:
            first, second = (f"--{name.replace('_', '-')}" for name in modes[:2])
            raise click.UsageError(f"{first} and {second} cannot be used together.")
        if self.interactive and self.report in {"json", "github"}:
            raise click.UsageError(f"--interactive shows a person what to choose: leave out --format {self.report}.")
        for option, given in (("--branch", self.branch is not None), ("--no-verify", self.no_verify)):
            if given and not self.commit:
                raise click.UsageError(f"{option} says how to commit: it needs --commit.")
        if self.patch_on_stdout and self.report is not None:
            raise click.UsageError("--patch - leaves no room for --format on standard output: give the patch a file.")


class NameList(_ParamType):
    """Names with commas between them."""

    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(name for name in (part.strip() for part in str(value).split(",")) if name)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        from lifeops_codemods.rule import Category
        from lifeops_codemods.rules import listed_rules

        done, comma, last = incomplete.rpartition(",")
        names = ["all", *(category.value for category in Category), *(rule.name for rule in listed_rules())]
        return [CompletionItem(f"{done}{comma}{name}") for name in names if name.startswith(last)]


def flat(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The names of an option that was given several times."""
    return tuple(name for names in lists for name in names)


def processors() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_DIRECTORY = click.Path(file_okay=False, path_type=Path)

root_option = click.option("--root", type=_FOLDER, metavar="DIR", help="The project's top folder; found by itself.")

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Whether to use colour.",
)


def run_options(function: F) -> F:
    """Declare all options of `run`."""
    for decorate in reversed(_DECLARATIONS):
        function = decorate(function)
    return function


def options_of_run(*names: str) -> Callable[[F], F]:
    """Declare those options of `run` that hold for another command too, by the names of their parameters."""

    def decorate(function: F) -> F:
        declared: list[click.Parameter] = run_options(lambda: None).__click_params__  # type: ignore[attr-defined]
        own: list[click.Parameter] = getattr(function, "__click_params__", [])
        function.__click_params__ = [*(one for one in declared if one.name in names), *own]  # type: ignore[attr-defined]
        return function

    return decorate


_NAMES = NameList()

paths_argument = click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATHS]...")
select_option = click.option(
    "--select", multiple=True, type=_NAMES, metavar="R,…", help="Only these rules or categories."
)
ignore_option = click.option(
    "--ignore", multiple=True, type=_NAMES, metavar="R,…", help="Not these rules or categories."
)
jobs_option = click.option(
    "-j", "--jobs", type=click.IntRange(min=1), default=processors, metavar="N", help="Worker processes to use."
)
executor_option = click.option(
    "--executor", metavar="URL", help="Have other machines read and rewrite: dask://SCHEDULER:PORT."
)
cache_options = (
    click.option("--no-cache", is_flag=True, help="Neither read nor write the cache of facts."),
    click.option("--cache-dir", type=_DIRECTORY, metavar="DIR", help="Where the cache lives."),
)
config_option = click.option("--config", type=_FILE, metavar="FILE", help="Read the configuration from FILE.")

_DECLARATIONS: list[Callable[[Any], Any]] = [
    paths_argument,
    click.option("-n", "--dry-run", is_flag=True, help="Show the diff, write nothing."),
    click.option("--check", is_flag=True, help="No diff; exit 1 if a run would change anything."),
    click.option("-y", "--yes", is_flag=True, help="Apply without asking."),
    click.option("-i", "--interactive", is_flag=True, help="Choose by rule, by file, by hunk, as `git add -p` does."),
    select_option,
    ignore_option,
    click.option("--since", metavar="REV", help="Edit only files that changed since the git revision REV."),
    click.option("--safe-only", is_flag=True, help="Only edits that no client of the service can see."),
    click.option(
        "--diff-style",
        type=click.Choice(["unified", "side-by-side"]),
        default="unified",
        show_default=True,
        help="How the preview looks.",
    ),
    click.option("--patch", metavar="FILE", help="Also write the change as one patch for `git apply` (- for stdout)."),
    click.option(
        "--format",
        "report",
        type=click.Choice(["rich", "concise", "json", "github"]),
        help="What is printed; rich on a terminal, else concise.",
    ),
    click.option("--allow-dirty", is_flag=True, help="Write although git has uncommitted changes in the files."),
    click.option("--commit", is_flag=True, help="Make one git commit for each rule."),
    click.option("--branch", metavar="NAME", help="With --commit: make this branch and switch to it first."),
    click.option("--no-verify", is_flag=True, help="With --commit: leave out git's hooks that can say no."),
    click.option("--verify", metavar="CMD", help="Run CMD before and after; if it fails, put everything back."),
    jobs_option,
    executor_option,
    *cache_options,
    config_option,
    root_option,
    click.option("-v", "--verbose", count=True, help="Also show why, and what was left out."),
    click.option("-q", "--quiet", count=True, help="No summary, no hints, no progress."),
    color_option,
]
