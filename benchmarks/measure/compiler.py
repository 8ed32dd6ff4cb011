"""What all rules, and each alone, cost on one project, beside what Python needs to compile it."""

from __future__ import annotations

from measure import ours
from measure.book import Record, Table
from measure.contest import FEWEST, in_turn
from measure.section import Section, comparison
from measure.trees import size, tree
from measure.whole import compiler

PROJECT = "ethyca-fides"
ALL, COMPILER = "all rules", "compileall"


def rules() -> list[str]:
    """All that there are, by name."""
    from lifeops_codemods.rules import all_rules

    return [rule.name for rule in all_rules()]


def measure(runs: int) -> dict[str, Table]:
    """All of it, at most three times: it is a long list, and nothing else stands beside it."""
    folder = tree(PROJECT)
    each = [ours.uncached(rule, *ours.selected(rule)) for rule in rules()]
    everybody = [ours.uncached(ALL), *each, compiler()]
    return {PROJECT: Table(size(folder), in_turn(everybody, folder, lambda seconds: min(runs, FEWEST)))}


def written(record: Record) -> str:
    table = record.tables[PROJECT]
    return f"{START}\n{table.size}.\n\n{comparison(table.rows, COMPILER)}"


START = f"""## All rules on {PROJECT}, beside the compiler

`run --dry-run --no-cache -j1 --format json` against `python -m compileall -j1` with an empty cache.
"""
SECTION = Section("compiler", measure, written)
