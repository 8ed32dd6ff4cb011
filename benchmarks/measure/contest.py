"""All contestants in turn on one tree: one process at a time, so that a busy minute hurts all alike."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from checks.places import REPO

from measure.book import Row
from measure.running import Cost, run

SLOW = 60.0  # seconds of a run after which fewer runs are enough
FEWEST = 3


class Contestant(NamedTuple):
    """`command` makes the command for a tree and a scratch folder, which is empty at first.

    filled: one run that does not count fills the scratch folder, and all others find it so. accepted: exit codes of a
    run that did its work. seen: what is said beside its row, read off what it printed, so that nothing is said that
    the run did not show.
    """

    name: str
    command: Callable[[Path, Path], list[str]]
    filled: bool = False
    accepted: Collection[int] = (0,)
    seen: Callable[[str], list[str]] = lambda printed: []


def in_turn(everybody: Sequence[Contestant], folder: Path, runs: Callable[[float], int]) -> dict[str, Row]:
    """What each cost. runs: how many of a contestant whose first run took that many seconds."""
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        place = Path(made)
        for one in everybody:
            if one.filled:
                _run(one, folder, place, 0)
        costs: dict[str, list[Cost]] = {one.name: [] for one in everybody}
        number = 0
        while waiting := [one for one in everybody if number == 0 or number < runs(costs[one.name][0].wall)]:
            for one in waiting:
                costs[one.name].append(_run(one, folder, place, number))
                print(f"  {one.name}: {costs[one.name][-1].cpu:.2f} s of cpu", flush=True)
            number += 1
        seen = {one.name: tuple(one.seen(_log(one, place).read_text(errors="replace"))) for one in everybody}
    return {name: Row(tuple(each), seen[name]) for name, each in costs.items()}


def usual(most: int) -> Callable[[float], int]:
    """The given number of runs, or three where one takes over a minute."""
    return lambda seconds: most if seconds < SLOW else min(most, FEWEST)


def _run(one: Contestant, folder: Path, place: Path, number: int) -> Cost:
    scratch = place / (one.name if one.filled else f"{one.name} {number}")
    scratch.mkdir(exist_ok=True)
    spent = run(one.command(folder, scratch), folder, variables(), _log(one, place), one.accepted)
    if not one.filled:
        shutil.rmtree(scratch)
    return spent


def _log(one: Contestant, place: Path) -> Path:
    return place / f"{one.name}.log"


def variables() -> dict[str, str]:
    """The environment of every run; the tool is the one of this repository."""
    path = os.pathsep.join([str(REPO / "codemods"), str(REPO / "cli")])
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
