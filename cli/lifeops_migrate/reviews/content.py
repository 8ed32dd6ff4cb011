"""What a review tells people, in the sections of the standards' own response format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from lifeops_codemods.rule import Effect, Severity
from lifeops_migrate.result import plural
from lifeops_migrate.reviews.blocks import Block, Bullets, Code, Heading, Inline, Paragraph, Table, marked
from lifeops_migrate.reviews.examples import examples
from lifeops_migrate.reviews.suggestions import suggestions

if TYPE_CHECKING:
    from lifeops_codemods.review.model import Issue, Review, Score
    from lifeops_codemods.rule import Rule

_MANY_NOTES = 5
"""So many issues of one rule for the mere sake of style get a row each; more of them share one."""


def blocks(review: Review) -> Iterator[Block]:
    """The report from top to bottom."""
    yield Heading(2, ("FastAPI Analysis: ", review.topic))
    yield Heading(3, ("Current State",))
    yield from _state(review)
    yield Heading(3, ("Issues Found",))
    yield from _issues(review)
    yield Heading(3, ("Recommended Changes",))
    yield from _recommended(review)
    yield Heading(3, ("Code Examples",))
    yield from examples(review)
    yield Heading(3, ("Testing Suggestions",))
    yield from suggestions(review)


# -- Current State


def _state(review: Review) -> Iterator[Block]:
    yield Paragraph((state_in_words(review),))
    if review.errors:
        yield Paragraph((f"{plural(len(review.errors), 'file')} could not be read:",))
        yield Bullets(tuple((Code(error.path), f": {error.message}") for error in review.errors))
    yield Table(
        ("Standard", "Follows", "Score", "Rule"),
        tuple(_score(score) for score in review.scores),
        frozenset({2}),
    )


def state_in_words(review: Review) -> str:
    """`114 endpoints (73 GET, 36 POST), 17 services, 31 models, …`."""
    state = review.state
    verbs = ", ".join(f"{count} {verb}" for verb, count in sorted(state.verbs().items(), key=lambda one: -one[1]))
    sync = len(state.sessions) - state.async_sessions
    kinds = ", ".join(f"{count} {kind}" for kind, count in (("async", state.async_sessions), ("sync", sync)) if count)
    parts = [
        plural(len(state.endpoints), "endpoint") + (f" ({verbs})" if verbs else ""),
        plural(len(state.services), "service"),
        plural(len(state.models), "model"),
        plural(len(state.schemas), "schema"),
        _dependencies(len(state.sessions)) + (f" ({kinds})" if kinds else ""),
    ]
    return f"{', '.join(parts)}; {plural(review.files_read, 'file')} read."


def _dependencies(count: int) -> str:
    return "1 session dependency" if count == 1 else f"{count} session dependencies"


def _score(score: Score) -> tuple[Inline, ...]:
    rule: Inline = (Code(score.rule),) if score.rule else ("none yet",)
    return marked(score.standard), (f"{score.follows} of {score.total} {score.noun}",), (f"{score.share} %",), rule


# -- Issues Found


def _issues(review: Review) -> Iterator[Block]:
    if review.known:
        yield Paragraph((f"{plural(review.known, 'issue')} of the baseline left out.",))
    if not review.issues:
        yield Paragraph(("None.",))
        return
    yield Paragraph((counted(review.issues),))
    rows = tuple(_row(group) for group in _grouped(review))
    yield Table(("Issue", "Severity", "Location", "Fix"), rows)


def counted(issues: Sequence[Issue]) -> str:
    """`91 issues: 21 errors, 40 warnings, 30 notes. …`."""
    counts = Counter(issue.severity for issue in issues)
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    kinds = [plural(counts[severity], word) for severity, word in words.items() if counts[severity]]
    edits = sum(issue.is_edit for issue in issues)
    rest = len(issues) - edits
    decide = f", {rest} for a person to decide" if rest else ""
    return f"{plural(len(issues), 'issue')}: {', '.join(kinds)}. {edits} can be put right by a rule{decide}."


def _folded(review: Review) -> frozenset[str]:
    """The rules of whose notes only the first is told, with how many there are: unless the review is of one rule."""
    notes = Counter(issue.name for issue in review.issues if issue.severity is Severity.INFO)
    alone = len(review.rules) == 1
    return frozenset(name for name, count in notes.items() if count > _MANY_NOTES and not alone)


def _grouped(review: Review) -> list[list[Issue]]:
    """The rows of the table: issues of which the same is said share one, and many notes of one rule."""
    folded = _folded(review)
    groups: dict[tuple[object, ...], list[Issue]] = {}
    for issue in review.issues:
        is_note = issue.severity is Severity.INFO and issue.name in folded
        said = () if is_note else (issue.message, issue.advice)
        groups.setdefault((issue.severity, issue.name, issue.effect, *said), []).append(issue)
    return list(groups.values())


def _row(group: Sequence[Issue]) -> tuple[Inline, ...]:
    first = group[0]
    alike = len({issue.message for issue in group}) == 1
    more = f"; {len(group) - 1} more like it: "
    message: Inline = (first.message,)
    if not alike:
        message = (first.message, more, Code(f"lifeops-migrate review --topic {first.name}"))
    shown = group if alike else group[:1]
    places = [part for issue in shown for part in (", ", Code(issue.place))][1:]
    return message, (first.severity.value,), tuple(places), fix_of(first)


def fix_of(issue: Issue) -> Inline:
    """Which rule does it, or what a person must do."""
    if issue.effect is None:
        return marked(issue.advice)
    return Code(issue.name), f" ({issue.effect.value})"


# -- Recommended Changes


def _recommended(review: Review) -> Iterator[Block]:
    edits = [issue for issue in review.issues if issue.is_edit]
    open_ones = [issue for issue in review.issues if not issue.is_edit]
    if not review.issues:
        yield Paragraph(("None.",))
    if any(issue.effect is Effect.UNSAFE for issue in edits):
        yield Paragraph(("What clients will see of an unsafe change is listed under Testing Suggestions.",))
    if edits:
        yield Bullets(tuple(_step(rule, [one for one in edits if one.rule is rule]) for rule in _rules(edits)), True)
    by_endpoint = tuple(_by_endpoint(review))
    if by_endpoint:
        yield Heading(4, ("By endpoint",))
        yield Bullets(by_endpoint)
    told = [issue for issue in open_ones if issue.severity is not Severity.INFO or issue.name not in _folded(review)]
    if told:
        yield Heading(4, ("To decide",))
        yield Bullets(tuple(_open(issue) for issue in told))


def _rules(issues: Iterable[Issue]) -> list[Rule]:
    return list({issue.name: issue.rule for issue in issues if issue.rule is not None}.values())


def _step(rule: Rule, issues: Sequence[Issue]) -> Inline:
    """One rule: what it is for, how much it does, the command."""
    unsafe = sum(issue.effect is Effect.UNSAFE for issue in issues)
    effect = "all safe" if not unsafe else "unsafe" if unsafe == len(issues) else f"{unsafe} of them unsafe"
    files = len({path for issue in issues for path in issue.files})
    size = f"{plural(len(issues), 'change')} in {plural(files, 'file')}, {effect}"
    command = Code(f"lifeops-migrate --select {rule.name}")
    return Code(rule.name), ": ", *marked(_sentence(rule.summary)), f" {size}. ", command


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _by_endpoint(review: Review) -> Iterator[Inline]:
    """The issues of each endpoint, with the service or query that they are about."""
    folded = _folded(review)
    for number, endpoint in enumerate(review.state.endpoints):
        mine = [issue for issue in review.issues if number in issue.endpoints and issue.name not in folded]
        if not mine:
            continue
        told = dict.fromkeys(_told(issue, number) for issue in mine)
        yield (Code(endpoint.label), ": ", *[part for one in told for part in ("; ", *one)][1:])


def _told(issue: Issue, endpoint: int) -> Inline:
    """The rule, the service or function on the way from the endpoint, the place."""
    through = issue.way[-1] if issue.endpoints[0] == endpoint and len(issue.way) > 1 else ""
    between: Inline = (" in ", Code(through), ", ") if through else (" at ",)
    return (Code(issue.name), *between, Code(issue.place))


def _open(issue: Issue) -> Inline:
    return Code(issue.place), f" {issue.message}: {issue.reason}. {_capital(_sentence(issue.advice))}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
