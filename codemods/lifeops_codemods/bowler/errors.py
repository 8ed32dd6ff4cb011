"""What keeps a script from being run, in words for its author."""

from __future__ import annotations


class ScriptError(Exception):
    """The script cannot be read, fails, or holds no query. Nothing was written."""
