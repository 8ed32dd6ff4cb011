"""What forbids an edit before it is tried: paths, suppressions, configuration, and the user's own no."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lifeops_codemods.config import Settings, ignored_by_file
from lifeops_codemods.operation import CreateFile, Span
from lifeops_codemods.plan.units import Obstruction
from lifeops_codemods.rule import Edit, Effect, Finding
from lifeops_codemods.suppressions import Complaint, Suppression, complaints, suppressions

_SILENCED = "take the suppression away, or leave the names as they are"


@dataclass(frozen=True, slots=True)
class Unwanted:
    """The user's own no: to unsafe edits, to single units, to all edits of some rules."""

    unsafe: bool = False
    units: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()

    def holds(self, edit: Edit) -> bool:
        """Whether the edit is among them."""
        unwanted = self.unsafe and edit.effect is Effect.UNSAFE
        return unwanted or edit.unit in self.units or edit.rule in self.rules


class Gate:
    """Judges edits and findings by what the user said, and remembers what was silenced.

    paths: POSIX paths relative to the root of what may be edited; none means everything. text: a file's current text.
    unwritable: why a file cannot be replaced on disk, or "". changed: the files to stay within, of those there are;
    None means all.
    """

    def __init__(
        self,
        paths: Iterable[str],
        unwanted: Unwanted,
        settings: Settings,
        text: Callable[[str], str],
        unwritable: Callable[[str], str],
        changed: frozenset[str] | None = None,
    ) -> None:
        self._paths = tuple(path.strip("/") for path in paths if path.strip("/") not in {"", "."})
        self._everything = not self._paths
        self._unwanted = unwanted
        self._settings = settings
        self._text = text
        self._unwritable = unwritable
        self._changed = changed
        self._comments: dict[str, tuple[str, tuple[Suppression, ...]]] = {}
        self._used: dict[tuple[str, int], set[str]] = {}

    def blocks(self, edit: Edit) -> Obstruction | None:
        """Why the edit, and with it its unit, may not be made; None if it may."""
        self._note(edit.rule, edit.path, edit.operation.span)
        if self._unwanted.holds(edit):
            return Obstruction(edit, "")
        if self._silenced(edit.rule, edit.path, edit.operation.span):
            return Obstruction(edit, "has a comment, or the configuration, that says to leave a place alone", _SILENCED)
        if not self._editable(edit.path):
            return Obstruction(edit, "is outside the paths that may be edited", "add it to PATHS")
        if not self._is_changed(edit.path) and not isinstance(edit.operation, CreateFile):
            return Obstruction(edit, "has not changed since the revision of --since", "leave --since away for this one")
        if reason := self._unwritable(edit.path):
            return Obstruction(edit, reason, "do that, then run again")
        return None

    def open_findings(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that are not silenced and lie in files that were asked about."""
        kept = []
        for finding in findings:
            self._note(finding.rule, finding.path, finding.span)
            if self.asks_about(finding.path) and not self._silenced(finding.rule, finding.path, finding.span):
                kept.append(finding)
        return kept

    def silences(self, edit: Edit) -> bool:
        """Whether the edit itself is silenced, by a comment or the configuration."""
        return self._silenced(edit.rule, edit.path, edit.operation.span)

    def complaints(self, path: str, ran: Iterable[str], known: Iterable[str]) -> list[Complaint]:
        """What is wrong with the suppressions of a file, now that the rules `ran` have looked at it."""
        found: list[Complaint] = []
        for number, comment in enumerate(self._suppressions(path)):
            matches = [(rule, comment.region) for rule in sorted(self._used.get((path, number), ()))]
            found += complaints([comment], matches, set(ran), set(known))
        return found

    def _note(self, rule: str, path: str, span: Span) -> None:
        """Remember which comments have something to silence; edits keep comments, so their numbers stay."""
        for number, comment in enumerate(self._suppressions(path)):
            if comment.covers(rule, span.start, span.end):
                self._used.setdefault((path, number), set()).add(rule)

    def asks_about(self, path: str) -> bool:
        """Whether a file is one of those that may be edited, and that are spoken of."""
        return self._editable(path) and self._is_changed(path)

    def _editable(self, path: str) -> bool:
        return self._everything or any(path == place or path.startswith(f"{place}/") for place in self._paths)

    def _is_changed(self, path: str) -> bool:
        return self._changed is None or path in self._changed

    def _silenced(self, rule: str, path: str, span: Span) -> bool:
        if rule in ignored_by_file(self._settings, path):
            return True
        return any(comment.covers(rule, span.start, span.end) for comment in self._suppressions(path))

    def _suppressions(self, path: str) -> tuple[Suppression, ...]:
        text = self._text(path)
        known = self._comments.get(path)
        if known is None or known[0] is not text:
            known = self._comments[path] = (text, suppressions(text))
        return known[1]
