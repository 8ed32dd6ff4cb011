"""The contract between a rule and the engine: what a rule is, and the two things it may say.

A rule is a value. Its function gets the project and yields an `Edit` where it can prove that the edit is right, or else
a `Finding` that says what a person must decide. It opens no file, prints nothing and knows no other rule but by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from lifeops_codemods.contract.change import Change

if TYPE_CHECKING:
    import ast

    from lifeops_codemods.operation import Operation, Span
    from lifeops_codemods.project import Project


class Category(StrEnum):
    """The chapters of the standard; `--select` takes them as well as rule names."""

    NAMING = "naming"
    STRUCTURE = "structure"
    PATTERNS = "patterns"
    ERRORS = "errors"
    ASYNC = "async"
    VALIDATION = "validation"
    SECURITY = "security"
    PERFORMANCE = "performance"
    DOCUMENTATION = "documentation"
    UPGRADE = "upgrade"


class Effect(StrEnum):
    """Whether anybody outside the program can see the edit."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Severity(StrEnum):
    """How bad an issue is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Reason(NamedTuple):
    """One link of the chain of facts behind an edit or a finding: a place in the project, and what it says."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One operation on one file, with why it is right.

    path: POSIX path relative to the root. unit: edits with the same unit are made all or none. clients_see: for an
    unsafe edit, what a client of the service will notice.
    """

    rule: str
    path: str
    operation: Operation
    message: str
    unit: str
    effect: Effect = Effect.SAFE
    why: tuple[Reason, ...] = ()
    clients_see: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A place that the rule matched and did not edit: what was seen, why no edit was made, what to do.

    `unit` is set where the finding stands for a unit that was refused.
    """

    rule: str
    path: str
    span: Span
    message: str
    reason: str
    fix: str
    severity: Severity = Severity.WARNING
    why: tuple[Reason, ...] = ()
    unit: str = ""


Check = Callable[["Project", Any], Iterator[Edit | Finding]]
Collect = Callable[["ast.Module", str], tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOptions:
    """The options of a rule that has none."""


class Named(Protocol):
    """What selects a rule."""

    @property
    def name(self) -> str: ...
    @property
    def category(self) -> Category: ...


class Configurable(Named, Protocol):
    """What a configuration says of a rule is checked by this. A `Rule` has it, and what stands for one unimported."""

    @property
    def options(self) -> type[Any]: ...
    @property
    def option_help(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: metadata, a documentation page, and the function that looks at the project.

    name: kebab-case. summary: one line. documentation: the page in Markdown (the module's docstring). check: called
    with the project and an instance of `options`, a frozen dataclass whose fields are the rule's configuration keys,
    each with a default (`_` for `-`). after: names of rules whose edits this one wants to see. collect: facts of its
    own, gathered in the one parse of each file and cached by content and `collect_version`; plain values only.
    contract: the kinds of differences that its edits may make in an OpenAPI document; a safe rule declares none that a
    client notices.
    """

    name: str
    category: Category
    effect: Effect
    severity: Severity
    summary: str
    documentation: str
    check: Check
    options: type[Any] = NoOptions
    after: tuple[str, ...] = ()
    collect: Collect | None = None
    collect_version: int = 1
    option_help: dict[str, str] = field(default_factory=dict)
    contract: tuple[Change, ...] = ()
