"""`--verify`: the user's own command, run before and after, and what its two results say of the change."""

from __future__ import annotations

import os
import subprocess
import tempfile
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from lifeops_migrate.messages import say

if TYPE_CHECKING:
    from lifeops_migrate.terminal import Terminal

_LINES_SHOWN = 30
_BYTES_READ = 64 * 1024


class Verdict(NamedTuple):
    """What the command came to. tail: the last lines it wrote, to either stream."""

    code: int
    seconds: float
    tail: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.code == 0

    def __str__(self) -> str:
        """`exit 1 in 3.2 s: 1 failed, 12 passed`."""
        how = f"killed by signal {-self.code}" if self.code < 0 else f"exit {self.code}"
        said = f": {self.tail[-1]}" if self.tail else ""
        return f"{how} in {self.seconds:.1f} s{said}"


def run_check(terminal: Terminal, command: str, when: str) -> Verdict:
    """Run the command in a shell, in the current folder, with nothing to read; say how it ended."""
    if terminal.verbosity >= 0:
        say(terminal, f"Verify, {when}: {command}")
    start = perf_counter()
    with tempfile.TemporaryFile() as written:
        with subprocess.Popen(
            command, shell=True, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT
        ) as process:
            code = _ended(process)
        seconds = perf_counter() - start
        verdict = Verdict(code, seconds, _tail(written.fileno()))
    if terminal.verbosity >= 0:
        say(terminal, f"  {verdict}")
    return verdict


def comparison(before: Verdict, after: Verdict) -> tuple[str, ...]:
    """Why a run was put back: the two results, and the last that the command wrote."""
    if before.good:
        first = f"the command succeeded before the change and fails after it ({after})"
    else:
        first = f"the command fails after the change ({after}), as it did before ({before}): it cannot tell"
    return (first, *(f"  {line}" for line in after.tail))


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Its exit code; an interruption ends it first."""
    try:
        return process.wait()
    except BaseException:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


def _tail(descriptor: int) -> tuple[str, ...]:

    size = os.fstat(descriptor).st_size
    data = os.pread(descriptor, _BYTES_READ, max(size - _BYTES_READ, 0))
    lines = [line.rstrip() for line in data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")]
    return tuple(line for line in lines if line)[-_LINES_SHOWN:]
