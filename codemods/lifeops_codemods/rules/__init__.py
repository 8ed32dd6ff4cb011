"""The rules, one module each in a folder per category: a module with a constant `RULE` is a rule, no list to edit."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from lifeops_codemods.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of the package, by name."""
    folder = Path(__file__).parent
    files = sorted(path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py"))
    names = [".".join((__name__, *path.parts)) for path in files if path.name != "__init__"]
    found = (getattr(import_module(name), "RULE", None) for name in names)
    return tuple(sorted((rule for rule in found if isinstance(rule, Rule)), key=lambda rule: rule.name))
