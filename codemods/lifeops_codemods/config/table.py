"""The table with every key at its default and a comment on each, for a person to change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lifeops_codemods.config.key import Key, option_keys, setting_keys
from lifeops_codemods.config.shape import Choice, Number, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifeops_codemods.rule import Rule


def commented_table(rules: Sequence[Rule], table: Sequence[str]) -> str:
    """The TOML text of our table. `table` is where it stands in the file; empty means at its top."""
    return "\n".join(_lines(rules, ".".join(table))) + "\n"


def _lines(rules: Sequence[Rule], table: str) -> Iterator[str]:
    if table:
        yield f"[{table}]"
    for key in setting_keys(rules):
        yield from _assignment(key)
    for rule in rules:
        if keys := option_keys(rule):
            yield ""
            yield f"# {rule.summary}"
            yield f"[{table}.{rule.name}]" if table else f"[{rule.name}]"
            for key in keys:
                yield from _assignment(key)


def _assignment(key: Key) -> Iterator[str]:
    if comment := " ".join(part for part in (key.help, _limits(key.shape)) if part):
        yield f"# {comment}"
    yield f"{key.name} = {toml_value(key.default)}"


def _limits(shape: Shape) -> str:
    """What the value may be, where that is few words."""
    match shape:
        case Choice(values):
            return f"One of {', '.join(values)}."
        case Number(int() as minimum, int() as maximum):
            return f"From {minimum} to {maximum}."
        case Number(int() as minimum, None):
            return f"At least {minimum}."
        case Number(None, int() as maximum):
            return f"At most {maximum}."
    return ""


def toml_value(value: Any) -> str:
    """A default as TOML writes it."""
    match value:
        case Mapping():
            entries = ", ".join(f"{_string(key)} = {toml_value(item)}" for key, item in value.items())
            return f"{{ {entries} }}" if entries else "{}"
        case tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case str():
            return _string(value)
        case bool():
            return "true" if value else "false"
    return str(value)


def _string(text: str) -> str:
    # A basic string of TOML is one of JSON, but for DEL.
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")
