"""The page with the figures."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from measure import analysis
from measure.contestants import PEERS, Task
from measure.running import Cost

Results = Mapping[Task, Mapping[str, tuple[Cost, int]]]
"""The median cost and the number of runs, by task and by contestant."""

START = "## `--help`"
INTRODUCTION = """# Performance

What it costs to see a rename, without writing it. This tool plans and shows the rename of *all* models of a project, by
`run --dry-run --select model-db-suffix`; the others rename *one* class, as far as they can, and show or describe the
change. Seconds are cpu seconds (user and system, of all processes) unless they are called wall. Cold: the cache is
empty. Warm: the facts are in the cache.
"""

METHOD = """## Method

`make bench` makes this page anew, on the pinned projects of the corpora folder. All read the same files: every `.py`
file of the project. The contestants run in turn, one process at a time, so that a busy minute hurts all alike; the
table shows the median of {most} runs, or of three where one run takes over a minute. Cpu and peak memory come from
`os.wait4`, so processes that a process starts and waits for count too. Memory is the largest process's.

- **lifeops-migrate**: `python -m lifeops_migrate run --dry-run --select model-db-suffix`, with its default of worker
  processes; cold with an empty cache folder each time.
- **LibCST**: `python -m libcst.tool codemod rename.RenameCommand` with full names, `--jobs 1` (no pool to start),
  `--unified-diff`, `--no-format`.
- **rope**: `Rename(project, resource, offset).get_changes(new)` and the description of the changes.
- **Bowler**: `Query([folder]).select_class(name).rename(new)` in one process, without writing. Its grammar lacks newer
  syntax: files that it cannot parse are left out, and that is not counted against it.

The work differs, in the others' favour: LibCST leaves the definition as it was, rope leaves names in strings such as
`Mapped["Build"]`, and Bowler goes by the word alone, renames a schema of the same name too and misses `orm.Build`.
"""


def written(
    results: Results, whole: Mapping[str, tuple[Cost, int]], starts: Mapping[str, tuple[Cost, int]], most: int
) -> str:
    """The whole page in Markdown."""
    parts = [INTRODUCTION, _machine(), *(_table(task, costs) for task, costs in results.items())]
    parts += [*([analysis.table(whole)] if whole else []), _start(starts)]
    return "\n".join([*parts, METHOD.format(most=most)])


def with_section(page: str, section: str) -> str:
    """The page with one of its sections made anew, or added before `--help`."""
    title = section.partition("\n")[0]
    before, found, rest = page.partition(title)
    if not found:
        before, marker, after = page.partition(START)
        return f"{before}{section}\n{marker}{after}"
    following = rest.partition("\n## ")[2]
    return f"{before}{section}\n## {following}"


def _machine() -> str:
    versions = ", ".join(f"{name} {number}" for name, number in PEERS.items())
    python = ".".join(map(str, sys.version_info[:3]))
    ours = f"lifeops-migrate {version('lifeops-migrate')} with libcst {version('libcst')}"
    machine = f"{platform.system()} on {platform.machine()} ({_processor()}, {os.cpu_count()} processors)"
    return f"Measured with CPython {python}, {ours}, against {versions}; {machine}.\n"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "unknown")


def _table(task: Task, costs: Mapping[str, tuple[Cost, int]]) -> str:
    base = next(iter(costs.values()))[0]
    rows = [
        f"| {name} | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.memory:.0f} | {cost.cpu / base.cpu:.1f} | "
        f"{cost.wall / base.wall:.1f} | {runs} |"
        for name, (cost, runs) in costs.items()
    ]
    head = [
        f"## {task.project}",
        "",
        f"The others rename `{task.name}` to `{task.new}`.",
        "",
        "| | cpu s | wall s | memory MB | cpu, ratio | wall, ratio | runs |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    return "\n".join([*head, *rows, ""])


def _start(starts: Mapping[str, tuple[Cost, int]]) -> str:
    rows = [f"| {name} | {cost.cpu:.3f} | {cost.wall:.3f} | {cost.memory:.0f} |" for name, (cost, _) in starts.items()]
    head = [START, "", "| | cpu s | wall s | memory MB |", "| --- | --: | --: | --: |"]
    return "\n".join([*head, *rows, ""])
