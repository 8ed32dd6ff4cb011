"""The `[tool.lifeops-migrate]` table as a typed value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One project's configuration, checked. Patterns are gitignore-style, relative to the root.

    rule_options: for each rule with a table of its own, an instance of its `options` class.
    """

    select: tuple[str, ...] = ("all",)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    src: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rule_options: Mapping[str, Any] = field(default_factory=dict)
