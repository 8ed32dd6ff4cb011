"""What it costs as a tree grows: copies of it side by side, as a monorepo has them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from measure import ours, renames
from measure.book import Record, Row, Table
from measure.contest import Contestant, in_turn
from measure.rename import DSTACK, MODELS, MODULE, RULE
from measure.renames import Task
from measure.section import Section, line, seconds, wrapped
from measure.trees import BIG, Size, copies, roots_of_copies, size, tree
from measure.whole import ruff_cold

COUNTS = (1, 2, 4, 8)
ALL_RULES, ONE_RULE = "lifeops-migrate, all rules", "lifeops-migrate, one rule"
SMALL = "fmn"
LONGEST = 45.0
"""Seconds that a run of another tool may be expected to take; this tool's own runs may take as long as they do."""
BRIEF, SHORT = 3.0, 10.0


class Climber(NamedTuple):
    """A contestant on copies of a tree, on more of them as long as a run is not too long."""

    tree: str
    contestant: Contestant
    longest: float = LONGEST


def climbers() -> list[Climber]:
    """Those of whom the figure tells."""
    file = f"c1/dstack_1/{MODELS.replace('dstack', 'dstack_1', 1)}"
    first = Task(BIG, file, MODULE.replace("dstack", "dstack_1", 1), DSTACK.name, DSTACK.new)
    return [
        Climber(BIG, ours.cold(ALL_RULES), float("inf")),
        Climber(BIG, ours.cold(ONE_RULE, *ours.selected(RULE)), float("inf")),
        Climber(BIG, ruff_cold()),
        Climber(BIG, renames.ast_grep(first)),
        Climber(BIG, renames.rope(first, roots_of_copies)),
        Climber(BIG, renames.bowler(first)),
        Climber(SMALL, renames.libcst(Task(SMALL, "", "fmn_1.database.model.user", "User", "UserDB"))),
    ]


def measure(runs: int) -> dict[str, Table]:
    """A table for each number of copies of each tree; each climbs until its next run would be too long."""
    found: dict[str, Table] = {}
    with tempfile.TemporaryDirectory(prefix="copies-") as place:
        for name in (BIG, SMALL):
            climbing = [climber for climber in climbers() if climber.tree == name]
            for count in COUNTS:
                folder = copies(tree(name), count, Path(place, name))
                if climbing:
                    print(f" {count} × {name}", flush=True)
                    everybody = [climber.contestant for climber in climbing]
                    rows = in_turn(everybody, folder, fewer(runs))
                    found[f"{count} × {name}"] = Table(size(folder), rows)
                    climbing = [one for one in climbing if 2 * rows[one.contestant.name].middle.wall <= one.longest]
    return found


def fewer(most: int) -> Callable[[float], int]:
    """All the runs while they are brief, at most three while they are short, and one of what is long."""
    return lambda wall: most if wall < BRIEF else min(most, 3) if wall < SHORT else 1


def growth(record: Record, name: str) -> float | None:
    """By how many percent a line costs more cpu in the most copies than in one; None where either is not measured."""
    ends = [record.tables.get(f"{count} × {BIG}") for count in (COUNTS[0], COUNTS[-1])]
    per = [kept.rows[name].middle.cpu / kept.size.lines for kept in ends if kept and kept.size and name in kept.rows]
    return (per[1] / per[0] - 1) * 100 if len(per) == 2 else None


def points(record: Record) -> dict[str, list[tuple[Size, Row]]]:
    """By contestant, the sizes at which it was measured."""
    found: dict[str, list[tuple[Size, Row]]] = {}
    for table in record.tables.values():
        for name, row in table.rows.items():
            if table.size:
                found.setdefault(name, []).append((table.size, row))
    return found


def written(record: Record) -> str:
    """The figure, and the figures in it."""
    heads = ["", "copies", "lines", "cpu s", "cpu s per 100,000 lines", "wall s", "memory MB", "runs"]
    lines = [[*heads, "what it says or shows"], ["---", *["--:"] * 7, "---"]]
    for name, measured in points(record).items():
        for size_, row in measured:
            cost = row.middle
            copies_ = next(table.partition(" ")[0] for table, kept in record.tables.items() if kept.size == size_)
            per = cost.cpu / size_.lines * 100_000
            cells = [f"{size_.lines:,}", seconds(cost.cpu), seconds(per), seconds(cost.wall), f"{cost.memory:.0f}"]
            lines.append([name, copies_, *cells, str(len(row.costs)), *(row.seen[:1] or ("",))])
    return "\n".join([START, *map(line, lines), "", END])


START = """## Cost against the size of the tree

![Cpu seconds and peak memory against lines of Python, both on logarithmic scales](performance.svg)
"""
END = wrapped(
    f"""Copies of all six projects lie side by side in c1, c2, …, each with own package names (`fmn_2` for `fmn`), so
    that none imports another's; they hold the Python files and the projects' settings alone. All start cold. One
    rule: `{RULE}`. The others rename a class of the first copy and go through all copies for it; which of them
    takes the classes of the other copies for that one, the lines that it renames tell. LibCST is measured on copies
    of {SMALL}, for the large tree takes it minutes. Another tool stops climbing where its next run would take over
    {LONGEST:.0f} seconds. What takes under {BRIEF:.0f} seconds runs as often as in the other parts, under
    {SHORT:.0f} seconds three times, and else once."""
)
SECTION = Section("scale", measure, written)
