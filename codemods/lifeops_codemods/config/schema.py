"""The table as a JSON schema, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifeops_codemods.config.key import Key, option_keys, setting_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lifeops_codemods.rule import Rule


def json_schema(rules: Sequence[Rule]) -> dict[str, Any]:
    """The schema (draft 2020-12) of `[tool.lifeops-migrate]`, and of a `lifeops-migrate.toml` as a whole."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "lifeops-migrate",
        **_object("How lifeops-migrate looks at this project.", setting_keys(rules), map(_rule, rules)),
    }


def _rule(rule: Rule) -> tuple[str, dict[str, Any]]:
    return rule.name, _object(rule.summary, option_keys(rule))


def _object(description: str, keys: Iterable[Key], more: Iterable[tuple[str, dict[str, Any]]] = ()) -> dict[str, Any]:
    properties = {key.name: _property(key) for key in keys} | dict(more)
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _property(key: Key) -> dict[str, Any]:
    described = {"description": key.help} if key.help else {}
    return described | key.shape.schema() | {"default": key.default}
