"""One row for each model, and for each place that kept models from being renamed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evidence.census import Counted
    from evidence.table import Row

COLUMNS = ("project", "place", "what", "outcome", "reason")
RENAME = re.compile(r"rename model (\w+) to (\w+)")
PINNED = re.compile(r"keep the table name (\S+) of (\w+)")
REFUSED = re.compile(r"(?:model (\w+) is not renamed to (\w+)|refused: rename model (\w+) to (\w+))")


def subject(row: Row) -> Row:
    """What a verdict is about: all but the words of the reason."""
    return row[:4]


def renamed(document: Mapping[str, Any]) -> dict[str, str]:
    """The new name by the old one."""
    found = (RENAME.fullmatch(edit["message"]) for edit in document["edits"])
    return {match[1]: match[2] for match in found if match}


def rows(project: str, counted: Iterable[Counted], document: Mapping[str, Any]) -> Iterator[Row]:
    """What the tool said of each model that was counted, and the rest of what it said."""
    edits = {_place(edit): match for edit in document["edits"] if (match := RENAME.fullmatch(edit["message"]))}
    findings = {_place(finding): finding for finding in document["findings"]}
    tables = {(e["path"], match[2]): match[1] for e in document["edits"] if (match := PINNED.fullmatch(e["message"]))}
    for model in counted:
        place = f"{model.path}:{model.line}"
        finding = findings.pop(place, None)
        match = edits.get(place)
        if finding and (found := REFUSED.match(finding["message"])):
            new = found[2] or found[4]
            yield project, place, f"{model.name} → {new}", "refused", finding["reason"]
        elif match and match[1] == model.name:
            table = tables.get((model.path, model.name))
            kept = f", table {table} kept" if table else ""
            yield project, place, f"{match[1]} → {match[2]}{kept}", "renamed", ""
        else:
            yield project, place, model.name, "kept", _why_kept(model)
    for place, finding in findings.items():
        yield project, place, finding["message"], "refused place", finding["reason"]


def _place(item: Mapping[str, Any]) -> str:
    return f"{item['path']}:{item['line']}"


def _why_kept(model: Counted) -> str:
    if model.revision:
        return "a revision declares it for itself"
    return "has the suffix" if model.name.endswith("DB") else ""


def problems(found: Iterable[Row], document: Mapping[str, Any], counted: Iterable[Counted]) -> list[str]:
    """Models of which the tool said nothing, and definitions that it renamed though nobody counted them."""
    silent = [f"{row[1]} {row[2]}: neither renamed nor refused" for row in found if row[3] == "kept" and not row[4]]
    known = {(model.path, model.line) for model in counted}
    defined = [
        (edit["path"], edit["line"], edit["message"])
        for edit in document["edits"]
        if RENAME.fullmatch(edit["message"]) and len(edit["why"]) == 1
    ]
    return silent + [f"{path}:{line} {text}: no model" for path, line, text in defined if (path, line) not in known]
