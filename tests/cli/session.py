"""A command on a real pseudo-terminal, typed to as a person would: read until asked, then answer."""

from __future__ import annotations

import os
import pty
import re
import select
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 60
_QUESTION = re.compile(r"\[y[,/][^\n]*\] ")


class Session:
    """`lifeops-migrate` in a folder, on a terminal of its own. `seen`: all that it wrote, line ends as `\\n`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.seen = ""
        self._looked_at = 0
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            command = [sys.executable, "-m", "lifeops_migrate", *arguments, "--color", "never"]
            os.execve(sys.executable, command, {**os.environ, "COLUMNS": "200"})

    def asked(self) -> str:
        """Read until a question waits, and return what came up to it since the last one."""
        deadline = time.monotonic() + SECONDS
        while (question := _QUESTION.search(self.seen, self._looked_at)) is None:
            if time.monotonic() > deadline or not self._read():
                raise AssertionError(f"there was no question: {self.seen[self._looked_at :]!r}")
        start, self._looked_at = self._looked_at, question.end()
        return self.seen[start : self._looked_at]

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def answer(self, *answers: str) -> str:
        """Wait for a question before each answer; return what was written between the first and the last of them."""
        return "".join(self._answer(answer) for answer in answers)

    def _answer(self, answer: str) -> str:
        asked = self.asked()
        self.type(f"{answer}\n")
        return asked

    def end(self) -> int:
        """Read to the end and return the exit code."""
        while self._read():
            pass
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self) -> bool:
        if not select.select([self._terminal], [], [], SECONDS)[0]:
            return False
        try:
            part = os.read(self._terminal, 65536)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.seen += part.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(part)
