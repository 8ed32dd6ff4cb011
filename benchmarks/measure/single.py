"""One rule beside one rule of the tools that work with LibCST."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from measure import ours
from measure.book import Record, Row, Table
from measure.compiler import rules
from measure.contest import Contestant, in_turn, usual
from measure.peers import program
from measure.section import Section, comparison, counted, wrapped
from measure.trees import size, tree

FIXIT_RULE = "fixit.rules.use_fstring:UseFstring"
CODEMOD = "pixee:python/remove-future-imports"
FIXIT, CODEMODDER, BUMP = "fixit, UseFstring", "codemodder, remove-future-imports", "bump-pydantic"
CHEAPEST, DEAREST = "cheapest rule", "dearest rule"


def fixit() -> Contestant:
    """Exit code 1: it found something."""

    def command(folder: Path, scratch: Path) -> list[str]:
        return [program("fixit", "fixit"), "--rules", FIXIT_RULE, "lint", "."]

    return Contestant(FIXIT, command, accepted=(0, 1), seen=_last_words)


def codemodder() -> Contestant:
    def command(folder: Path, scratch: Path) -> list[str]:
        tool = [program("codemodder", "codemodder"), "--dry-run", "--codemod-include", CODEMOD]
        return [*tool, "--output", str(scratch / "found.json"), "."]

    return Contestant(CODEMODDER, command, seen=_changed)


def bump_pydantic() -> Contestant:
    """All its rules. Exit code 1: it would change something."""

    def command(folder: Path, scratch: Path) -> list[str]:
        return [program("bump-pydantic", "bump-pydantic"), "--diff", "--log-file", str(scratch / "log.txt"), "."]

    return Contestant(BUMP, command, accepted=(0, 1), seen=_diffs)


CONTESTS = {"dstack": fixit, "conda-store-server": codemodder, "fmn": bump_pydantic}
"""Each on the largest tree on which it ends in reasonable time."""


def measure(runs: int) -> dict[str, Table]:
    """For each: one run of every rule of ours tells which are the cheapest and the dearest; then they run in turn."""
    return {name: _measured(name, other(), runs) for name, other in CONTESTS.items()}


def _measured(name: str, other: Contestant, runs: int) -> Table:
    folder = tree(name)
    once = in_turn([ours.cold(rule, *ours.selected(rule)) for rule in rules()], folder, lambda seconds: 1)
    cheapest, dearest = extremes(once)
    chosen = [(CHEAPEST, cheapest), (DEAREST, dearest)]
    everybody = [ours.cold(label, *ours.selected(rule)) for label, rule in chosen]
    rows = in_turn([*everybody, other], folder, usual(runs))
    for label, rule in chosen:
        rows[label] = Row(rows[label].costs, (f"`{rule}`", *rows[label].seen))
    return Table(size(folder), rows)


def extremes(rows: Mapping[str, Row]) -> tuple[str, str]:
    """The names with the least and the most cpu."""
    return min(rows, key=lambda name: rows[name].middle.cpu), max(rows, key=lambda name: rows[name].middle.cpu)


def _last_words(printed: str) -> list[str]:
    last = printed.strip().rpartition("\n")[2]
    return [re.sub(r"[^\w\s,-]", "", last).strip()]


def _changed(printed: str) -> list[str]:
    return [
        f"{counted(int(found[1]), 'file')} changed"
        for found in re.finditer(r"^changed: (\d+) files", printed, re.MULTILINE)
    ]


def _diffs(printed: str) -> list[str]:
    return [f"{counted(len(re.findall(r'^[+]{3} ', printed, re.MULTILINE)), 'file')} changed"]


def written(record: Record) -> str:
    parts = [
        f"### Beside {list(table.rows)[-1]}, on {name} ({table.size})\n\n{comparison(table.rows, CHEAPEST)}"
        for name, table in record.tables.items()
    ]
    return "\n".join([START, *parts])


START = "## One rule\n\n" + wrapped(
    f"""The cheapest and the dearest rule of this tool, as one run of each shows before, with an empty cache, beside the
    tools that work with LibCST: one of the cheapest rules of fixit (`{FIXIT_RULE}`) and of codemodder
    (`{CODEMOD}`), and all that bump-pydantic has. fixit has one that is cheaper, for Python before 3.10 alone; some
    of codemodder's need semgrep, which is not installed. This tool has no rule that brings Pydantic 1 to 2 yet:
    bump-pydantic's own work is not compared."""
)
SECTION = Section("single", measure, written)
