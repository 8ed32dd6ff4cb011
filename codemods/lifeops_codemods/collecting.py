"""One text, and the facts that it holds or why it holds none.

A tree that is deeper than usual raises RecursionError, so that it can be tried `deep` where there is more room; what is
too deep even there is an error like any other.
"""

from __future__ import annotations

import ast
import marshal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from symtable import symtable
from typing import TypeGuard

from lifeops_codemods.facts.collect import Collector, collect
from lifeops_codemods.store import Kept, Raw

_USUAL = 1_000
_DEEP = 25_000
_UNREADABLE = (SyntaxError, MemoryError, ValueError)
_TOO_DEEP = "is nested too deeply to be read; leave it out with `exclude`"


def collected(collectors: Mapping[str, Collector], text: str, *, deep: bool = False) -> Raw:
    """The raw facts of a text, or `("error", line, message)`. deep: as in the module's docstring."""
    try:
        with _levels(deep):
            return collect(text, collectors)
    except _UNREADABLE as error:
        return ("error", *_said(error, text))
    except RecursionError:
        if not deep:
            raise
        return ("error", 0, _TOO_DEEP)


def packed(raw: Raw) -> Kept:
    """Facts as bytes, which take less memory than a million tuples; an error, and what `marshal` refuses, as it is."""
    if is_error(raw):
        return raw
    try:
        return marshal.dumps(raw)
    except ValueError:
        return raw


def is_error(kept: Kept) -> TypeGuard[Raw]:
    """Whether it says why a text has no facts."""
    return kept[0] == "error"


def parse_error(text: str, *, deep: bool = False) -> tuple[int, str] | None:
    """The line and the message for a text that does not parse."""
    if _is_fine(text):
        return None
    try:
        with _levels(deep):
            ast.parse(text)
    except _UNREADABLE as error:
        return _said(error, text)
    except RecursionError:
        if not deep:
            raise
        return 0, _TOO_DEEP
    return None


def _is_fine(text: str) -> bool:
    """Whether a text parses for sure: to make its symbols takes no tree of Python's own, and so a quarter less time.

    What has no symbols, as a `return` outside of a function, may have a tree all the same.
    """
    try:
        symtable(text, "<unknown>", "exec")
    except Exception:
        return False
    return True


@contextmanager
def _levels(deep: bool) -> Iterator[None]:
    """One tree may take the usual room or, tried `deep`, a part of what there is: what works on it needs more."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(min(limit, _DEEP if deep else _USUAL))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _said(error: Exception, text: str) -> tuple[int, str]:
    match error:
        case SyntaxError():
            return error.lineno or 0, _explain(error, text)
        case MemoryError():
            return 0, _TOO_DEEP
    return 0, f"cannot parse: {error}"


def _explain(error: SyntaxError, text: str) -> str:
    """Say what is wrong, and what to do: a newer Python where the file needs one, else mend or exclude."""
    needed = _needs(error, text)
    if needed:
        version = ".".join(map(str, needed))
        return f"uses {version} syntax: run lifeops-migrate under Python {version} or newer"
    return f"cannot parse: {error.msg}; mend the file, or leave it out with `exclude`"


def _needs(error: SyntaxError, text: str) -> tuple[int, int] | None:
    """The newer Python that the line where parsing failed is written for, as far as its shape tells."""
    import re

    lines = re.split(r"\r\n|\r|\n", text)
    line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    shapes = (
        (r"^\s*type\s+\w+\s*(\[.*\])?\s*=", (3, 12)),
        (r"^\s*(async\s+)?(def|class)\s+\w+\s*\[", (3, 12)),
        (r"^\s*except\s+[\w.]+\s*,\s*[\w.]", (3, 14)),
        (r"\bt(r|R)?['\"]", (3, 14)),
    )
    for pattern, version in shapes:
        if sys.version_info < version and re.search(pattern, line):
            return version
    return (3, 12) if sys.version_info < (3, 12) and _is_newer_f_string(error.msg or "", line) else None


def _is_newer_f_string(message: str, line: str) -> bool:
    """Whether an f-string is refused for what Python 3.12 allows in it: its own quotes, backslashes, comments."""
    if message.startswith("f-string expression part cannot include"):
        return True
    nested = any(line.count(quote) > 3 for quote in "'\"")
    return message.startswith(("f-string: expecting '}'", "f-string: unmatched")) and nested
