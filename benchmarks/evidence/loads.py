"""The rule about loaders: one row for each query that was edited, for each finding, and for what a reader found missed.

The reason of an edit is the last link of its chain before the query: where the relationship is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evidence.table import Kept, Row

RULE = "eager-load"
COLUMNS = ("project", "place", "what", "outcome", "reason")
EDITED = re.compile(r"load (.+) with the (?:query|refreshed object)")
REFUSED = re.compile(r"(.+) is read and may not be loaded")
DECLARED = re.compile(r"\S+ \S+ loads when it is read")
VERDICTS = {
    "edited": {"right", "needless"},
    "refused": {"right", "needless", "missed"},
    "missed": {"missed"},
}


def subject(row: Row) -> Row:
    """What a verdict is about: the place and what became of it; of a refusal, the reason too."""
    return row[:5] if row[3] == "refused" else row[:4]


def rows(project: str, document: Mapping[str, Any], known: Iterable[Row]) -> list[Row]:
    """What the tool did and refused, then what a reader found missed, as long as the tool is silent about it."""
    told = list(dict.fromkeys([*_edited(project, document), *_refused(project, document)]))
    return [*told, *(row for row in _missed(project, known) if not _covered(row, told))]


def problems(kept: Kept) -> list[str]:
    """Rows whose verdict is none for what became of the place, and verdicts that need a word and have none."""
    wrong = [row for row in kept.rows if row[-1] and row[-1] not in VERDICTS[row[3]]]
    silent = [row for row in kept.rows if row[-1] in {"needless", "missed"} and not row[-2]]
    return [f"{row[-1]}: {' '.join(row[:4])}" for row in wrong] + [f"no remark: {' '.join(row[:4])}" for row in silent]


def _edited(project: str, document: Mapping[str, Any]) -> Iterator[Row]:
    """The edits of one unit share their message and their query, the last link."""
    for edit in document["edits"]:
        place = edit["why"][-1].split(" ", 1)[0]
        links = [link for link in edit["why"][:-1] if not DECLARED.fullmatch(link)]
        yield project, place, _what(EDITED, edit), "edited", links[-1] if links else ""


def _refused(project: str, document: Mapping[str, Any]) -> Iterator[Row]:
    for finding in document["findings"]:
        yield project, f"{finding['path']}:{finding['line']}", _what(REFUSED, finding), "refused", finding["reason"]


def _what(form: re.Pattern[str], said: Mapping[str, Any]) -> str:
    match = form.fullmatch(said["message"])
    return match[1] if match else str(said["message"])


def _missed(project: str, known: Iterable[Row]) -> Iterator[Row]:
    return (row[: len(COLUMNS)] for row in known if row[0] == project and row[3] == "missed")


def _covered(missed: Row, told: Iterable[Row]) -> bool:
    """Whether the tool now speaks of all that was missed at that place."""
    spoken = {path for row in told if row[1] == missed[1] for path in row[2].split(", ")}
    return all(any(f"{path}.".startswith(f"{wanted}.") for path in spoken) for wanted in missed[2].split(", "))
