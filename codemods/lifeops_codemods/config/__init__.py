"""The `[tool.lifeops-migrate]` table: what it may say, what it says, and which rules run because of it."""

from lifeops_codemods.config.error import ConfigError
from lifeops_codemods.config.parse import FILE_NAMES, has_settings, parse_settings
from lifeops_codemods.config.selection import active_rules, ignored_by_file
from lifeops_codemods.config.settings import Settings

__all__ = [
    "FILE_NAMES",
    "ConfigError",
    "Settings",
    "active_rules",
    "has_settings",
    "ignored_by_file",
    "parse_settings",
]
