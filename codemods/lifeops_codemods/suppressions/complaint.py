"""What is wrong with suppressions: those that silence nothing, name no rule, or cannot be in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lifeops_codemods.config.error import did_you_mean
from lifeops_codemods.operation import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from lifeops_codemods.suppressions.suppression import Suppression

OTHER_SOURCES = frozenset({"bowler"})
"""What makes edits and is no rule: a command of its own, which a suppression may name."""

Match = tuple[str, Span]
"""A rule's name and the place of an edit or finding of it."""


class Complaint(NamedTuple):
    """Where the comment stands, what was seen, what to do."""

    span: Span
    message: str
    fix: str


def complaints(
    found: Iterable[Suppression], matches: Collection[Match], ran: Collection[str], known: Collection[str]
) -> Iterator[Complaint]:
    """What to tell the user about one file's suppressions.

    matches: every edit and finding of the file, silenced or not. ran: the rules that looked at the file; nothing is
    called unused because of a rule that did not. known: the names of all rules.
    """
    for suppression in found:
        if suppression.error:
            message = f"this suppression is not in force: {suppression.error}"
            yield Complaint(suppression.span, message, "mend the comment or remove it")
        elif suppression.rules:
            for rule in suppression.rules:
                yield from _about_rule(suppression, rule, matches, ran, known)
        elif set(known) <= set(ran) and not _silences_any(suppression, matches):
            yield Complaint(suppression.span, "this suppression silences nothing", "remove the comment")


def _about_rule(
    suppression: Suppression, rule: str, matches: Collection[Match], ran: Collection[str], known: Collection[str]
) -> Iterator[Complaint]:
    if rule in OTHER_SOURCES:
        return
    if rule not in known:
        message = f"this suppression names `{rule}`, which is no rule; {did_you_mean(rule, known)}"
        yield Complaint(suppression.span, message, "mend the name or remove it")
    elif rule in ran and not _silences_any(suppression, [match for match in matches if match[0] == rule]):
        message = f"this suppression of {rule} silences nothing"
        yield Complaint(suppression.span, message, f"remove {rule} from it")


def _silences_any(suppression: Suppression, matches: Iterable[Match]) -> bool:
    return any(suppression.covers(rule, span.start, span.end) for rule, span in matches)
