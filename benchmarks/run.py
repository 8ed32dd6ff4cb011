"""Measure a rename against LibCST, rope and Bowler on real projects, and write `docs/performance.md`.

    python benchmarks/run.py [--runs N] [--analysis] [NAME...]

`--analysis` measures only all rules beside the compiler, and renews that section of the page.
With names only those projects are measured, and the figures are printed and not written. The projects are the pinned
ones of the corpora folder (`CORPORA`, by default `../shared/corpora` beside this repository).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from checks.places import CORPORA, REPO
from measure import analysis
from measure.contestants import TASKS, Contestant, Task, contestants, help_commands, variables
from measure.page import with_section, written
from measure.running import Cost, middle, run

from lifeops_codemods.rules import all_rules

SLOW = 60.0  # seconds of a run after which three runs are enough
FEWEST = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(task.project for task in TASKS))
    parser.add_argument("--analysis", action="store_true")
    wanted = parser.parse_args()
    if unknown := set(wanted.names) - {task.project for task in TASKS}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if wanted.analysis:
        return _renew_analysis(wanted.runs)
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        tasks = [task for task in TASKS if not wanted.names or task.project in wanted.names]
        results = {task: _measured(task, Path(place), wanted.runs) for task in tasks}
        starts = _starts(Path(place), wanted.runs)
        whole = _analysed(Path(place), wanted.runs) if not wanted.names or analysis.PROJECT in wanted.names else {}
    page = written(results, whole, starts, wanted.runs)
    if wanted.names:
        print(page)
    else:
        (REPO / "docs" / "performance.md").write_text(page)
    return 0


def _renew_analysis(runs: int) -> int:
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        section = analysis.table(_analysed(Path(place), runs))
    page = REPO / "docs" / "performance.md"
    page.write_text(with_section(page.read_text(), section))
    return 0


def _measured(task: Task, place: Path, runs: int) -> dict[str, tuple[Cost, int]]:
    """All contestants in turn on one project."""
    folder = place / task.project
    command = [sys.executable, str(CORPORA / "get.py"), task.project, "--copy", str(folder)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    everybody = contestants()
    for one in everybody:
        if one.with_cache:
            _one(one, task, folder, -1)
    found: dict[str, list[Cost]] = {}
    for number in range(runs):
        for one in everybody:
            costs = found.setdefault(one.name, [])
            if number < FEWEST or costs[0].wall < SLOW:
                costs.append(_one(one, task, folder, number))
                print(f"{task.project}, {one.name}: {costs[-1].cpu:.2f} s of cpu", flush=True)
    return {name: (middle(costs), len(costs)) for name, costs in found.items()}


def _analysed(place: Path, runs: int) -> dict[str, tuple[Cost, int]]:
    """All rules, each rule and the compiler, in turn on one project."""
    folder = place / "analysed"
    command = [sys.executable, str(CORPORA / "get.py"), analysis.PROJECT, "--copy", str(folder)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    found: dict[str, list[Cost]] = {}
    for number in range(runs):
        for name, make in analysis.commands([rule.name for rule in all_rules()]).items():
            empty = place / f"analysed-{name}-{number}".replace(" ", "-")
            cost = run(make(folder, empty), folder, variables(), place / "analysed.log")
            found.setdefault(name, []).append(cost)
            print(f"{analysis.PROJECT}, {name}: {cost.cpu:.2f} s of cpu", flush=True)
    return {name: (middle(costs), len(costs)) for name, costs in found.items()}


def _one(one: Contestant, task: Task, folder: Path, number: int) -> Cost:
    log = folder.with_name(f"{folder.name}-{one.name}.log")
    empty = folder.with_name(f"{folder.name}-{one.name}-{number}")
    return run(one.command(task, folder, empty), folder, variables(), log)


def _starts(place: Path, runs: int) -> dict[str, tuple[Cost, int]]:
    """What `--help` costs."""
    found: dict[str, list[Cost]] = {}
    for _ in range(runs * 2):
        for name, command in help_commands().items():
            found.setdefault(name, []).append(run(command, place, variables(), place / "help.log"))
    return {name: (middle(costs), len(costs)) for name, costs in found.items()}


if __name__ == "__main__":
    sys.exit(main())
