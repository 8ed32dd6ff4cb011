"""Where in a TOML text a key stands, which the standard library's parser does not tell."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def line_of(text: str, path: Sequence[str]) -> int:
    """The line (from 1) of the statement that says something about the key at `path`; 0 if none does.

    `text` is valid TOML.
    """
    wanted = tuple(path)
    table: tuple[str, ...] = ()
    for line, statement in _statements(text):
        said = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _header(said)
            if table[: len(wanted)] == wanted:
                return line
        elif wanted[: len(table)] == table and _says(said, wanted[len(table) :]):
            return line
    return 0


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Every header and assignment with its first line: the fewest lines that are valid TOML by themselves."""
    pending = ""
    first = 1
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        pending = f"{pending}\n{line}" if pending else line
        if _is_complete(pending):
            yield first, pending
            pending, first = "", number + 1


def _is_complete(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _header(said: Any) -> tuple[str, ...]:
    """The path that a header names: `[a.b]` alone parses to `{"a": {"b": {}}}`, `[[a]]` to `{"a": [{}]}`."""
    names: list[str] = []
    while isinstance(said, dict) and said:
        [(name, said)] = said.items()
        names.append(name)
    return tuple(names)


def _says(said: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(said, dict) or name not in said:
            return False
        said = said[name]
    return bool(path)
