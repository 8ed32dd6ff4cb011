"""The process: streams in, an exit code out. Whatever goes wrong on the way is said in words."""

from __future__ import annotations

# isort: off
from lifeops_migrate import safe_path  # noqa: F401 - before anything that the target could stand in for
# isort: on

import gc
import io
import os
import signal
import sys
import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NoReturn, TextIO

import click

from lifeops_migrate.commands import cli
from lifeops_migrate.exit_code import Exit, gravest
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
    gc.disable()  # a short life, and no cycles worth a search
    _leave(run_command(sys.argv[1:], sys.stdin or _closed("r"), sys.stdout or _closed("w"), sys.stderr or _closed("w")))


def _leave(code: int) -> NoReturn:
    """End the process without taking a million facts apart first; what is to be written has been flushed."""
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.exit(code)
    if all(stream is None or _flushed(stream) for stream in (sys.stdout, sys.stderr)):
        os._exit(code)
    sys.exit(code)


def _flushed(stream: TextIO) -> bool:
    try:
        stream.flush()
    except (OSError, ValueError):
        return False
    return True


def _closed(mode: Literal["r", "w"]) -> TextIO:
    """In the place of a stream that the caller closed (`>&-`): Python has None there."""
    return open(os.devnull, mode, encoding="utf-8")


def run_command(arguments: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run one command on the given streams and return its exit code."""
    terminal = Terminal(stdin, Sink(stdout), Sink(stderr))
    try:
        code = _run(terminal, arguments)
    except KeyboardInterrupt as interruption:
        say(terminal, "Interrupted. No file was left half-written.")
        code = _code_of(interruption)
    terminal.out.flush()
    if terminal.out.failure is not None:
        reason = (terminal.out.failure.strerror or str(terminal.out.failure)).lower()
        complain(terminal, "error", f"cannot write to standard output: {reason}")
        code = gravest([Exit(code), Exit.FAILED])
    terminal.err.flush()
    return code


def _code_of(interruption: KeyboardInterrupt) -> int:
    if isinstance(interruption, Terminated):
        return Exit.TERMINATED
    return int(getattr(interruption, "exit_code", Exit.INTERRUPTED))


def _run(terminal: Terminal, arguments: Sequence[str]) -> int:
    try:
        return int(cli.main(list(arguments), NAME, standalone_mode=False, obj=terminal) or Exit.DONE)
    except click.exceptions.Abort as abort:
        # Click has said a line end and put its own exception in the place of the interruption.
        cause = abort.__cause__
        raise (cause if isinstance(cause, KeyboardInterrupt) else KeyboardInterrupt()) from None
    except click.ClickException as error:
        terminal.owes_json = terminal.owes_json or _asks_for_json(arguments)
        if list(arguments[:1]) == ["review"]:
            terminal.failure_document = "lifeops_migrate.reviews.json_review"
        _report_usage(terminal, error)
    except Failure as failure:
        report_failure(terminal, failure)
        return Exit.REFUSED if failure.label == "refused" else Exit.FAILED
    except OSError as error:
        report_failure(terminal, Failure(f"the operating system refused: {error}"))
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


def _asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether a command line that click could not read wants a document all the same."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


if __name__ == "__main__":
    main()
