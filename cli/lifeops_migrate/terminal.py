"""The three streams of the process, and what they can show.

Results go to `out`, errors, progress and questions to `err`. Neither ever fails for want of an encoding, and a reader
that has gone away (`| head`) makes a stream quiet, not the run fail: its exit code stays the true one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO, Literal, TextIO

ColorChoice = Literal["auto", "always", "never"]

DEFAULT_WIDTH = 80


class Sink:
    """A stream that text and bytes can be written to.

    gone: nobody takes what is written any more. failure: why, where that is not simply a reader who has left.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        stream.flush()
        self._bytes: BinaryIO | None = getattr(stream, "buffer", None)
        self.encoding = getattr(stream, "encoding", None) or "utf-8"
        self.gone = False
        self.failure: OSError | None = None

    def write(self, text: str) -> int:
        """Write text; what the encoding lacks is written as a backslash escape."""
        if self._bytes is None:
            self._stream.write(text)
        else:
            self.write_bytes(text.encode(self.encoding, "backslashreplace"))
        return len(text)

    def line(self, text: str = "") -> None:
        """Write text and a line end."""
        self.write(text + "\n")

    def write_bytes(self, data: bytes) -> None:
        """Write bytes as they are."""
        if self.gone:
            return
        if self._bytes is None:
            self._stream.write(data.decode(self.encoding, "surrogateescape"))
            return
        try:
            self._bytes.write(data)
        except OSError as error:
            self._go_quiet(error)

    def flush(self) -> None:
        """Hand over what was written."""
        if self.gone:
            return
        try:
            self._stream.flush()
        except OSError as error:
            self._go_quiet(error)

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def shows(self, text: str) -> bool:
        """Whether the encoding has all characters of `text`."""
        try:
            text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    @property
    def width(self) -> int:
        """Columns: `COLUMNS` if it is set, else the terminal's, else 80."""
        given = os.environ.get("COLUMNS", "")
        if given.isdecimal() and int(given):
            return int(given)
        try:
            return os.get_terminal_size(self.fileno()).columns or DEFAULT_WIDTH
        except (OSError, ValueError):
            return DEFAULT_WIDTH

    def _go_quiet(self, error: OSError) -> None:
        """Point the descriptor elsewhere, or the interpreter's last flush would complain."""
        self.gone = True
        self.failure = None if isinstance(error, BrokenPipeError) else error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


@dataclass(slots=True)
class Terminal:
    """The streams with the user's word on colour and detail. One value is made at the start and handed down.

    owes_json: a program waits for a document on standard output, which even a failure must give it. failure_document:
    the module whose `failure` makes it.
    """

    stdin: TextIO
    out: Sink
    err: Sink
    color: ColorChoice = "auto"
    verbosity: int = 0
    owes_json: bool = False
    failure_document: str = "lifeops_migrate.reports.json_report"

    def colored(self, sink: Sink) -> bool:
        """The option first, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether it is a terminal."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return os.environ.get("TERM") not in {"dumb", "unknown"} and sink.isatty()

    @property
    def can_ask(self) -> bool:
        """Whether a person can read a question and answer it."""
        return self.stdin.isatty() and self.err.isatty()


def is_plain() -> bool:
    """Whether the terminal cannot move its cursor, so that nothing on it can be redrawn."""
    return os.environ.get("TERM") in {"dumb", "unknown", None}
