"""One suppressing comment, and the question what it covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifeops_codemods.operation import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One comment that silences rules.

    span: the comment's own. region: what it covers. rules: their names, unchecked; empty means all. definition: the
    innermost function or class that the comment stands in without being for it as a whole. error: why the comment
    silences nothing, if it cannot.
    """

    span: Span
    region: Span
    rules: tuple[str, ...] = ()
    whole_file: bool = False
    definition: Span | None = None
    error: str = ""

    def covers(self, rule: str, start: int, end: int) -> bool:
        """Whether the rule's edit or finding at `[start, end)` is silenced: where that and the region overlap.

        A comment for all rules says nothing about the definition around it as a whole, such as a parameter it lacks;
        one that names the rule does.
        """
        if self.error or (self.rules and rule not in self.rules):
            return False
        if self.whole_file:
            return True
        return self._overlaps(start, end) and (bool(self.rules) or not self._is_about_definition(start, end))

    def _overlaps(self, start: int, end: int) -> bool:
        if start == end:
            # An empty span at the very start stands for no place at all (an import to add): only the file covers it.
            return start > 0 and self.region.start <= start < self.region.end
        return start < self.region.end and self.region.start < end

    def _is_about_definition(self, start: int, end: int) -> bool:
        return self.definition is not None and start <= self.definition.start and self.definition.end <= end
