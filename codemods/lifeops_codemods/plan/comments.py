"""The comments of a piece of code, to see that none is lost."""

from __future__ import annotations

import io
import re
import tokenize
from collections import Counter

from lifeops_codemods.plan.document import NEWLINE

_PRAGMA = re.compile(r"#\s*(noqa|type:|pragma|pylint|pyright|mypy|isort|ruff|fmt|nosec)", re.IGNORECASE)


def comments(code: str) -> Counter[str]:
    """Count the comments of `code` by their text. Code that stops making sense is read up to there."""
    found: Counter[str] = Counter()
    if "#" not in code:
        return found
    try:
        for token in tokenize.generate_tokens(io.StringIO(NEWLINE.sub("\n", code)).readline):
            if token.type == tokenize.COMMENT:
                found[token.string.rstrip()] += 1
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def is_pragma(comment: str) -> bool:
    """Tell whether a comment speaks to a tool about the code on its line."""
    return _PRAGMA.match(comment) is not None
