"""The figures as they are kept: by section, tree and contestant, every run of each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from measure.running import Cost, middle
from measure.trees import Size

INNERMOST = re.compile(r"\[\n[^\[\]]*\]")
NEWLINE = re.compile(r"\n *")


@dataclass(frozen=True)
class Row:
    """What one contestant cost, run by run, and what was seen in what it printed."""

    costs: tuple[Cost, ...]
    seen: tuple[str, ...] = ()

    @property
    def middle(self) -> Cost:
        return middle(self.costs)


@dataclass(frozen=True)
class Table:
    """All contestants on one tree; without one, `size` is None."""

    size: Size | None
    rows: Mapping[str, Row]


@dataclass(frozen=True)
class Record:
    """One section: which run measured it (all of one run carry its start), of which version of the code, on what."""

    run: str
    code: str
    machine: str
    tables: Mapping[str, Table] = field(default_factory=dict)


Book = Mapping[str, Record]
"""By section."""


def cost(book: Book, section: str, table: str, name: str) -> Cost | None:
    """The median of one contestant; None where it was not measured."""
    record = book.get(section)
    rows = record.tables[table].rows if record and table in record.tables else {}
    return rows[name].middle if name in rows else None


def read(path: Path) -> dict[str, Record]:
    """The book as it was written; an empty one where there is none."""
    if not path.exists():
        return {}
    return {name: _record(kept) for name, kept in json.loads(path.read_text()).items()}


def write(book: Book, path: Path) -> None:
    """Rounded to a tenth of a millisecond and of a megabyte."""
    kept = {name: asdict(record) for name, record in book.items()}
    for record in kept.values():
        for table in record["tables"].values():
            for row in table["rows"].values():
                row["costs"] = [[round(cpu, 4), round(wall, 4), round(memory, 1)] for cpu, wall, memory in row["costs"]]
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    path.write_text(INNERMOST.sub(lambda found: NEWLINE.sub(" ", found[0]), text) + "\n")


def _record(kept: dict[str, object]) -> Record:
    tables = kept.pop("tables")
    assert isinstance(tables, dict)
    return Record(**{**kept, "tables": {name: _table(table) for name, table in tables.items()}})  # type: ignore[arg-type]


def _table(kept: dict[str, object]) -> Table:
    size, rows = kept["size"], kept["rows"]
    assert isinstance(rows, dict)
    return Table(Size(*size) if isinstance(size, list) else None, {name: _row(row) for name, row in rows.items()})


def _row(kept: dict[str, list[object]]) -> Row:
    costs = tuple(Cost(*each) for each in kept["costs"])  # type: ignore[misc]
    return Row(costs, tuple(map(str, kept["seen"])))
