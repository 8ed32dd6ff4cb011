"""Which files a query can match at all, without parsing them: by the words that its patterns need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from fissix.pgen2 import token
from fissix.pytree import BasePattern, LeafPattern, NodePattern, WildcardPattern

Words = frozenset[bytes]
Needs = tuple[Words, ...]
"""Alternatives: a file must hold all words of one of them."""

_NOTHING: Needs = (frozenset(),)
_MOST = 64
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BY_NAME = ("filter_filename_include", "filter_filename_exclude")


def needs(pattern: BasePattern | None) -> Needs:
    """What a file must hold for the pattern to match."""
    return _NOTHING if pattern is None else _of(pattern)


def can_match(wanted: Needs, words: Words) -> bool:
    """Whether a file that holds `words` may match."""
    return any(alternative <= words for alternative in wanted)


def wants_file(filters: Iterable[Callable[..., Any]], filename: str) -> bool:
    """Whether the filters that Bowler's `is_filename` made, which look at nothing else, let the file pass."""
    return all(
        wanted(None, {}, filename)
        for wanted in filters
        if getattr(wanted, "__module__", "") == "bowler.query" and getattr(wanted, "__name__", "") in _BY_NAME
    )


def _of(pattern: BasePattern) -> Needs:
    match pattern:
        case LeafPattern(content=str(content)) if _WORD.fullmatch(content):
            return (frozenset({content.encode()}),)
        case LeafPattern(type=token.NAME, content=str(content)) if not content.isidentifier():
            return ()  # a dotted name in the place of a name: nothing matches it
        case NodePattern(content=content) if content:
            return _all(content)
        case WildcardPattern(content=content, min=least) if content and least > 0:
            return _short([words for sequence in content for words in _all(sequence)])
    return _NOTHING


def _all(patterns: Sequence[BasePattern]) -> Needs:
    """What a sequence of patterns needs: one alternative of each."""
    found = list(_NOTHING)
    for pattern in patterns:
        found = list(_short([before | more for before in found for more in _of(pattern)]))
    return tuple(found)


def _short(alternatives: list[Words]) -> Needs:
    """Without those that need more than another one; only what all of them need where there are too many."""
    distinct = set(alternatives)
    if len(distinct) > _MOST:
        return (frozenset.intersection(*distinct),)
    return tuple(sorted((one for one in distinct if not any(other < one for other in distinct)), key=sorted))
