"""Tables whose last columns a reader fills: made anew, with the verdicts of the rows that are still there."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

Row = tuple[str, ...]


class Kept(NamedTuple):
    """The rows with their verdicts, those that have none yet, and old rows that nothing corresponds to any more."""

    rows: list[Row]
    unjudged: list[Row]
    stale: list[Row]


class Table:
    """A CSV file. `key` takes from a row what a verdict is about; a change of the rest does not void it.

    `by_hand` are the reader's columns, the verdict last.
    """

    def __init__(
        self, path: Path, columns: Sequence[str], key: Callable[[Row], Row], by_hand: Row = ("verdict",)
    ) -> None:
        self.path = path
        self.columns = (*columns, *by_hand)
        self.width = len(columns)
        self.key = key

    def renew(self, project: str, rows: Iterable[Row]) -> Kept:
        """Replace the rows of one project, the first column, and write the file."""
        old = self.read()
        verdicts = {self._subject(row): row[self.width :] for row in old if row[0] == project}
        none = ("",) * (len(self.columns) - self.width)
        fresh = [(*row, *verdicts.pop(self.key(row), none)) for row in rows]
        stale = [row for row in old if row[0] == project and self._subject(row) in verdicts]
        self.write([*(row for row in old if row[0] != project), *fresh])
        return Kept(fresh, [row for row in fresh if not row[-1]], stale)

    def _subject(self, row: Row) -> Row:
        return self.key(row[: self.width])

    def read(self) -> list[Row]:
        if not self.path.exists():
            return []
        with self.path.open(newline="") as file:
            return [tuple(row) for row in csv.reader(file)][1:]

    def write(self, rows: Iterable[Row]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.columns)
            ordered = sorted(rows, key=_order)
            writer.writerows(ordered)


def _order(row: Row) -> list[tuple[int, int, str]]:
    """By text, but numbers in it by value."""
    parts = (part for cell in row for part in cell.split(":"))
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]
