"""What an edit does to the text, as data.

An operation names a span of one file's text, the text it expects to find there, and what it wants instead. It holds no
function and no tree, so it can be compared, sent to another process and applied in any order. `plan.operations` writes
each of them, once.

Spans are half-open offsets in code points into the file's decoded text (without a byte order mark, line endings as they
are in the file).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """Offsets `[start, end)` in code points into one file's decoded text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The part that all operations share. `expected` is the text at `span`; another text there is an error."""

    span: Span
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceName(Operation):
    """Replace an identifier token, in code or within a string literal. The span is the identifier's."""

    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceText(Operation):
    """Replace the text as it stands. For sources of edits that hand over whole texts: a rule says what it means."""

    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetExceptHead(Operation):
    """Let an `except` clause begin with `code` (`except ValueError as e`).

    The span goes from its `except` to what stands before its colon.
    """

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceExpression(Operation):
    """Replace an expression by `code`, put in parentheses where precedence or a line break asks for them.

    Lines of `code` begin as those of the file do: with the indent of the block that they are in.
    """

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendCall(Operation):
    """Turn the expression `x` into `x.method(arguments)`; `call` is `method(arguments)`.

    An `await`, operator or lambda is parenthesised first. A chain that has one call a line gets a line of its own.
    """

    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetArgument(Operation):
    """Give the call at `span` the keyword argument `name=value`; one that is there gets the new value in place."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendItem(Operation):
    """Append the expression `code` to the list at `span`, or to the positional arguments of the call at `span`.

    A call that has keyword arguments gets none, since the new one would stand behind them.
    """

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveArgument(Operation):
    """Remove the keyword argument `name` of the call at `span`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddParameter(Operation):
    """Add `code` (`skip: int = 0`) to the signature of the function whose definition (decorators included) is `span`.

    It goes before the parameter called `before`, else to the last place where its having a default or not is allowed.
    """

    code: str
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetParameter(Operation):
    """Give the parameter whose name is at `span` an annotation, a default, or both; `""` leaves what is there."""

    annotation: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDecoratorArgument(Operation):
    """As `SetArgument`, for a decorator's expression: `@cache` becomes `@cache(name=value)`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertBefore(Operation):
    """Insert the statements `code` (indented from column 0) before the statement at `span`, below its comments."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertAfter(Operation):
    """Insert the statements `code` after the statement at `span`."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertFirst(Operation):
    """Insert the statements `code` at the top of the body of the class or function at `span`, after its docstring.

    set_off: leave a blank line between them and what follows.
    """

    code: str
    set_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapStatements(Operation):
    """Put the run of sibling statements at `span` under `header` (`try:`), followed by `footer` (the handlers)."""

    header: str
    footer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceStatement(Operation):
    """Replace the statement at `span` by the statements `code`; its leading and trailing comments stay."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddHandlers(Operation):
    """Give the `try` statement at `span` the `except` clauses `code`, before its clause number `before`, else last."""

    code: str
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveStatement(Operation):
    """Remove the statement at `span`; the comments above it stay. A body that would be empty gets `pass`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportName(Operation):
    """Make `name` of `module` available at module level as `alias` (or `name`). `span` and `expected` are empty.

    Merged into an existing `from module import …`, else a new import after the docstring, `__future__` and in the block
    where its kind belongs. `name=None` means `import module`.
    """

    module: str
    name: str | None
    alias: str | None = None
    type_checking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeName(Operation):
    """Remove the import that binds `name` at module level if nothing uses it after the other edits.

    Uses in string annotations, `__all__`, `TYPE_CHECKING` and `try/except ImportError` count. `span` and `expected` are
    empty.
    """

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFile(Operation):
    """Create the edit's file with `text`. `span` and `expected` are empty; a file that exists is a conflict."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite(Operation):
    """The escape hatch: `function` (`"package.module:name"`) rewrites the region at `span` with `data`.

    The function takes the region's text and `data`, and returns the new text.
    """

    function: str
    data: tuple[tuple[str, str], ...]
