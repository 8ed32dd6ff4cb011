"""The page: scores, the map, the issues, what to test, in one file with a policy that allows it nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from importlib.resources import files
from typing import TYPE_CHECKING

from lifeops_codemods import __version__
from lifeops_migrate.reviews.blocks import Bullets, Code, Paragraph, marked
from lifeops_migrate.reviews.content import counted, state_in_words
from lifeops_migrate.reviews.html.elements import Element, Raw, element
from lifeops_migrate.reviews.html.issues import issue_list
from lifeops_migrate.reviews.html.route_map import route_map
from lifeops_migrate.reviews.suggestions import suggestions

if TYPE_CHECKING:
    from lifeops_codemods.review.model import Review, Score
    from lifeops_migrate.reviews.blocks import Block, Inline

_SECTIONS = {"state": "Current State", "map": "Map", "issues": "Issues Found", "tests": "Testing Suggestions"}


def page(review: Review, root: str) -> str:
    """The document. `root` is the root as it is shown."""
    title = f"FastAPI Analysis: {review.topic}"
    style, script = _own("style.css"), _own("script.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Raw(style)),
    )
    body = element(
        "body",
        element("a", "Skip to the issues", href="#issues", class_="skip"),
        _header(review, title, root),
        element("main", *_sections(review)),
        element(
            "footer", element("p", f"Made by lifeops-migrate {__version__}. Nothing in this file is loaded or sent.")
        ),
        element("script", Raw(script)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _header(review: Review, title: str, root: str) -> Element:
    links = [element("li", element("a", name, href=f"#{anchor}")) for anchor, name in _SECTIONS.items()]
    known = f" {review.known} of a baseline left out." if review.known else ""
    return element(
        "header",
        element("h1", title),
        element("p", element("code", root), ": ", state_in_words(review)),
        element("p", counted(review.issues) + known),
        element("nav", element("ul", *links), aria_label="Sections"),
        element("button", "Dark or light", type="button", id="theme"),
    )


def _sections(review: Review) -> list[Element]:
    inside = {
        "state": [*_unread(review), _scores(review)],
        "map": route_map(review),
        "issues": [element("p", *_inline(marked(_HOW))), *issue_list(review)],
        "tests": [part for block in suggestions(review) for part in _block(block)],
    }
    return [
        element(
            "section",
            element("h2", name, id=f"{anchor}-title"),
            *inside[anchor],
            id=anchor,
            aria_labelledby=f"{anchor}-title",
        )
        for anchor, name in _SECTIONS.items()
    ]


_HOW = (
    "Each change is shown by itself, against the code as it is. A run makes them one rule after another, in the order "
    "that `lifeops-migrate --dry-run` shows."
)


def _unread(review: Review) -> list[Element]:
    items = [element("li", element("code", error.path), f": {error.message}") for error in review.errors]
    return [element("p", "These files could not be read:"), element("ul", *items)] if items else []


def _scores(review: Review) -> Element:
    names = ("Standard", "Rule", "Follows", "Score")
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
    table = element("table", head, element("tbody", *map(_score, review.scores)))
    return element("div", table, class_="scroll", role="region", tabindex="0", aria_label="Scores")


def _score(score: Score) -> Element:
    kind = "good" if score.share == 100 else "fair" if score.share >= 80 else "poor"
    bar = element(
        "svg",
        element("rect", width=100, height=10, class_="empty"),
        element("rect", width=score.share, height=10, class_=kind),
        viewBox="0 0 100 10",
        width=100,
        height=10,
        aria_hidden="true",
    )
    rule = element("a", element("code", score.rule), href=f"#rule={score.rule}") if score.rule else "none yet"
    return element(
        "tr",
        element("th", *_inline(marked(score.standard)), scope="row"),
        element("td", rule),
        element("td", f"{score.follows} of {score.total} {score.noun}"),
        element("td", bar, f" {score.share} %", class_="score"),
    )


def _block(block: Block) -> list[Element]:
    match block:
        case Paragraph(text=text):
            return [element("p", *_inline(text))]
        case Bullets(items=items):
            return [element("ul", *(element("li", *_inline(item)) for item in items))]
    raise AssertionError(block)


def _inline(text: Inline) -> list[Element | str]:
    return [element("code", part.text) if isinstance(part, Code) else part for part in text]
