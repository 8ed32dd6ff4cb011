"""Texts for names of parameters that mean the same in every service, where their type and their company agree."""

from __future__ import annotations

import re
from typing import NamedTuple

from lifeops_codemods.project.types import Instance, Type, alternatives, without_none

_INTEGERS = frozenset({"builtins.int"})
_TEXTS = frozenset({"builtins.str"})
_FLAGS = frozenset({"builtins.bool"})
_DATES = frozenset({"datetime.date", "datetime.datetime"})
_IDS = frozenset(
    {
        "builtins.int", "builtins.str", "uuid.UUID",
        *(f"pydantic.{module}UUID{version}" for module in ("", "types.") for version in (1, 3, 4, 5, 6, 7)),
    }
)  # fmt: skip
_HIDDEN = frozenset({"deleted", "archived", "inactive", "disabled", "hidden", "expired", "completed", "closed"})
_OF_NOUN = re.compile(r"(\w+)_(id|uuid|slug|name|key)")
_WHAT = {"id": "ID", "uuid": "UUID", "slug": "Slug", "name": "Name", "key": "Key"}
_TEXTUAL = frozenset({"name", "slug", "key"})
_PAGES = ({"page", "page_size"}, {"page", "per_page"}, {"page", "size"}, {"skip", "limit"}, {"offset", "limit"})
_OF_PAGE = re.compile(r"page\[(\w+)\]")
_IN_PAGE = {"number": "page_number", "size": "page_size"}
_SEGMENT = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.IGNORECASE)


class Company(NamedTuple):
    """What stands around a parameter.

    path: of the route, with its prefixes. nouns: what the project has models for, in lower case (`journal entry`).
    beside: the names of all parameters.
    many: whether what is asked for, by `GET`, may be a list.
    """

    path: str
    nouns: frozenset[str]
    beside: frozenset[str]
    many: bool


def known_text(name: str, kind: Type, company: Company, in_path: bool) -> str | None:
    """What a parameter is for; None where its name does not tell."""
    classes = _classes(kind)
    if classes is None:
        return None
    words = in_words(name)
    if in_path:
        return _of_noun(words, classes, company, in_path) or _of_segment(name, classes, company)
    return _of_list(words, classes, company) or _of_noun(words, classes, company, in_path)


def in_words(name: str) -> str:
    """What clients call a parameter, as Python would: `pageSize`, `page-size` and JSON:API's `page[size]`."""
    of_page = _OF_PAGE.fullmatch(name)
    if of_page is not None:
        return _IN_PAGE.get(of_page[1], of_page[1])
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def _of_list(name: str, classes: frozenset[str], company: Company) -> str | None:
    """Parameters that choose, order and cut what is answered."""
    if not company.many and not any(pair <= company.beside for pair in _PAGES):
        return None
    paged = company.beside & {"page", "page_number", "page_no", "cursor", "offset", "skip"}
    match name:
        case "skip" | "offset" if classes <= _INTEGERS:
            return "Number of items to skip"
        case "limit" if classes <= _INTEGERS:
            return "Maximum number of items to return"
        case "page" | "page_number" | "page_no" if classes <= _INTEGERS:
            return "Page number"
        case "per_page" | "page_size" | "pagesize" | "items_per_page" if classes <= _INTEGERS:
            return "Number of items per page"
        case "size" if classes <= _INTEGERS and paged:
            return "Number of items per page"
        case "cursor" | "page_token" | "next_token" if classes <= _TEXTS:
            return f"{'Cursor' if name == 'cursor' else 'Token'} from the previous page"
        case "q" | "search" | "search_term" | "search_query" if classes <= _TEXTS:
            return "Text to search for"
        case "sort_by" | "order_by" if classes <= _TEXTS:
            return "Field to sort by"
        case "sort" | "ordering" if classes <= _TEXTS:
            return "How to sort the items"
        case "sort_order" | "sort_direction" | "sort_dir" | "order_direction" if classes <= _TEXTS:
            return "Direction to sort in"
        case "start_date" | "date_from" | "from_date" if classes <= _DATES:
            return "Start of the period"
        case "end_date" | "date_to" | "to_date" if classes <= _DATES:
            return "End of the period"
    hidden = name.removeprefix("include_")
    if classes <= _FLAGS and hidden != name and hidden in _HIDDEN:
        return f"Whether to include {hidden} items"
    return None


def _of_noun(name: str, classes: frozenset[str], company: Company, in_path: bool) -> str | None:
    """`quest_id`, where quests are something that the project has, or that the path is about."""
    found = _OF_NOUN.fullmatch(name)
    if (
        found is None
        or not classes <= (_TEXTS if found[2] in _TEXTUAL else _IDS)
        or (found[2] == "key" and not in_path)
    ):
        return None
    noun = found[1].replace("_", " ").lower()
    if noun not in company.nouns and noun not in _segments(company.path):
        return None
    return f"{_WHAT[found[2]]} of the {noun}"


def _of_segment(name: str, classes: frozenset[str], company: Company) -> str | None:
    """`/quests/{id}`, and `username`."""
    if name == "username" and classes <= _TEXTS:
        return "Name of the user"
    what = _WHAT.get(name)
    before = re.search(rf"([\w-]+)/\{{{re.escape(name)}(?::\w+)?\}}", company.path)
    if what is None or before is None or not classes <= (_TEXTS if name in _TEXTUAL else _IDS):
        return None
    word = re.sub("[-_]", " ", before[1].lower())
    known = [form for form in singulars(word) if form in company.nouns]
    noun = known[0] if known else _singular(word)
    return f"{what} of the {noun}" if noun else None


def _singular(plural: str) -> str:
    """What a regular plural is the plural of; `""` for another word, or where it may be that of two."""
    if not plural.endswith("s") or plural.endswith(("ss", "us", "uses", "series", "species", "news")):
        return ""
    if plural.endswith("ies"):
        return f"{plural[:-3]}y"
    return plural[:-2] if plural.endswith(("ches", "shes", "xes", "sses", "zes")) else plural[:-1]


def _segments(path: str) -> frozenset[str]:
    """The literal parts of a path in singular: `/journal-entries/{id}` is about a `journal entry`."""
    parts = (part for part in path.split("/") if _SEGMENT.fullmatch(part))
    return frozenset(form for part in parts for form in singulars(re.sub("[-_]", " ", part.lower())))


def singulars(word: str) -> tuple[str, ...]:
    """What a word may be the plural of, and the word itself."""
    if word.endswith("ies"):
        return word, f"{word[:-3]}y"
    if word.endswith("es"):
        return word, word[:-2], word[:-1]
    return (word, word[:-1]) if word.endswith("s") and not word.endswith("ss") else (word,)


def _classes(kind: Type) -> frozenset[str] | None:
    """The plain classes that a type is one of, None apart; None where another may be among them."""
    found = alternatives(without_none(kind))
    names = [one.of for one in found if isinstance(one, Instance) and not one.arguments]
    return frozenset(str(name) for name in names) if len(names) == len(found) else None
