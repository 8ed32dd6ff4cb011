"""Every place that was edited, by what it means to the second pair of eyes: each must name a model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from evidence.classify import Classifier
from evidence.kinds import Kinds
from evidence.meaning import Reader
from evidence.occurrences import Occurrence, occurrences, whole_words
from evidence.source import Source
from evidence.table import Row
from evidence.verdicts import RENAME

COLUMNS = ("project", "class", "count", "first place")


class Edited(NamedTuple):
    """An edited place of the original, with its class."""

    path: str
    line: int
    kind: str


def subject(row: Row) -> Row:
    """What a verdict is about: the class of place, in this project, and how many."""
    return row[:3]


def edited(source: Source, document: Mapping[str, Any]) -> list[Edited]:
    """All edits of the document with their classes; edits that rename nothing are called by their message."""
    reader = Reader(source)
    classifier = Classifier(reader, Kinds(reader))
    known = _occurrences(source, document["edits"])
    return [Edited(edit["path"], edit["line"], _kind(source, classifier, known, edit)) for edit in document["edits"]]


def _occurrences(source: Source, edits: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int, int], Occurrence]:
    names = {match[1] for edit in edits if (match := RENAME.fullmatch(edit["message"]))}
    words = whole_words(names)
    paths = {edit["path"] for edit in edits}
    return {
        (path, found.line, found.column + 1): found
        for path in paths
        for found in occurrences(source.files[path].text, words)
    }


def _kind(
    source: Source, classifier: Classifier, known: Mapping[tuple[str, int, int], Occurrence], edit: Mapping[str, Any]
) -> str:
    match = RENAME.fullmatch(edit["message"])
    if match is None:
        return re.sub(r"(?<=table name ).*", "of a model", edit["message"])
    found = known.get((edit["path"], edit["line"], edit["column"]))
    if found is None or found.name != match[1]:
        return "NOT THE NAME"
    return classifier.of(source.files[edit["path"]], found)


def rows(project: str, found: Iterable[Edited]) -> list[Row]:
    """One row for each class of place."""
    groups: dict[str, list[Edited]] = {}
    for item in found:
        groups.setdefault(item.kind, []).append(item)
    return [
        (project, kind, str(len(items)), f"{items[0].path}:{items[0].line}") for kind, items in sorted(groups.items())
    ]


# -- nothing else was edited


def same_program(before: str, after: str, edits: Iterable[Mapping[str, Any]]) -> bool:
    """Whether `after` is `before` with exactly the names of `edits` replaced, apart from layout and import order."""
    return _shape(_replaced(before, edits)) == _shape(after)


def _replaced(text: str, edits: Iterable[Mapping[str, Any]]) -> str:
    lines = re.split(r"(\r\n|\r|\n)", text)
    for edit in sorted(edits, key=lambda item: (item["line"], item["column"]), reverse=True):
        match = RENAME.fullmatch(edit["message"])
        if match:
            number, column = (edit["line"] - 1) * 2, edit["column"] - 1
            line = lines[number]
            lines[number] = line[:column] + match[2] + line[column:].removeprefix(match[1])
    return "".join(lines)


def _shape(text: str) -> str:
    """The syntax tree without positions, imports in alphabetical order, without table names."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                setattr(node, field, _in_order([item for item in statements if not _is_table_name(item)]))
    return ast.dump(tree)


def _is_table_name(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id="__tablename__")]) | ast.AnnAssign(target=ast.Name(id="__tablename__")):
            return True
        case ast.FunctionDef(name="__tablename__"):
            return True
    return False


def _in_order(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Runs of imports sorted, and the names in each; `import X as X` is the same as `import X`."""
    found: list[ast.stmt] = []
    run: list[ast.stmt] = []
    for item in statements:
        if isinstance(item, ast.Import | ast.ImportFrom):
            item.names.sort(key=lambda alias: (alias.name, alias.asname or ""))
            run.append(item)
            continue
        found += [*sorted(run, key=ast.dump), item]
        run = []
    return [*found, *sorted(run, key=ast.dump)]
