"""One run of a command: what it cost, with all processes that it started."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple


class Cost(NamedTuple):
    """Seconds of cpu (user and system) and of wall time; peak memory of the largest process in megabytes."""

    cpu: float
    wall: float
    memory: float


def run(command: Sequence[str], folder: Path, variables: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end. What it prints goes to `log`. Raises RuntimeError if it fails."""
    with log.open("w") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=dict(variables), stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 3}:
        raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}, see {log}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each."""
    return Cost(*(median(values) for values in zip(*costs, strict=True)))
