"""`rules`: every rule with one line. Reads no project and imports neither libcst nor rich."""

from __future__ import annotations

import json
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from lifeops_codemods import __version__
from lifeops_codemods.documentation import standard_of
from lifeops_codemods.rule import Effect
from lifeops_codemods.rules import all_rules
from lifeops_migrate.exit_code import Exit
from lifeops_migrate.options import color_option
from lifeops_migrate.result import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifeops_codemods.rule import Rule
    from lifeops_migrate.terminal import ColorChoice, Terminal

_EFFECT_COLORS = {Effect.SAFE: "green", Effect.UNSAFE: "yellow"}


@click.command()
@click.option(
    "--format",
    "report",
    type=click.Choice(["rich", "json"]),
    default="rich",
    show_default=True,
    help="What is printed.",
)
@color_option
@click.pass_obj
def rules(terminal: Terminal, /, report: str, color: ColorChoice) -> Exit:
    """List every rule: name, category, effect, one line."""
    terminal.color = color
    if report == "json":
        terminal.out.write(_as_json(all_rules()))
    else:
        _show(terminal, all_rules())
    return Exit.DONE


def _as_json(found: tuple[Rule, ...]) -> str:
    listed = [
        {
            "name": rule.name,
            "category": rule.category.value,
            "effect": rule.effect.value,
            "severity": rule.severity.value,
            "summary": rule.summary,
            "standard": standard_of(rule),
        }
        for rule in found
    ]
    return json.dumps({"schema": 1, "version": __version__, "rules": listed}, indent=2) + "\n"


def _show(terminal: Terminal, found: tuple[Rule, ...]) -> None:
    """Columns; the summaries broken at spaces on a terminal, whole in a pipe."""
    styled = _painter(terminal)
    names = max((len(rule.name) for rule in found), default=0)
    categories = max((len(rule.category) for rule in found), default=0)
    hang = names + categories + 6 + len(Effect.UNSAFE)
    room = terminal.out.width - hang
    for rule in found:
        fits = not terminal.out.isatty() or room < 20
        first, *others = [rule.summary] if fits else wrap(rule.summary, room) or [""]
        name, effect = styled(f"{rule.name:<{names}}", "cyan"), styled(f"{rule.effect:<6}", _EFFECT_COLORS[rule.effect])
        terminal.out.line(f"{name}  {rule.category:<{categories}}  {effect}  {first}")
        for line in others:
            terminal.out.line(" " * hang + line)
    if terminal.out.isatty():
        terminal.out.line()
        terminal.out.line(f"{plural(len(found), 'rule')}. `lifeops-migrate explain RULE` tells all about one of them.")


def _painter(terminal: Terminal) -> Callable[[str, str], str]:
    if terminal.colored(terminal.out):
        return lambda text, color: click.style(text, fg=color)
    return lambda text, color: text
