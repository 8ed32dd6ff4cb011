"""Rules with every kind of option, to configure in tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

import pytest

from lifeops_codemods.rule import Category, Edit, Effect, Finding, NoOptions, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifeops_codemods.project import Project


class Style(StrEnum):
    SKIP_LIMIT = "skip-limit"
    PAGE_SIZE = "page-size"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaginationOptions:
    style: Style = Style.SKIP_LIMIT
    default_limit: int = field(default=100, metadata={"minimum": 1, "maximum": 10_000})
    max_limit: int = 1000
    strict: bool = False

    def __post_init__(self) -> None:
        if self.default_limit > self.max_limit:
            raise ValueError(f"default-limit ({self.default_limit}) is above max-limit ({self.max_limit})")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuffixOptions:
    strip_suffixes: tuple[str, ...] = ("Model", "ORM")
    names: Mapping[str, str] = field(default_factory=dict)
    strategy: Literal["selectinload", "auto"] = "selectinload"
    greeting: str = 'say "hi"'


def rule(name: str, category: Category, options: type[Any] = NoOptions, **option_help: str) -> Rule:
    def check(project: Project, options: Any) -> Iterator[Edit | Finding]:
        yield from ()

    return Rule(
        name=name,
        category=category,
        effect=Effect.SAFE,
        severity=Severity.INFO,
        summary=f"What {name} does.",
        documentation="",
        check=check,
        options=options,
        option_help=option_help,
    )


@pytest.fixture
def rules() -> tuple[Rule, ...]:
    return RULES


RULES = (
    rule("bare-except", Category.ERRORS),
    rule("eager-load", Category.PERFORMANCE),
    rule("model-db-suffix", Category.NAMING, SuffixOptions, strip_suffixes="Endings that make way for DB."),
    rule("pagination", Category.PERFORMANCE, PaginationOptions, default_limit="Rows on a page."),
    rule("schema-names", Category.NAMING),
)
