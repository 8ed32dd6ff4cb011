"""What all rules together cost on one project, beside what Python needs to compile it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from measure.running import Cost

PROJECT = "ethyca-fides"
COMPILER = "compileall"
Command = Callable[[Path, Path], list[str]]
"""Makes a command for the project's folder and an empty one."""


def commands(rules: list[str]) -> dict[str, Command]:
    """All rules, each rule alone, and the compiler, by name."""
    found: dict[str, Command] = {"all rules": lambda folder, empty: _ours(folder, [])}
    for rule in rules:
        found[rule] = lambda folder, empty, rule=rule: _ours(folder, ["--select", rule])  # type: ignore[misc]
    found[COMPILER] = _compiler
    return found


def _ours(folder: Path, more: list[str]) -> list[str]:
    run = [sys.executable, "-m", "lifeops_migrate", "run", "--dry-run", "--no-cache", "-j1", "--format", "json"]
    return [*run, *more, "--root", str(folder)]


def _compiler(folder: Path, empty: Path) -> list[str]:
    return [sys.executable, "-X", f"pycache_prefix={empty}", "-m", "compileall", "-q", "-j1", str(folder)]


def table(costs: Mapping[str, tuple[Cost, int]]) -> str:
    """The section of the page."""
    base = costs[COMPILER][0]
    rows = [
        f"| {name} | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.memory:.0f} | {cost.cpu / base.cpu:.1f} | {runs} |"
        for name, (cost, runs) in costs.items()
    ]
    head = [
        f"## All rules on {PROJECT}, beside the compiler",
        "",
        "`run --dry-run --no-cache -j1 --format json` against `python -m compileall -j1` with an empty cache.",
        "",
        "| | cpu s | wall s | memory MB | cpu, ratio | runs |",
        "| --- | --: | --: | --: | --: | --: |",
    ]
    return "\n".join([*head, *rows, ""])
