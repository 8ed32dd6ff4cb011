"""The rules, one module each in a folder per category, called as the rule is: no list to edit, and none to import.

`<category>/<rule>.py` holds the constant `RULE`. Names and categories are read from the folders, so that only the rules
that run are imported, with all that they ask of the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from lifeops_codemods.rule import Category, Rule


@dataclass(frozen=True)
class Listed:
    """A rule as its file's place tells of it; the rest is imported when it is asked for."""

    name: str
    category: Category

    @cached_property
    def rule(self) -> Rule:
        """The rule itself. Raises ValueError where the module holds another one."""
        module = f"{__name__}.{self.category}.{self.name.replace('-', '_')}"
        rule = getattr(import_module(module), "RULE", None)
        if not isinstance(rule, Rule) or (rule.name, rule.category) != (self.name, self.category):
            raise ValueError(f"{module}: RULE must be called `{self.name}` and be of the category `{self.category}`")
        return rule

    @property
    def options(self) -> type[Any]:
        return self.rule.options

    @property
    def option_help(self) -> dict[str, str]:
        return self.rule.option_help


@cache
def listed_rules() -> tuple[Listed, ...]:
    """Every rule of the package, by name. Imports none."""
    files = (path for path in Path(__file__).parent.glob("*/*.py") if path.stem != "__init__")
    found = (Listed(path.stem.replace("_", "-"), Category(path.parent.name)) for path in files)
    return tuple(sorted(found, key=lambda rule: rule.name))


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of the package, by name. Imports all."""
    return tuple(listed.rule for listed in listed_rules())
