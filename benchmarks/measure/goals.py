"""What the tool is meant to reach beside the others, and what it reaches: read off the figures, met or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from measure import compiler, rename, scale, single, starts, whole
from measure.book import Book, cost
from measure.running import Cost
from measure.section import line
from measure.trees import BIG

Figure = Callable[[Book], float | None]


class Goal(NamedTuple):
    """`figure` is to be at least `least`, or at most `most`; `unit` is said behind it."""

    work: str
    figure: Figure
    least: float | None = None
    most: float | None = None
    unit: str = " times"

    @property
    def wanted(self) -> str:
        return f"at least {self.least:g}{self.unit}" if self.least is not None else f"at most {self.most:g}{self.unit}"

    def met(self, value: float) -> bool:
        return value >= self.least if self.least is not None else value <= (self.most or 0.0)


def _faster(section: str, table: str, ours: str, theirs: str) -> Figure:
    """How many times our cpu theirs is."""
    return _compared(section, table, theirs, ours, lambda each: each.cpu)


def _compared(section: str, table: str, one: str, base: str, value: Callable[[Cost], float]) -> Figure:
    def figure(book: Book) -> float | None:
        costs = [cost(book, section, table, name) for name in (one, base)]
        first, second = costs
        return value(first) / value(second) if first and second else None

    return figure


def _wall(section: str, table: str, name: str) -> Figure:
    def figure(book: Book) -> float | None:
        found = cost(book, section, table, name)
        return found.wall if found else None

    return figure


def _growth(name: str) -> Figure:
    return lambda book: scale.growth(book["scale"], name) if "scale" in book else None


DSTACK = rename.DSTACK.tree
GOALS = (
    Goal("One rename on dstack, cold, against LibCST", _faster("rename", DSTACK, rename.COLD, "LibCST"), least=200),
    Goal("… against Bowler", _faster("rename", DSTACK, rename.COLD, "Bowler"), least=15),
    Goal("One rename on all projects, cold, against rope", _faster("rename", BIG, rename.COLD, "rope"), least=30),
    Goal(
        "… its memory, in parts of rope's",
        _compared("rename", BIG, rename.COLD, "rope", lambda each: each.memory),
        most=0.1,
    ),
    Goal("… against ast-grep", _faster("rename", BIG, rename.COLD, "ast-grep"), least=3),
    Goal("All rules, nothing changed since, wall time", _wall("rules", BIG, whole.WARM), most=0.15, unit=" s"),
    Goal(
        "… its cpu, in parts of ruff's, warm",
        _compared("rules", BIG, whole.WARM, whole.RUFF_WARM, lambda each: each.cpu),
        most=1,
    ),
    Goal(
        "All rules, cold, in ruff's cpu without a cache",
        _compared("rules", BIG, whole.COLD, whole.RUFF_COLD, lambda each: each.cpu),
        most=12,
    ),
    Goal(
        "The dearest rule against bump-pydantic, on fmn",
        _faster("single", "fmn", single.DEAREST, single.BUMP),
        least=100,
    ),
    Goal(
        "The cheapest rule against codemodder, on conda-store-server",
        _faster("single", "conda-store-server", single.CHEAPEST, single.CODEMODDER),
        least=50,
    ),
    Goal(
        "The dearest rule against codemodder, on conda-store-server",
        _faster("single", "conda-store-server", single.DEAREST, single.CODEMODDER),
        least=50,
    ),
    Goal(
        "The cheapest rule against fixit, on dstack",
        _faster("single", "dstack", single.CHEAPEST, single.FIXIT),
        least=50,
    ),
    Goal(
        "The dearest rule against fixit, on dstack", _faster("single", "dstack", single.DEAREST, single.FIXIT), least=50
    ),
    Goal(
        "A line's share of the cpu, more in eight copies than in one, all rules",
        _growth(scale.ALL_RULES),
        most=15,
        unit=" %",
    ),
    Goal("… one rule", _growth(scale.ONE_RULE), most=15, unit=" %"),
    Goal("`--help`, wall time", _wall("help", "help", starts.OURS), most=0.1, unit=" s"),
    Goal(
        f"All rules on {compiler.PROJECT}, one process, in the compiler's cpu",
        _compared("compiler", compiler.PROJECT, compiler.ALL, compiler.COMPILER, lambda each: each.cpu),
        most=3,
    ),
)


def table(book: Book) -> str:
    """Every goal, also those that are missed and those of which nothing is measured."""
    rows = [["", "goal", "measured", ""], ["---", "--:", "--:", "---"]]
    for goal in GOALS:
        value = goal.figure(book)
        if value is None:
            rows.append([goal.work, goal.wanted, "not measured", ""])
        else:
            rows.append([goal.work, goal.wanted, told(goal, value), "met" if goal.met(value) else "**missed**"])
    return "\n".join([*map(line, rows), ""])


def told(goal: Goal, value: float) -> str:
    """Two digits, and more where the two would say otherwise whether the goal is met."""
    for digits in range(2, 17):
        rounded = float(f"{value:.{digits}g}")
        if goal.met(rounded) == goal.met(value):
            break
    return f"{rounded:g}{goal.unit}"
