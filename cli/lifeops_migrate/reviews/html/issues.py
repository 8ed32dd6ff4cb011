"""The issues with their filters: each with its places, its chain of facts, and its change side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lifeops_codemods.review.model import link_of
from lifeops_codemods.rule import Severity
from lifeops_migrate.result import plural
from lifeops_migrate.reviews.html.diffs import Diffs
from lifeops_migrate.reviews.html.elements import Element, element

if TYPE_CHECKING:
    from lifeops_codemods.review.model import Issue, Review

_HUNKS = 12
"""So many hunks of one issue are shown; a rename of a model can have hundreds, all alike."""


def issue_list(review: Review) -> list[Element]:
    """The filters and the list."""
    if not review.issues:
        return [element("p", "None.")]
    diffs = Diffs(_HUNKS)
    items = [element("li", _issue(review, issue, diffs)) for issue in review.issues]
    return [
        _filters(review),
        element("p", plural(len(review.issues), "issue"), id="count", role="status", aria_live="polite"),
        element("ol", *items, class_="issues", id="list"),
    ]


def _filters(review: Review) -> Element:
    rules = Counter(issue.name for issue in review.issues)
    files = Counter(issue.path for issue in review.issues)
    endpoints = Counter(number for issue in review.issues for number in issue.endpoints)
    severities = [severity.value for severity in Severity if review.count(severity)]
    labels = {str(number): review.state.endpoints[number].label for number in sorted(endpoints)}
    return element(
        "form",
        _choice("rule", "Rule", ((name, f"{name} ({count})") for name, count in sorted(rules.items()))),
        _choice("severity", "Severity", ((name, f"{name} ({review.count(Severity(name))})") for name in severities)),
        _choice(
            "endpoint",
            "Endpoint",
            ((number, f"{label} ({endpoints[int(number)]})") for number, label in labels.items()),
        ),
        _choice("file", "File", ((path, f"{path} ({count})") for path, count in sorted(files.items()))),
        element("label", "Words", element("input", type="search", name="words", autocomplete="off")),
        element("button", "Show all", type="reset"),
        element("button", "Open all", type="button", id="open"),
        id="filters",
        role="search",
        aria_label="Filter the issues",
    )


def _choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> Element:
    shown = [element("option", text, value=value) for value, text in options]
    return element("label", label, element("select", element("option", "all", value=""), *shown, name=name))


def _issue(review: Review, issue: Issue, diffs: Diffs) -> Element:
    summary = element(
        "summary",
        element("span", issue.severity.value, class_=f"severity {issue.severity.value}"),
        " ",
        element("span", issue.message, class_="message"),
        " ",
        element("code", issue.name, class_="rule"),
        " ",
        element("code", issue.place, class_="place"),
    )
    return element(
        "details",
        summary,
        element("div", *_details(review, issue), *diffs.of(review.change(issue)), class_="inside"),
        id=f"issue-{issue.fingerprint}",
        data_rule=issue.name,
        data_severity=issue.severity.value,
        data_file=issue.path,
        data_endpoints=" ".join(map(str, issue.endpoints)),
    )


def _details(review: Review, issue: Issue) -> Iterator[Element]:
    if issue.is_edit:
        size = f"{plural(issue.edits, 'edit')} in {plural(len(issue.files), 'file')}"
        command = element("code", f"lifeops-migrate --select {issue.name}")
        yield element("p", f"{issue.effect}, {size}: ", command)
    else:
        yield element("p", element("strong", "Left alone: "), issue.reason)
        yield element("p", element("strong", "What to do: "), issue.advice)
    if issue.clients_see:
        yield element("p", element("strong", "Clients will see: "), issue.clients_see)
    if issue.endpoints:
        labels = [review.state.endpoints[number].label for number in issue.endpoints]
        parts = [part for label in labels for part in (", ", element("code", label))][1:]
        yield element("p", element("strong", "Endpoints: "), *parts)
    if issue.why:
        links = [element("li", *_link(text)) for text in issue.why]
        yield element("div", element("h4", "Why"), element("ol", *links, class_="why"))


def _link(text: str) -> tuple[Element | str, ...]:
    found = link_of(text)
    return (element("code", f"{found.path}:{found.line}"), f" {found.text}") if found else (text,)
