"""Commands to type next: the user's own, with one word more or less."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lifeops_migrate.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_migrate.options import RunOptions

NAME = "lifeops-migrate"


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command line in parts, so that another option can be put where it belongs. verb: empty for the default one."""

    program: str
    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    verb: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join([self.program, *(_quoted(word) for word in (*self.verb, *self.options, *self.paths))])

    def adding(self, *options: str) -> Invocation:
        """The command with these options first."""
        kept = tuple(option for option in self.options if option not in options)
        return replace(self, options=(*options, *kept))

    def command(self, *words: str) -> Invocation:
        """Another command of the same program."""
        return Invocation(self.program, words)


def again(options: RunOptions, verb: Sequence[str] = ()) -> Invocation:
    """The run that the user asked for, without what only says how to show it."""
    words: list[str] = []
    for flag, names in (("--select", options.select), ("--ignore", options.ignore)):
        if names:
            words += [flag, ",".join(names)]
    if options.safe_only:
        words.append("--safe-only")
    if options.since is not None:
        words += ["--since", options.since]
    if options.allow_dirty:
        words.append("--allow-dirty")
    if options.commit:
        words.append("--commit")
    if options.no_verify:
        words.append("--no-verify")
    for flag, text in (
        ("--branch", options.branch),
        ("--verify", options.verify),
        ("--executor", options.executor),
    ):
        if text is not None:
            words += [flag, text]
    for flag, path in (("--config", options.config), ("--root", options.root)):
        if path is not None:
            words += [flag, os.fspath(path)]
    return Invocation(program(), tuple(words), tuple(map(_as_path, options.paths)), tuple(verb))


def program() -> str:
    """How the program was called, in a form that can be typed here."""
    typed = sys.argv[0]
    if os.path.basename(typed) == "__main__.py":
        return f"{_as_typed(sys.executable)} -m {__package__}"
    return _as_typed(typed) if os.path.basename(typed) == NAME else NAME


def _as_typed(path: str) -> str:
    """The bare name where the shell finds this very file by it, else the path from here, else the whole path."""
    import shutil  # late: few runs say what to type next

    name = os.path.basename(path)
    found = shutil.which(name)
    if found and os.path.abspath(found) == os.path.abspath(path):
        return _quoted(name)
    near = os.path.relpath(path)
    return _quoted(path if near.startswith("..") else near)


def _as_path(path: str) -> str:
    """A path that cannot be taken for an option or a command."""
    return os.path.join(".", path) if path.startswith("-") or path in COMMANDS else path


def _quoted(word: str) -> str:
    """For bash and zsh; `$'…'` where a character could not be typed or seen."""
    if word.isprintable():
        return shlex.quote(word)
    spelled = (chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in os.fsencode(word))
    return f"$'{''.join(spelled)}'"
