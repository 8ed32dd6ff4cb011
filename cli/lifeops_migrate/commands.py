"""The commands, each in a file of its own that is imported when it is wanted: `--help` reads none of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import click
from click.shell_completion import CompletionItem

from lifeops_codemods import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT = "run"


class Entry(NamedTuple):
    """Where a command is, and its line in the help."""

    module: str
    summary: str


COMMANDS = {
    "run": Entry("run", "Preview the migration, ask, apply it (the default command)."),
    "review": Entry("review", "Report what departs from the standard, where, and how to put it right."),
    "rules": Entry("rules", "List every rule: name, category, effect, one line."),
    "explain": Entry("explain", "Explain a rule: why, before and after, what it leaves alone, options."),
    "undo": Entry("undo", "Put back what a run changed (the last one by default)."),
    "history": Entry("history", "List the runs that can be undone."),
    "bowler": Entry("bowler", "Run a Bowler script behind the same preview, apply and undo."),
    "init": Entry("init", "Write a commented [tool.lifeops-migrate] table."),
}


class Commands(click.Group):
    """A group with lazy commands and a default: what does not begin with a command is given to `run`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = getattr(import_module(f"lifeops_migrate.{entry.module}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        named = bool(args) and (args[0] in COMMANDS or args[0] in own)
        completing_the_first_word = ctx.resilient_parsing and not args
        if not named and not completing_the_first_word:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and, since the word may as well belong to the default one, its options or paths."""
        found = [CompletionItem(name, help=COMMANDS[name].summary) for name in COMMANDS if name.startswith(incomplete)]
        found += click.Command.shell_complete(self, ctx, incomplete)
        default = self.get_command(ctx, DEFAULT)
        if default is not None and not found:
            found += _of_default(default, ctx, incomplete)
        elif default is not None and incomplete.startswith("-"):
            found = _distinct([*found, *default.shell_complete(_context(default, ctx), incomplete)])
        return found


def _of_default(default: click.Command, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    if incomplete.startswith("-"):
        return default.shell_complete(_context(default, ctx), incomplete)
    return [CompletionItem(incomplete, type="file")]


def _context(command: click.Command, parent: click.Context) -> click.Context:
    return command.make_context(DEFAULT, [], parent=parent, resilient_parsing=True)


def _distinct(items: Iterable[CompletionItem]) -> list[CompletionItem]:
    return list({item.value: item for item in items}.values())


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Without a command it is `run`, on the current folder. A path spelled like a command is given as ./NAME.",
)
@click.version_option(__version__, prog_name="lifeops-migrate")
def cli() -> None:
    """Migrate a FastAPI project to its written standard: a diff first, then an apply that can be undone.

    \b
    lifeops-migrate --dry-run        show what would change, write nothing
    lifeops-migrate                  show it, ask, apply
    lifeops-migrate undo             put everything back
    """
