"""How a run says that it came to nothing: words for a person, the same keys as ever for a program."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_codemods import __version__
from lifeops_migrate.messages import complain, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_migrate.terminal import Terminal


class Failure(Exception):  # noqa: N818 - it ends a command in an orderly way
    """What stands in the way, in whole sentences. hints: commands or options that help."""

    def __init__(self, *messages: str, label: str = "error", hints: Sequence[str] = ()) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages
        self.label = label
        self.hints = tuple(hints)


def report_failure(terminal: Terminal, failure: Failure) -> None:
    """Say it on standard error and, where JSON was asked for, in a document on standard output."""
    for message in failure.messages:
        complain(terminal, failure.label, message)
    for hint in failure.hints:
        complain(terminal, "hint", hint)
    report_to_program(terminal, failure.messages)


def report_to_program(terminal: Terminal, messages: Sequence[str]) -> None:
    """The document for a program that reads standard output, unless it has one already."""
    if not terminal.owes_json:
        return
    document: str = import_module(terminal.failure_document).failure(".", messages)
    terminal.out.write(document)
    terminal.out.flush()
    terminal.owes_json = False


def report_bug(terminal: Terminal, error: Exception) -> None:
    """One screen: that it is a bug, that nothing is half-written, what to send. The traceback where it is wanted."""
    import platform
    import shlex
    import traceback

    text = "".join(traceback.format_exception(error))
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({Path(last[0].filename).name}:{last[0].lineno})" if last else ""
    complain(terminal, "error", f"this is a bug in lifeops-migrate: {type(error).__name__}: {_short(error)}{where}")
    if terminal.verbosity > 0:
        for line in text.rstrip("\n").split("\n"):
            say(terminal, line)
    say(terminal)
    say(terminal, "No file was left half-written. Please report it to the maintainers of lifeops-migrate, with:")
    say(terminal, f"  the command    {shlex.join(['lifeops-migrate', *sys.argv[1:]])}")
    say(terminal, f"  the versions   lifeops-migrate {__version__}, Python {platform.python_version()}, {sys.platform}")
    say(terminal, f"  the traceback  {_saved(terminal, text)}")
    report_to_program(terminal, [f"internal error: {type(error).__name__}: {_short(error)}"])


def _short(error: Exception) -> str:
    text = str(error)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _saved(terminal: Terminal, text: str) -> str:
    """Where the traceback is: above, in a file of the user's cache, or to be had with -v."""
    if terminal.verbosity > 0:
        return "shown above"
    import platformdirs

    folder = platformdirs.user_cache_path("lifeops-migrate", appauthor=False)
    path = folder / f"crash-{os.getpid()}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return "run the command again with -v to see it"
    return str(path)
