"""What plain values can do: operators, methods and formatting, each with a bound on its result."""

from __future__ import annotations

import operator
import re
from string import Formatter
from typing import TYPE_CHECKING, Any, Final

from lifeops_codemods.project.naming.values import MAX_TEXT, NotUnderstoodError, bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEXT_METHODS: Final = frozenset(
    [
        "capitalize",
        "casefold",
        "center",
        "count",
        "endswith",
        "find",
        "format",
        "index",
        "isalnum",
        "isalpha",
        "isdigit",
        "isidentifier",
        "islower",
        "isspace",
        "istitle",
        "isupper",
        "join",
        "ljust",
        "lower",
        "lstrip",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "rfind",
        "rindex",
        "rjust",
        "rpartition",
        "rsplit",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "swapcase",
        "title",
        "upper",
        "zfill",
    ]
)
LIST_METHODS: Final = frozenset(["append", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse"])
DICT_METHODS: Final = frozenset(["get", "items", "keys", "values"])
MATCH_METHODS: Final = frozenset(["end", "group", "groups", "span", "start"])

_WIDTH_METHODS: Final = frozenset(["center", "ljust", "rjust", "zfill"])
_DIGITS = re.compile(r"\d+")
_SIMPLE_FIELD = re.compile(r"\w*\Z")
_PERCENT = re.compile(r"%(?:%|(?:\(\w+\))?[-+ #0]*(\d*)(?:\.(\d*))?[srdxX])")


def binary(symbol: str, left: object, right: object) -> object:
    """`left symbol right`, for text, numbers and lists."""
    if symbol == "%" and isinstance(left, str):
        return percent(left, right)
    if symbol == "*":
        return _times(left, right)
    if symbol == "+" and type(left) is type(right) and isinstance(left, str | list | tuple):
        return bounded(left + right)  # type: ignore[operator]
    if isinstance(left, int) and isinstance(right, int) and symbol in _ARITHMETIC:
        return bounded(_ARITHMETIC[symbol](left, right))
    raise NotUnderstoodError(f"the operator {symbol} on these values")


def _times(left: object, right: object) -> object:
    if isinstance(left, int):
        left, right = right, left
    if not isinstance(right, int):
        raise NotUnderstoodError("the operator * on these values")
    match left:
        case int():
            return bounded(left * right)
        case str() | list() | tuple() if len(left) * right <= MAX_TEXT:
            return left * right
    raise NotUnderstoodError("the operator * gives too large a value")


_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], object]]] = {
    "+": operator.add,
    "-": operator.sub,
    "//": operator.floordiv,
    "%": operator.mod,
    "|": operator.or_,
    "&": operator.and_,
}


def compare(symbol: str, left: object, right: object) -> bool:
    """`left symbol right`, for values whose comparison cannot run code of the project."""
    if symbol in ("is", "is not"):
        return _same(left, right) == (symbol == "is")
    if not (is_plain(left) and is_plain(right)):
        raise NotUnderstoodError("a comparison of something other than text, numbers and lists")
    if symbol in ("in", "not in"):
        found = left in right  # type: ignore[operator]
        return found == (symbol == "in")
    return bool(_COMPARISONS[symbol](left, right))


def _same(left: object, right: object) -> bool:
    singletons = (None, True, False)
    if any(left is value or right is value for value in singletons):
        return left is right
    raise NotUnderstoodError("an identity that depends on how values are kept")


_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], object]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_plain(value: object) -> bool:
    """Whether the value is text, a number, None, or a container of those."""
    match value:
        case str() | int() | None:
            return True
        case list() | tuple():
            return all(is_plain(item) for item in value)
        case dict():
            return all(is_plain(item) for pair in value.items() for item in pair)
    return False


def call_text(text: str, name: str, arguments: list[object], keywords: dict[str, object]) -> object:
    """A method of a text."""
    if name == "format":
        return formatted(text, arguments, keywords)
    if not all(is_plain(value) for value in (*arguments, *keywords.values())):
        raise NotUnderstoodError(f"the arguments of .{name}()")
    if name in _WIDTH_METHODS and not (isinstance(arguments[0], int) and arguments[0] <= MAX_TEXT):
        raise NotUnderstoodError("the text gets too long")
    if name == "replace" and (len(text) + 1) * len(str(arguments[1])) > MAX_TEXT * 50:
        raise NotUnderstoodError("the text gets too long")
    if name == "join":
        return _joined(text, arguments[0])
    return bounded(getattr(text, name)(*arguments, **keywords))


def _joined(text: str, items: object) -> object:
    if not isinstance(items, str | list | tuple | dict):
        raise NotUnderstoodError("the argument of .join()")
    if len(text) * len(items) + sum(len(item) for item in items) > MAX_TEXT:
        raise NotUnderstoodError("the text gets too long")
    return text.join(items)


def call_container(owner: list[object] | dict[object, object], name: str, arguments: list[object]) -> object:
    """A method of a list or a dict; what a dict gives as a view is given as a list."""
    value = getattr(owner, name)(*arguments)
    bounded(owner)
    return list(value) if isinstance(owner, dict) and name != "get" else value


def formatted(text: str, arguments: list[object], keywords: dict[str, object]) -> object:
    """`text.format(…)`, for fields that are a place or a name: `{0.__class__}` is refused."""
    given = iter(arguments)
    parts: list[str] = []
    for literal, name, spec, conversion in Formatter().parse(text):
        parts.append(literal)
        if name is None:
            continue
        if not _SIMPLE_FIELD.match(name):
            raise NotUnderstoodError("a format field that reads attributes or items")
        value = next(given) if not name else arguments[int(name)] if name.isdigit() else keywords[name]
        parts.append(with_spec(value, conversion, spec or ""))
    return bounded("".join(parts))


def with_spec(value: object, conversion: str | None, spec: str) -> str:
    """One field of a format or an f-string."""
    if not isinstance(value, str | int | None) or "{" in spec:
        raise NotUnderstoodError("a formatted value that is not text or a number")
    _check_widths(_DIGITS.findall(spec))
    return format(_CONVERSIONS[conversion](value) if conversion else value, spec)


_CONVERSIONS: Final[Mapping[str, Callable[[object], str]]] = {"r": repr, "a": ascii, "s": str}


def percent(text: str, right: object) -> object:
    """`text % right`."""
    if not is_plain(right) or _PERCENT.sub("", text).count("%"):
        raise NotUnderstoodError("a % format that is not understood")
    _check_widths([width for found in _PERCENT.findall(text) for width in found if width])
    return bounded(text % right)


def _check_widths(widths: list[str]) -> None:
    if any(len(width) > 3 for width in widths):
        raise NotUnderstoodError("the text gets too long")
