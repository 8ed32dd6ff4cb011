"""From the text of a configuration file to checked settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from lifeops_codemods.config.error import ConfigError, did_you_mean
from lifeops_codemods.config.key import Key, option_keys, setting_keys
from lifeops_codemods.config.selection import spelled_out
from lifeops_codemods.config.settings import Settings
from lifeops_codemods.config.shape import WrongValueError, described
from lifeops_codemods.config.toml_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_codemods.rule import Configurable

OWN_FILE = "lifeops-migrate.toml"
SHARED_FILE = "pyproject.toml"

SHARED_TABLE = ("tool", "lifeops-migrate")
BYTE_ORDER_MARK = "\ufeff"


def parse_settings(text: str, path: str, rules: Sequence[Configurable]) -> Settings:
    """The settings that the file at `path` holds; `ConfigError` for anything in them that is not known.

    A `pyproject.toml` has them in `[tool.lifeops-migrate]`, any other file at its top. `path` is only read for its
    name, and repeated in messages. Of the rules, only those that have a table are asked for their options.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    return _File(text, path).settings(rules)


class _File:
    """One configuration file: its text, and where it stands for the messages."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.prefix = _prefix(path)

    def settings(self, rules: Sequence[Configurable]) -> Settings:
        table = self.table()
        keys = {key.name: key for key in setting_keys(rules)}
        by_name = {rule.name: rule for rule in rules}
        values: dict[str, Any] = {}
        options: dict[str, Any] = {}
        for name, value in table.items():
            if name in keys:
                values[keys[name].field] = self.value(keys[name], value, (name,))
            elif name in by_name:
                options[name] = self.options(by_name[name], value)
            else:
                raise self.unknown((name,), [*keys, *by_name])
        if ignores := values.get("per_file_ignores"):
            values["per_file_ignores"] = {pattern: spelled_out(names, rules) for pattern, names in ignores.items()}
        return Settings(**values, rule_options=options)

    def table(self) -> dict[str, Any]:
        try:
            found = _at(tomllib.loads(self.text), self.prefix)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(self.path, _line(error), "", f"no valid TOML: {error}") from None
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise self.error((), f"expected a table, found {described(found)}")
        return found

    def options(self, rule: Configurable, table: object) -> Any:
        if not isinstance(table, dict):
            raise self.error((rule.name,), f"expected a table of the rule's options, found {described(table)}")
        keys = {key.name: key for key in option_keys(rule)}
        values: dict[str, Any] = {}
        for name, value in table.items():
            if name not in keys:
                raise self.unknown((rule.name, name), keys)
            values[keys[name].field] = self.value(keys[name], value, (rule.name, name))
        try:
            return rule.options(**values)
        except ValueError as error:
            raise self.error((rule.name,), str(error)) from None

    def value(self, key: Key, value: object, where: tuple[str, ...]) -> Any:
        try:
            return key.shape.convert(value)
        except WrongValueError as wrong:
            raise self.error((*where, *wrong.keys), str(wrong)) from None

    def unknown(self, where: tuple[str, ...], known: Sequence[str] | dict[str, Key]) -> ConfigError:
        if where == (SHARED_TABLE[0],) and not self.prefix:
            return self.error(where, f"in this file the keys stand at the top, without [{'.'.join(SHARED_TABLE)}]")
        if not known:
            return self.error(where, "unknown key; this rule has no options")
        return self.error(where, f"unknown key; {did_you_mean(where[-1], known)}")

    def error(self, where: tuple[str, ...], message: str) -> ConfigError:
        line = line_of(self.text, (*self.prefix, *where))
        return ConfigError(self.path, line, ".".join(where or self.prefix), message)


def _prefix(path: str) -> tuple[str, ...]:
    return SHARED_TABLE if PurePath(path).name == SHARED_FILE else ()


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return None
        document = document[name]
    return document


def _line(error: tomllib.TOMLDecodeError) -> int:
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else 0
