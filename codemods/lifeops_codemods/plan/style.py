"""How a project wants its code to look, from its configuration files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

DEFAULT_LINE_LENGTH = 88
Formatter = Literal["black", "ruff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What new code must agree with.

    formatter: the one that keeps lines short, or None. quote: the quote that a formatter would write, or None
    where the file's own decides. sorts_imports: a linter or isort keeps imports sorted. The rest are the import
    sorter's settings, under ruff's names.
    """

    line_length: int = DEFAULT_LINE_LENGTH
    formatter: Formatter | None = None
    quote: str | None = None
    sorts_imports: bool = False
    force_single_line: bool = False
    combine_as_imports: bool = False
    order_by_type: bool = True
    case_sensitive: bool = False
    force_sort_within_sections: bool = False
    split_on_trailing_comma: bool = True
    known_first_party: tuple[str, ...] = ()
    known_third_party: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


def style_from(pyproject: str | None, ruff_toml: str | None = None, isort_cfg: str | None = None) -> Style:
    """Return the style that the texts of a project's configuration files ask for.

    `ruff_toml` (ruff.toml or .ruff.toml) wins over pyproject's `[tool.ruff]`, as in ruff; `isort_cfg` is .isort.cfg. A
    text that does not parse counts as absent.
    """
    tool = _table(_toml(pyproject), "tool")
    ruff = _toml(ruff_toml) if ruff_toml is not None else _table(tool, "ruff")
    isort = _isort_settings(_table(tool, "isort"), isort_cfg)
    black = _table(tool, "black")
    has_ruff = ruff_toml is not None or "ruff" in tool
    return Style(
        line_length=_line_length(ruff, black, isort),
        formatter=_formatter(ruff, has_ruff=has_ruff, has_black="black" in tool),
        quote=_quote(ruff, black, has_black="black" in tool),
        sorts_imports=(has_ruff and _selects_sorting(ruff)) or bool(isort),
        **(_ruff_sorting(ruff) if has_ruff and _selects_sorting(ruff) else _isort_sorting(isort)),
    )


def _toml(text: str | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError:
        return {}


def _table(parent: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _isort_settings(pyproject: dict[str, Any], isort_cfg: str | None) -> dict[str, Any]:
    """Return isort's settings; .isort.cfg wins. Its values are strings."""
    if isort_cfg is None:
        return pyproject
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(isort_cfg)
    except Error:
        return pyproject
    return dict(parser["settings"]) if parser.has_section("settings") else pyproject


def _line_length(ruff: dict[str, Any], black: dict[str, Any], isort: dict[str, Any]) -> int:
    for value in (
        ruff.get("line-length"),
        black.get("line-length"),
        black.get("line_length"),
        isort.get("line_length"),
    ):
        try:
            return int(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
    return DEFAULT_LINE_LENGTH


def _quote(ruff: dict[str, Any], black: dict[str, Any], *, has_black: bool) -> str | None:
    quotes = {"single": "'", "double": '"'}
    wanted = _table(ruff, "format").get("quote-style")
    if wanted in quotes:
        return quotes[wanted]
    skips = black.get("skip-string-normalization", black.get("skip_string_normalization", False))
    return '"' if has_black and not skips else None


def _formatter(ruff: dict[str, Any], *, has_ruff: bool, has_black: bool) -> Formatter | None:
    """Return what formats the code; ruff may be there only to lint what black formats."""
    if has_black and "format" not in ruff:
        return "black"
    return "ruff" if has_ruff else None


def _selects_sorting(ruff: dict[str, Any]) -> bool:
    """Tell whether ruff's rule I001 is on."""
    return _selectors(ruff).checks("I001")


class Selectors(NamedTuple):
    """The prefixes of the rules that ruff is told to look for, and of those it is told to leave."""

    selected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def checks(self, code: str) -> bool:
        """Tell whether a rule is on: the longest selector that fits decides, as in ruff."""
        return _specificity(self.selected, code) > _specificity(self.ignored, code)


def selectors_from(pyproject: str | None, ruff_toml: str | None = None) -> Selectors:
    """Return what the project's configuration tells ruff to look for; the texts are as for `style_from`."""
    ruff = _toml(ruff_toml) if ruff_toml is not None else _table(_table(_toml(pyproject), "tool"), "ruff")
    return _selectors(ruff)


def _selectors(ruff: dict[str, Any]) -> Selectors:
    lint = _table(ruff, "lint")
    return Selectors(
        (
            *_strings(lint.get("select", ruff.get("select"))),
            *_strings(lint.get("extend-select", ruff.get("extend-select"))),
        ),
        (*_strings(lint.get("ignore", ruff.get("ignore"))), *_strings(lint.get("extend-ignore"))),
    )


def _specificity(selectors: tuple[str, ...], code: str) -> int:
    fitting = (selector for selector in selectors if selector == "ALL" or _fits(selector, code))
    return max((0 if selector == "ALL" else len(selector) for selector in fitting), default=-1)


def _fits(selector: str, code: str) -> bool:
    """Tell whether a selector names a rule or its group: `F` is Pyflakes, and has nothing to do with `FAST002`."""
    return code.startswith(selector) and selector.rstrip("0123456789") in {code.rstrip("0123456789"), "PL"}


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _ruff_sorting(ruff: dict[str, Any]) -> dict[str, Any]:
    table = _table(_table(ruff, "lint"), "isort") or _table(ruff, "isort")
    flags = {
        "force-single-line": False,
        "combine-as-imports": False,
        "order-by-type": True,
        "case-sensitive": False,
        "force-sort-within-sections": False,
        "split-on-trailing-comma": True,
    }
    settings: dict[str, Any] = {
        name.replace("-", "_"): bool(table.get(name, default)) for name, default in flags.items()
    }
    for name in ("known-first-party", "known-third-party", "classes", "constants", "variables"):
        settings[name.replace("-", "_")] = _strings(table.get(name))
    return settings


def _isort_sorting(isort: dict[str, Any]) -> dict[str, Any]:
    def flag(name: str, default: bool) -> bool:
        value = isort.get(name, default)
        return value.strip().lower() in ("true", "1", "yes", "on") if isinstance(value, str) else bool(value)

    def names(name: str) -> tuple[str, ...]:
        value = isort.get(name, ())
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else _strings(value)

    return {
        "force_single_line": flag("force_single_line", False),
        "combine_as_imports": flag("combine_as_imports", False),
        "order_by_type": flag("order_by_type", True),
        "case_sensitive": flag("case_sensitive", False),
        "force_sort_within_sections": flag("force_sort_within_sections", False),
        "known_first_party": names("known_first_party"),
        "known_third_party": names("known_third_party"),
        "classes": names("classes"),
        "constants": names("constants"),
        "variables": names("variables"),
    }
