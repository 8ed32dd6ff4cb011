"""How a script's queries are called in previews, reports and the history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bowler import Query
from bowler.types import Transform

from lifeops_codemods.bowler.renames import Rename, renames
from lifeops_codemods.rule import Category, Effect, Rule, Severity

RULE = "bowler"
"""The name in the place of a rule's, in suppressions too."""

CLIENTS_SEE = "not known: the script decides what it changes, and nothing is proven about it"


def rule_for(script: Path | None) -> Rule:
    """What stands in the place of a rule. It is never asked for edits."""
    name = "given on the command line" if script is None else f"of the script {script.name}"
    return Rule(
        name=RULE,
        category=Category.UPGRADE,
        effect=Effect.UNSAFE,
        severity=Severity.ERROR,
        summary=f"Bowler queries {name}",
        documentation="",
        check=lambda project, options: iter(()),
    )


def description(query: Query) -> str:
    """What a query does: `rename function fetch to load`, `add_argument on method get (if is_call)`."""
    renamed = iter(renames(query))
    return "; ".join(_of(transform, renamed) for transform in query.transforms)


def _of(transform: Transform, renamed: Iterator[Rename]) -> str:
    if transform.fixer is not None:
        what = f"fixer {transform.fixer.__name__}"
    else:
        what = f"{transform.selector} {transform.kwargs.get('name', '')}".strip()
    names = [_name(callback) for callback in transform.callbacks]
    done = [f"rename {what} to {next(renamed).new}" if name == "rename" else f"{name} on {what}" for name in names]
    filters = [_name(one) for one in transform.filters]
    return (", ".join(done) or what) + (f" (if {' and '.join(filters)})" if filters else "")


def _name(function: Callable[..., Any]) -> str:
    """A function's own name; for what Bowler's methods make, the name of the method."""
    qualified = getattr(function, "__qualname__", type(function).__name__)
    if qualified.startswith("Query.") and getattr(function, "__module__", "") == "bowler.query":
        return qualified.removeprefix("Query.").partition(".")[0]
    return qualified.rpartition(".")[2].replace("<lambda>", "a lambda")
