"""All rules on all projects in one tree, beside ruff and the compiler."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from measure import ours
from measure.book import Record, Table
from measure.contest import Contestant, in_turn, usual
from measure.peers import program
from measure.section import Section, comparison
from measure.trees import BIG, size, tree

COLD, WARM = "all rules, cold", "all rules, warm"
RUFF_COLD, RUFF_WARM = "ruff, cold", "ruff, warm"
SELECTED = "FAST,ASYNC,UP"


def measure(runs: int) -> dict[str, Table]:
    """One table."""
    folder = tree(BIG)
    everybody = [ours.cold(COLD), ours.warm(WARM), ruff_cold(), _ruff_warm(), compiler()]
    return {BIG: Table(size(folder), in_turn(everybody, folder, usual(runs)))}


def ruff_cold() -> Contestant:
    return Contestant(RUFF_COLD, lambda folder, scratch: [*_ruff(), "--no-cache"], seen=_found)


def _ruff_warm() -> Contestant:
    def command(folder: Path, scratch: Path) -> list[str]:
        return [*_ruff(), "--cache-dir", str(scratch)]

    return Contestant(RUFF_WARM, command, filled=True, seen=_found)


def _ruff() -> list[str]:
    return [program("ruff", "ruff"), "check", "--isolated", "--select", SELECTED, "--exit-zero"]


def _found(printed: str) -> list[str]:
    return [f"{int(found[1]):,} findings" for found in re.finditer(r"^Found (\d+) errors?", printed, re.MULTILINE)]


def compiler() -> Contestant:
    """With an empty cache. It fails on files with newer syntax, and says so by its exit code."""

    def command(folder: Path, scratch: Path) -> list[str]:
        return [sys.executable, "-X", f"pycache_prefix={scratch}", "-m", "compileall", "-q", "-j1", str(folder)]

    return Contestant("compileall", command, accepted=(0, 1))


def written(record: Record) -> str:
    table = record.tables[BIG]
    return f"{START}\n{table.size}.\n\n{comparison(table.rows, RUFF_COLD)}\n{END}"


START = "## All rules on all six projects, beside ruff\n"
END = f"""ruff checks and does not edit here: `check --isolated --select {SELECTED}`, each file by itself; its rules are
others than this tool's. Warm, ruff keeps what it found in each file and prints it again; this tool keeps the plan.
"""
SECTION = Section("rules", measure, written)
