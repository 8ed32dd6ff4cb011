"""Regular expressions of the target's code, compiled and used only where they cannot take long.

A pattern from unknown code can take exponential time (`(a+)+$`). How many ways there are to match is bounded from its
parsed form: a repeat of something that itself varies is refused, and what varies side by side is multiplied.
"""

from __future__ import annotations

import re
import warnings
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from lifeops_codemods.project.naming.values import NotUnderstoodError

MAX_PATTERN: Final = 300
MAX_TEMPLATE: Final = 100
MAX_SUBJECT: Final = 200
MAX_WAYS: Final = 20_000_000
ALLOWED_FLAGS: Final = re.IGNORECASE | re.ASCII | re.UNICODE | re.DOTALL | re.MULTILINE | re.VERBOSE


def compiled(source: object, flags: object = 0) -> re.Pattern[str]:
    """The pattern, if it is small and its flags are ordinary."""
    if isinstance(source, re.Pattern):
        return source
    if not isinstance(source, str) or not isinstance(flags, int) or flags & ~ALLOWED_FLAGS:
        raise NotUnderstoodError("the pattern is not a constant text with ordinary flags")
    if len(source) > MAX_PATTERN:
        raise NotUnderstoodError("the pattern is too long")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ways(source, flags, 1)
        return re.compile(source, flags)


def check_subject(pattern: re.Pattern[str], subject: object) -> str:
    """The text, if the pattern cannot take long on it."""
    if not isinstance(subject, str) or len(subject) > MAX_SUBJECT:
        raise NotUnderstoodError("the text given to the pattern is too long")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        each = ways(pattern.pattern, pattern.flags, len(subject))
    if each * (len(subject) + 1) > MAX_WAYS:
        raise NotUnderstoodError("the pattern may take very long")
    return subject


def ways(source: str, flags: int, length: int) -> int:
    """An upper bound of the ways in which a pattern can match from one place of a text of `length`."""
    return _sequence(parser.parse(source, flags & ~re.UNICODE), length)


def _sequence(items: Any, length: int) -> int:
    product = 1
    for operator, argument in items:
        product *= _item(operator, argument, length)
        if product > MAX_WAYS:
            raise NotUnderstoodError("the pattern may take very long")
    return product


def _item(operator: object, argument: Any, length: int) -> int:
    if operator in _REPEATS:
        least, most, body = argument
        return _repeat(least, most, body, length)
    if operator is constants.SUBPATTERN:
        return _sequence(argument[3], length)
    if operator is constants.BRANCH:
        return sum(_sequence(alternative, length) for alternative in argument[1])
    if operator in (constants.ASSERT, constants.ASSERT_NOT):
        return _sequence(argument[1], length)
    if operator is constants.ATOMIC_GROUP:
        return _sequence(argument, length)
    if operator in _SINGLE:
        return 1
    raise NotUnderstoodError("the pattern has a construct that is not understood")


def _repeat(least: int, most: int, body: Any, length: int) -> int:
    inner = _sequence(body, length)
    if most <= 1:
        return inner + 1
    if inner > 1:
        raise NotUnderstoodError("the pattern repeats something that itself varies")
    return min(int(most) - least, length) + 1


_REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)
_SINGLE = (
    constants.LITERAL,
    constants.NOT_LITERAL,
    constants.IN,
    constants.ANY,
    constants.AT,
    constants.GROUPREF,
)
