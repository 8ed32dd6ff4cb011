"""A query as it is executed: compiled, with the files it is for, and what of it may change meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bowler import Query

from lifeops_codemods.bowler.errors import ScriptError
from lifeops_codemods.bowler.naming import description
from lifeops_codemods.bowler.prefilter import Needs, Words, can_match, needs, wants_file
from lifeops_codemods.bowler.scope import Scope
from lifeops_codemods.bowler.state import snapshot
from lifeops_codemods.bowler.transform import Transformer


@dataclass
class Executed:
    """writes: its edits are meant to be made. functions: the script's own beside those of the query.

    changed: the files that it changed.
    """

    query: Query
    transformer: Transformer
    scope: Scope
    writes: bool
    functions: tuple[object, ...]
    changed: frozenset[str] = frozenset()

    def state(self) -> tuple[str, ...]:
        """What its functions keep between files."""
        return snapshot(self.query, self.functions)

    def can_match(self, filename: str, words: Words) -> bool:
        """Whether a file of this name that holds these words may match."""
        return any(can_match(needed, words) and wants_file(filters, filename) for needed, filters in self._selectors)

    @cached_property
    def _selectors(self) -> list[tuple[Needs, list[Any]]]:
        filters = [transform.filters for transform in self.query.transforms]
        return [(needs(pattern), some) for pattern, some in zip(self.transformer.patterns, filters, strict=True)]


def compiled(query: Query, given: dict[str, Any], scope: Scope, *, writes: bool) -> Executed:
    """The query, ready to be run as `execute` would with the arguments `given`. Raises ScriptError."""
    options = dict(given.get("options") or {})
    if query.python_version == 3:
        options["print_function"] = True
    asked = given.get("hunk_processor")
    processors = query.processors or ([asked] if asked is not None else [])
    try:
        transformer = Transformer(query, options, processors)
    except Exception as error:
        message = f"a query cannot be compiled ({description(query)}): {type(error).__name__}: {error}"
        raise ScriptError(message) from error
    return Executed(query, transformer, scope, writes, (asked, scope.matches))
