"""The `[tool.lifeops-migrate]` table: what it may say, what it says, and which rules run because of it."""

from lifeops_codemods.config.error import ConfigError
from lifeops_codemods.config.parse import OWN_FILE, SHARED_FILE, SHARED_TABLE, parse_settings
from lifeops_codemods.config.selection import active_rules, ignored_by_file
from lifeops_codemods.config.settings import Settings

__all__ = [
    "OWN_FILE",
    "SHARED_FILE",
    "SHARED_TABLE",
    "ConfigError",
    "Settings",
    "active_rules",
    "ignored_by_file",
    "parse_settings",
]
