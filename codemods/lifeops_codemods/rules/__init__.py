"""The rules, one module each in a folder per category: a module with a constant `RULE` is a rule, no list to edit."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from lifeops_codemods.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of the package, by name."""
    modules = (import_module(found.name) for found in walk_packages(__path__, f"{__name__}.") if not found.ispkg)
    found = (getattr(module, "RULE", None) for module in modules)
    return tuple(sorted((rule for rule in found if isinstance(rule, Rule)), key=lambda rule: rule.name))
