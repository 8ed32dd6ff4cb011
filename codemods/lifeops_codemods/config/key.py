"""The keys that configuration knows: those of `Settings`, and those of each rule's options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, get_type_hints

from lifeops_codemods.config.settings import RULE_NAMES, Settings
from lifeops_codemods.config.shape import Choice, Shape, Text, shape_of
from lifeops_codemods.rule import Category, Configurable, Named

ALL = "all"
"""The name that selects every rule."""

OPTIONS_FIELD = "rule_options"

# What only annotations need is imported under TYPE_CHECKING, as linters ask for, and so missing at run time.
ANNOTATED = {"Mapping": Mapping}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: its name in TOML, the dataclass field it fills, what it takes and what it is for."""

    name: str
    field: str
    shape: Shape
    default: Any
    help: str


def setting_keys(rules: Sequence[Named]) -> tuple[Key, ...]:
    """The keys of our table itself."""
    hints = get_type_hints(Settings, localns=ANNOTATED)
    names = Choice(selectable_names(rules), of="rule or category")
    return tuple(
        _key(field, hints[field.name], names if RULE_NAMES in field.metadata else Text(), field.metadata["help"])
        for field in fields(Settings)
        if field.name != OPTIONS_FIELD
    )


def option_keys(rule: Configurable) -> tuple[Key, ...]:
    """The keys of the rule's own table. A number's bounds stand in its field's metadata: `minimum`, `maximum`."""
    hints = get_type_hints(rule.options, localns=ANNOTATED)
    return tuple(_key(field, hints[field.name], Text(), _help(rule, field.name)) for field in fields(rule.options))


def selectable_names(rules: Sequence[Named]) -> tuple[str, ...]:
    """What `select` and `ignore` take."""
    return (ALL, *(category.value for category in Category), *(rule.name for rule in rules))


def _key(field: Field[Any], annotation: Any, text: Shape, help_text: str) -> Key:
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return Key(kebab(field.name), field.name, shape_of(annotation, field.metadata, text), default, help_text)


def _help(rule: Configurable, field: str) -> str:
    return rule.option_help.get(field, rule.option_help.get(kebab(field), ""))


def kebab(name: str) -> str:
    """A field's name as it is written in TOML."""
    return name.replace("_", "-")
