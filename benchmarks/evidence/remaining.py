"""Every place where an old name still stands after the migration, by file, name and class."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evidence.classify import Classifier
from evidence.kinds import Kinds
from evidence.meaning import Reader
from evidence.occurrences import occurrences, whole_words
from evidence.source import LEFT_OUT, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evidence.table import Row

COLUMNS = ("project", "path", "name", "class", "count", "first line")
LARGEST = 2_000_000  # bytes of a text file that is no Python


class Left(NamedTuple):
    """One occurrence with its class and the line it stands in."""

    path: str
    line: int
    name: str
    kind: str
    text: str


def subject(row: Row) -> Row:
    """What a verdict is about: file, name and class, and how many."""
    return row[:5]


def left(root: Path, renamed: Mapping[str, str]) -> list[Left]:
    """All occurrences, by path and position."""
    return [*_in_python(Source(root), renamed), *_in_other_text(root, renamed)]


def _in_python(source: Source, renamed: Mapping[str, str]) -> Iterator[Left]:
    reader = Reader(source)
    classifier = Classifier(reader, Kinds(reader))
    words = whole_words(renamed)
    for path, file in source.files.items():
        lines = file.lines
        for found in occurrences(file.text, words):
            text = lines[found.line - 1].strip() if found.line <= len(lines) else ""
            yield Left(path, found.line, found.name, classifier.of(file, found), text)


def _in_other_text(root: Path, renamed: Mapping[str, str]) -> Iterator[Left]:
    words = whole_words(renamed)
    for path in _other_files(root):
        data = path.read_bytes()
        if b"\0" in data or len(data) > LARGEST:
            continue
        for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
            for found in words.finditer(line):
                yield Left(path.relative_to(root).as_posix(), number, found.group(), "not Python", line.strip())


def _other_files(root: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        paths = (Path(place, name) for name in sorted(files) if not name.endswith(".py"))
        yield from (path for path in paths if path.is_file() and not path.is_symlink())


def rows(project: str, found: list[Left]) -> list[Row]:
    """One row for each file, name and class; of files that are no Python one for each file."""
    groups: dict[tuple[str, str, str], list[Left]] = {}
    for item in found:
        name = "*" if item.kind == "not Python" else item.name
        groups.setdefault((item.path, name, item.kind), []).append(item)
    return [
        (project, path, _names(name, items), kind, str(len(items)), str(items[0].line))
        for (path, name, kind), items in groups.items()
    ]


def _names(name: str, items: list[Left]) -> str:
    return " ".join(sorted({item.name for item in items})) if name == "*" else name
