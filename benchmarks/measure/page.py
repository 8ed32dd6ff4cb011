"""The page with the figures, and the drawing in it, from the book alone."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import version as installed
from pathlib import Path

from checks.places import REPO

from measure import compiler, goals, peers, rename, scale, single, starts, whole
from measure.book import Book, Record
from measure.chart import Panel, svg
from measure.section import wrapped

SECTIONS = {part.SECTION.name: part.SECTION for part in (rename, whole, compiler, single, scale, starts)}
INTRODUCTION = """# Performance

What it costs to see a migration, without writing it, beside what other tools need for the same tree. Seconds are cpu
seconds (user and system, of all processes) unless they are called wall. Cold: the cache is empty. Warm: a run before
left its cache, and nothing changed since.
"""
METHOD = """## Method

`make bench` makes this page anew: the pinned projects of the corpora folder, checked by a hash of their content before
and after; the other tools in pinned versions, each in an environment of its own, from the lock files of
`benchmarks/peers`. `python benchmarks/run.py --only NAME` measures one part anew, `--page` writes the page anew from
the figures in `benchmarks/figures.json`, where every run is kept.

The contestants run in turn, one process at a time, so that a busy minute hurts all alike; a table shows the median of
the runs, and ratios to the row that says 1.0×. Cpu and peak memory come from `os.wait4`, so processes that a process
starts and waits for count too. Memory is the largest process's. What is said beside a row is read off the output of its
last run, nothing of it is taken from elsewhere.

- **lifeops-migrate**: `python -m lifeops_migrate run --dry-run`, with its defaults.
- **LibCST**: `python -m libcst.tool codemod rename.RenameCommand` with full names, `--jobs 1` (no pool to start),
  `--unified-diff`, `--no-format`.
- **rope**: `Rename(project, resource, offset).get_changes(new)` and the description of the changes; it is told where
  the packages lie, without which it may rename in one file alone, and to go on where a file does not parse.
- **Bowler**: `Query([folder]).select_class(name).rename(new)` in one process, without writing. Its grammar lacks newer
  syntax: files that it cannot parse are left out.
- **ast-grep**: `ast-grep run --pattern OLD --rewrite NEW`, which shows a diff; every identifier of that name, whatever
  it means.
- **ruff**: `ruff check --isolated --exit-zero`. **fixit**: `fixit --rules RULE lint`, with its default of processes.
  **codemodder**: `codemodder --dry-run --codemod-include CODEMOD`. **bump-pydantic**: `bump-pydantic --diff`.
"""


def written(book: Book) -> str:
    """The whole page in Markdown."""
    parts = [SECTIONS[name].written(book[name]) + _apart(book, name) for name in SECTIONS if name in book]
    return "\n".join([INTRODUCTION, _measured(book), "## Goals\n", goals.table(book), *parts, METHOD])


def drawing(record: Record) -> str:
    """Cpu and memory against lines of Python."""
    measured = scale.points(record)
    cpu = {name: [(size.lines, row.middle.cpu) for size, row in points] for name, points in measured.items()}
    memory = {name: [(size.lines, row.middle.memory) for size, row in points] for name, points in measured.items()}
    return svg([Panel("Cpu, seconds", "lines of Python", cpu), Panel("Peak memory, MB", "lines of Python", memory)])


def _measured(book: Book) -> str:
    """Where and with what; of sections that another run measured, they say so themselves."""
    if not book:
        return "Nothing is measured yet.\n"
    record = book[_latest(book)]
    return wrapped(f"Measured {record.run} UTC, {record.code}, on {record.machine}. Others: {_versions()}.")


def _apart(book: Book, name: str) -> str:
    record, latest = book[name], book[_latest(book)]
    if record.run == latest.run:
        return ""
    return "\n" + wrapped(
        f"This part was measured in another run: {record.run} UTC, {record.code}, on {record.machine}."
    )


def _latest(book: Book) -> str:
    """A section of the run that measured most of them, the newest where two did as many."""
    runs = [record.run for record in book.values()]
    return max(book, key=lambda name: (runs.count(book[name].run), book[name].run))


def _versions() -> str:
    return ", ".join(f"{peer} {peers.version(peer)}" for peer in peers.PEERS)


def machine() -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{platform.system()}, {platform.machine()} ({_processor()}, {os.cpu_count()} processors), CPython {python}"


def code() -> str:
    """The version of this tool, to the commit, and whether its source was changed since."""
    commit = _git("rev-parse", "--short", "HEAD") or "no commit"
    changed = " and changes" if _git("status", "--porcelain", "--", "codemods", "cli") else ""
    return f"lifeops-migrate {installed('lifeops-migrate')} ({commit}{changed})"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=REPO, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "unknown")
