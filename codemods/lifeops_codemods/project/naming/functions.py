"""The library functions that names are computed with, done here on plain values.

`inflection.underscore` is that of inflection 0.5; plural forms depend on word lists that differ between versions and
are left alone.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import Any, Final

from lifeops_codemods.project.naming.patterns import MAX_TEMPLATE, check_subject, compiled
from lifeops_codemods.project.naming.values import MAX_ITEMS, NotUnderstoodError, bounded

Apply = Callable[[object, list[object]], object]
"""Calls a value of the target's code (a lambda, say) with arguments."""

CONSTANTS: Final[dict[str, object]] = {
    "string.ascii_letters": string.ascii_letters,
    "string.ascii_lowercase": string.ascii_lowercase,
    "string.ascii_uppercase": string.ascii_uppercase,
    "string.digits": string.digits,
    **{
        f"re.{flag}": int(getattr(re, flag))
        for flag in ("A", "ASCII", "I", "IGNORECASE", "U", "UNICODE", "X", "VERBOSE")
    },
}


def library_function(name: str, arguments: list[object], keywords: dict[str, object], apply: Apply) -> object:
    """The value of `name(*arguments, **keywords)`."""
    if name.startswith("re."):
        return regex(name.removeprefix("re."), arguments, keywords, apply)
    if keywords:
        raise NotUnderstoodError(f"the keyword arguments of {name}")
    match name, arguments:
        case "inflection.underscore", [str(word)]:
            return _underscore(word)
        case "functools.reduce", [function, items]:
            return _reduce(function, iterated(items), apply)
        case "functools.reduce", [function, items, start]:
            return _reduce(function, [start, *iterated(items)], apply)
        case (("typing.cast" | "typing_extensions.cast"), [_, value]):
            return value
    raise NotUnderstoodError(f"the function {name}")


def regex(name: str, arguments: list[object], keywords: dict[str, object], apply: Apply) -> object:
    """A function of `re`, or the method of a pattern with the pattern put first."""
    names = ("pattern", "repl", "string", "count", "flags") if name in ("sub", "subn") else _PARAMETERS.get(name, ())
    given = dict(zip(names, arguments, strict=False)) | keywords
    # A pattern's method takes a place to start from where the function takes flags.
    if isinstance(given.get("pattern"), re.Pattern) and "flags" in given:
        raise NotUnderstoodError(f"the arguments of re.{name}")
    if len(arguments) > len(names) or not set(given) <= set(names):
        raise NotUnderstoodError(f"the arguments of re.{name}")
    pattern = compiled(given["pattern"], given.get("flags", 0))
    if name == "compile":
        return pattern
    subject = check_subject(pattern, given["string"])
    count = given.get("count", given.get("maxsplit", 0))
    if not isinstance(count, int):
        raise NotUnderstoodError(f"the arguments of re.{name}")
    match name:
        case "sub":
            return bounded(pattern.sub(_replacement(given["repl"], apply), subject, count))
        case "split":
            return bounded(pattern.split(subject, count))
        case "findall":
            return bounded(pattern.findall(subject))
        case "finditer":
            return bounded(list(pattern.finditer(subject)))
        case "match" | "search" | "fullmatch":
            return getattr(pattern, name)(subject)
    raise NotUnderstoodError(f"the function re.{name}")


def _replacement(replacement: object, apply: Apply) -> Any:
    if isinstance(replacement, str):
        if len(replacement) > MAX_TEMPLATE:
            raise NotUnderstoodError("the replacement is too long")
        return replacement

    def replaced(found: re.Match[str]) -> str:
        text = apply(replacement, [found])
        if not isinstance(text, str):
            raise NotUnderstoodError("a replacement that is not text")
        bounded(text)
        return text

    return replaced


PATTERN_METHODS: Final = frozenset(["findall", "finditer", "fullmatch", "match", "search", "split", "sub"])
_PARAMETERS: Final = {
    "compile": ("pattern", "flags"),
    "split": ("pattern", "string", "maxsplit", "flags"),
    "findall": ("pattern", "string", "flags"),
    "finditer": ("pattern", "string", "flags"),
    "match": ("pattern", "string", "flags"),
    "search": ("pattern", "string", "flags"),
    "fullmatch": ("pattern", "string", "flags"),
}


def _underscore(word: str) -> str:
    word = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", word)
    word = re.sub(r"([a-z\d])([A-Z])", r"\1_\2", word)
    return word.replace("-", "_").lower()


def _reduce(function: object, items: list[object], apply: Apply) -> object:
    value, *rest = items
    for item in rest:
        value = apply(function, [value, item])
    return value


def iterated(value: object) -> list[object]:
    """What `for item in value` goes through."""
    if isinstance(value, str | list | tuple | dict | range) and len(value) <= MAX_ITEMS:
        return list(value)
    raise NotUnderstoodError("a loop over something that is not text or a short list")


def builtin_function(name: str, arguments: list[object], keywords: dict[str, object], apply: Apply) -> object:
    """The value of a built-in function."""
    if keywords and name != "enumerate":
        raise NotUnderstoodError(f"the keyword arguments of {name}")
    match name, arguments:
        case "len", [str() | list() | tuple() | dict() as value]:
            return len(value)
        case "str", [str() | int() | None as value]:
            return str(value)
        case "int", [str() | int() as value] if len(str(value)) < 10:
            return int(value)
        case "ord", [str(value)]:
            return ord(value)
        case "chr", [int(value)]:
            return chr(value)
        case "enumerate", [value]:
            return list(enumerate(iterated(value), _number(keywords.get("start", 0))))
        case "enumerate", [value, start]:
            return list(enumerate(iterated(value), _number(start)))
        case "range", _:
            return iterated(range(*map(_number, arguments)))
        case "map", [function, value]:
            return [apply(function, [item]) for item in iterated(value)]
        case "filter", [function, value]:
            return [item for item in iterated(value) if truth(apply(function, [item]))]
        case "zip", _:
            return list(zip(*map(iterated, arguments), strict=False))
        case _, []:
            return {"str": "", "list": [], "tuple": (), "dict": {}, "int": 0, "bool": False}[name]
        case _, [value]:
            return _of_items(name, value)
    raise NotUnderstoodError(f"the function {name}")


def _of_items(name: str, value: object) -> object:
    match name:
        case "bool":
            return truth(value)
        case "list":
            return iterated(value)
        case "tuple":
            return tuple(iterated(value))
        case "reversed":
            return iterated(value)[::-1]
        case "any":
            return any(truth(item) for item in iterated(value))
        case "all":
            return all(truth(item) for item in iterated(value))
    raise NotUnderstoodError(f"the function {name}")


BUILTINS: Final = frozenset(
    [
        "all",
        "any",
        "bool",
        "chr",
        "enumerate",
        "filter",
        "getattr",
        "int",
        "len",
        "list",
        "map",
        "ord",
        "range",
        "reversed",
        "str",
        "tuple",
        "zip",
        "dict",
    ]
)


def truth(value: object) -> bool:
    """Whether a value counts as true, if that cannot run code of the project."""
    if isinstance(value, str | int | list | tuple | dict | re.Match | None):
        return bool(value)
    raise NotUnderstoodError("a condition on something that is not text, a number or a list")


def _number(value: object) -> int:
    if isinstance(value, int):
        return value
    raise NotUnderstoodError("a count that is not a number")
