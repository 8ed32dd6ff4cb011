"""The process: streams in, an exit code out. Whatever goes wrong on the way is said in words."""

from __future__ import annotations

import io
import signal
import sys
from typing import TYPE_CHECKING, TextIO

import click

from lifeops_migrate.commands import cli
from lifeops_migrate.exit_code import Exit
from lifeops_migrate.failure import Failure, report_bug, report_failure, report_to_program
from lifeops_migrate.messages import complain, say
from lifeops_migrate.terminal import Sink, Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

NAME = "lifeops-migrate"


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


def main() -> None:
    """The console script."""
    signal.signal(signal.SIGTERM, _terminate)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    sys.exit(run_command(sys.argv[1:], sys.stdin, sys.stdout, sys.stderr))


def run_command(arguments: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run one command on the given streams and return its exit code."""
    terminal = Terminal(stdin, Sink(stdout), Sink(stderr))
    try:
        return _run(terminal, arguments)
    except KeyboardInterrupt as interruption:
        say(terminal, "Interrupted. No file was left half-written.")
        if isinstance(interruption, Terminated):
            return Exit.TERMINATED
        return int(getattr(interruption, "exit_code", Exit.INTERRUPTED))
    finally:
        terminal.out.flush()
        terminal.err.flush()


def _run(terminal: Terminal, arguments: Sequence[str]) -> int:
    try:
        return int(cli.main(list(arguments), NAME, standalone_mode=False, obj=terminal) or Exit.DONE)
    except click.exceptions.Abort as abort:
        # Click has said a line end and put its own exception in the place of the interruption.
        cause = abort.__cause__
        raise (cause if isinstance(cause, KeyboardInterrupt) else KeyboardInterrupt()) from None
    except click.ClickException as error:
        _report_usage(terminal, error)
    except Failure as failure:
        report_failure(terminal, failure)
        return Exit.REFUSED if failure.label == "refused" else Exit.FAILED
    except Exception as error:
        report_bug(terminal, error)
    return Exit.FAILED


def _report_usage(terminal: Terminal, error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    complain(terminal, "error", error.format_message())
    if context is not None:
        say(terminal, context.get_usage())
        say(terminal, f"Try `{context.command_path} --help`.")
    report_to_program(terminal, [error.format_message()])


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


if __name__ == "__main__":
    main()
