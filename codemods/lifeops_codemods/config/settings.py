"""The configuration as a typed value. Its fields are the keys of the table, with their defaults and their help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

RULE_NAMES = "rule_names"
"""Metadata of a field whose strings are names of rules, categories or `all`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One project's configuration, checked. Patterns are gitignore-style, relative to the root.

    per_file_ignores: names of rules by pattern, with categories and `all` spelled out. rule_options: for each rule with
    a table of its own, an instance of its `options` class.
    """

    select: tuple[str, ...] = field(
        default=("all",),
        metadata={"help": "The rules to run: names, categories or all.", RULE_NAMES: True},
    )
    ignore: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "The rules to leave out of those selected; a name counts more than its category.",
            RULE_NAMES: True,
        },
    )
    exclude: tuple[str, ...] = field(
        default=(),
        metadata={"help": "Files that are never read, as in a .gitignore. Git-ignored files never are."},
    )
    src: tuple[str, ...] = field(
        default=(),
        metadata={"help": "The folders that imports start from. Found by itself where empty."},
    )
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata={
            "help": "Rules that leave some files alone: the files as in a .gitignore, then the rules.",
            RULE_NAMES: True,
        },
    )
    commit_author: str = field(
        default="",
        metadata={"help": "Who --commit names as author, `Name <address>`; as git is configured where empty."},
    )
    commit_message: str = field(
        default="",
        metadata={
            "help": "The message of --commit, with {rule}, {summary}, {edits}, {files}, {effect} and {clients} in it."
        },
    )
    rule_options: Mapping[str, Any] = field(default_factory=dict)
