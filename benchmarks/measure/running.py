"""One run of a command: what it cost, with all processes that it started."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

LAUNCH = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]


class Cost(NamedTuple):
    """Seconds of cpu (user and system) and of wall time; peak memory of the largest process in megabytes."""

    cpu: float
    wall: float
    memory: float


def run(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], log: Path, accepted: Collection[int] = (0,)
) -> Cost:
    """Run a command to its end. What it prints goes to `log`. Raises RuntimeError if it ends with another code."""
    with tempfile.NamedTemporaryFile("r") as report, log.open("w") as output:
        launched = [*LAUNCH, report.name, *command]
        subprocess.run(launched, cwd=folder, env=dict(variables), stdout=output, stderr=subprocess.STDOUT, check=True)
        cpu, wall, memory, code = map(float, report.read().split())
    if int(code) not in accepted:
        last = log.read_text(errors="replace")[-400:]
        raise RuntimeError(f"{' '.join(command)}: exit code {int(code)}: {last}")
    return Cost(cpu, wall, memory)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each."""
    return Cost(*(median(values) for values in zip(*costs, strict=True)))
