"""`explain`: a rule in full, as its own documentation has it, with a case from its fixtures, its effect, its options.

`docs/rules/` holds the same text; `make docs` writes it, and the cases that lie beside this file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from enum import Enum
from importlib.resources import files
from json import dumps
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import click

from lifeops_codemods.rule import Effect
from lifeops_codemods.rules import all_rules
from lifeops_migrate.exit_code import Exit
from lifeops_migrate.options import color_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem

    from lifeops_codemods.rule import Rule
    from lifeops_migrate.terminal import ColorChoice, Terminal

_TEXT_WIDTH = 100
"""Prose is hard to read in longer lines, however wide the terminal."""

_EFFECTS = {
    Effect.SAFE: "Its edits are safe: the program does the same, perhaps with fewer queries, and no client can tell.",
    Effect.UNSAFE: "Some of its edits are unsafe: clients or other programs can see them. Each says what they will "
    "see; `--safe-only` leaves those out.",
}

_CLAUSES = re.compile(r"^## Clauses\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:(?<=\n\n)|\A) {4}\S.*(?:\n+ {4}.*)*")


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(rule.name, help=rule.summary) for rule in all_rules() if rule.name.startswith(incomplete)]


@click.command()
@click.argument("rule", shell_complete=_complete)
@color_option
@click.pass_obj
def explain(terminal: Terminal, /, rule: str, color: ColorChoice) -> Exit:
    """Explain a rule: why, before and after, what it leaves alone, options."""
    terminal.color = color
    found = _named(rule)
    if terminal.out.isatty() or terminal.colored(terminal.out):
        _render(terminal, found)
    else:
        terminal.out.write(page(found))
    return Exit.DONE


def page(rule: Rule) -> str:
    """The page as Markdown: the rule's documentation without the list that only its tests read, and its options."""
    documentation = _CLAUSES.sub("", rule.documentation).strip() or rule.summary
    parts = [f"# {rule.name}", f"*{rule.category} · {rule.effect} · {rule.severity}*", documentation]
    if case := _case(rule.name):
        parts.append(f"## A case\n\nOne of those that its tests run:\n\n```diff\n{case}```")
    parts.append(f"## Effect\n\n{_EFFECTS[rule.effect]}")
    options = fields(rule.options)
    if options:
        lines = "\n".join(line for option in options for line in _option(rule, option))
        parts.append(f"## Options\n\n```toml\n[tool.lifeops-migrate.{rule.name}]\n{lines}\n```")
    return "\n\n".join(parts) + "\n"


def _case(name: str) -> str:
    """The diff of a fixture; "" where none was written yet."""
    file = files(__package__).joinpath("cases", f"{name}.diff")
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _named(name: str) -> Rule:
    known = {rule.name: rule for rule in all_rules()}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1, cutoff=0)
    hint = f"did you mean `{near[0]}`?" if near else "there are no rules"
    raise click.UsageError(f"`{name}` is no known rule; {hint} `lifeops-migrate rules` lists them all.")


def _option(rule: Rule, option: Field[Any]) -> Iterator[str]:
    if text := rule.option_help.get(option.name) or option.metadata.get("help"):
        yield f"# {text}"
    yield f"{option.name.replace('_', '-')} = {_toml(_default(option))}"


def _default(option: Field[Any]) -> Any:
    return option.default_factory() if option.default_factory is not MISSING else option.default


def _toml(value: Any) -> str:
    match value:
        case Enum():
            return dumps(value.value)
        case bool() | int() | float() | str():
            return dumps(value, ensure_ascii=False)
        case Mapping():
            if not value:
                return "{}"
            return "{" + ",".join(f" {dumps(str(key))} = {_toml(item)}" for key, item in value.items()) + " }"
        case _:
            return "[" + ", ".join(map(_toml, value)) + "]"


def _render(terminal: Terminal, rule: Rule) -> None:
    """The page laid out by rich, under a title of our own: rich would put it in the middle."""
    from rich.markdown import Markdown

    from lifeops_migrate.preview.palette import DIM, RULE
    from lifeops_migrate.preview.screen import Screen

    screen = Screen(terminal.out, colored=terminal.colored(terminal.out))
    title, facts, text = page(rule).split("\n\n", 2)
    dot = f" {screen.glyphs.dot} "
    screen.line((title.removeprefix("# "), RULE), "  ", (facts.strip("*").replace(" · ", dot), DIM))
    screen.line()
    text = _INDENTED.sub(lambda found: f"```python\n{dedent(found[0])}\n```\n", text)
    screen.page(Markdown(text, code_theme="ansi_dark"), width=min(screen.width, _TEXT_WIDTH))
