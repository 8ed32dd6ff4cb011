"""The shape of the facts about one file.

Facts are plain tuples, so that they can be cached and sent between processes without building a million objects. The
named tuples here are the typed views of the rows; a table becomes views when somebody first asks for it.

Spans are offsets in code points into the decoded text. An *expression* is a nested tuple `(kind, start, end, …)`; see
`facts.expressions`. *Parts* of a dotted name are `("app", "models", "Character")`; a chain whose root is not a name has
`""` first, and what is no chain at all is `()`.
"""

from __future__ import annotations

import marshal
from enum import IntFlag
from functools import cached_property
from random import Random
from typing import Any, NamedTuple, TypeVar

Expression = tuple[Any, ...]
Parts = tuple[str, ...]

MODULE, CLASS, FUNCTION, LAMBDA, COMPREHENSION, TYPES = range(6)
"""Kinds of scopes; `TYPES` is the scope of PEP 695 type parameters."""


class Flags(IntFlag):
    """What is true of the place where something stands."""

    NONE = 0
    ANNOTATION = 1
    TYPE_CHECKING = 2
    CONDITIONAL = 4
    DELETED = 8


class Scope(NamedTuple):
    """A block with names of its own; `outer` holds names declared `global` or `nonlocal` in it, with which of both."""

    kind: int
    name: str
    parent: int
    start: int
    end: int
    outer: tuple[tuple[str, str], ...]


class Binding(NamedTuple):
    """A place that binds a name in a scope.

    kind: `import class function parameter assign declare type other`; `declare` is an annotation without a value.
    row: of the table that the kind names, -1 where there is none. value: an assigned expression (in full at module and
    class level, else only a chain or a call's function). statement: where the binding statement starts and ends.
    """

    scope: int
    name: str
    kind: str
    start: int
    row: int
    flags: int
    statement: tuple[int, int]
    value: Expression | None
    annotation: Expression | None


class Import(NamedTuple):
    """One alias of an import statement. `name` is `""` for `import module`, `*` for a star; `bound` is what it binds.

    start: where the alias's (dotted) name starts. as_start: where its `as` name starts, -1 without. statement: offsets.
    """

    scope: int
    module: str
    level: int
    name: str
    bound: str
    start: int
    as_start: int
    flags: int
    statement: tuple[int, int]


class Name(NamedTuple):
    """A name that is read (or deleted), with the attributes taken from it: `(attribute, start)` each."""

    scope: int
    name: str
    start: int
    attributes: tuple[tuple[str, int], ...]
    flags: int


class Member(NamedTuple):
    """Attributes taken from something that is no name, `f(x).a.b`; `root` is where the first part starts."""

    scope: int
    root: Parts
    start: int
    attributes: tuple[tuple[str, int], ...]
    flags: int


class Call(NamedTuple):
    """A call: the parts of its function, and of each argument `(key, expression)`; the key is an index or a keyword.

    Arguments are shallow: names, chains, strings and constants; calls and subscripts as `("call" | "subscript", start,
    end, parts)`; anything else is `("?", start, end)`. `keywords` has
    where each keyword starts. `parent` is the row of the innermost call whose argument holds this one, or -1.
    """

    scope: int
    start: int
    end: int
    function: Parts
    function_start: int
    arguments: tuple[tuple[int | str, Expression], ...]
    keywords: tuple[tuple[str, int], ...]
    parent: int
    flags: int


class String(NamedTuple):
    """A string literal (all its pieces, quotes included) and what it is there for.

    role: `annotation`; `argument` (context: call's row, key, and the key of a dictionary in between); `subscript`
    (context: parts of what is subscripted); `compare` (context: last attribute of the other side); `all`; `doc`; `key`
    (context as for `argument`, if it is within one);
    `formatted` (a part of an argument that is put together: the texts of an f-string with NUL for its expressions, an
    operand; context as for `argument`); `other`.
    """

    scope: int
    start: int
    end: int
    value: str
    role: str
    context: tuple[Any, ...]


class Class(NamedTuple):
    """A class definition; `definition` starts at its first decorator. Its body's bindings are in scope `own`."""

    scope: int
    own: int
    name: str
    start: int
    definition: tuple[int, int]
    bases: tuple[Expression, ...]
    keywords: tuple[tuple[str, Expression], ...]
    decorators: tuple[Expression, ...]
    flags: int


class Parameter(NamedTuple):
    """A parameter; kind is one of `/` `.` `*` `k` `**` (positional only, normal, variadic, keyword only, keywords)."""

    name: str
    kind: str
    start: int
    annotation: Expression | None
    default: Expression | None


class Function(NamedTuple):
    """A function definition; `definition` starts at its first decorator. `parameters` are rows of `Parameter`."""

    scope: int
    own: int
    name: str
    start: int
    definition: tuple[int, int]
    is_async: bool
    decorators: tuple[Expression, ...]
    parameters: tuple[tuple[Any, ...], ...]
    returns: Expression | None
    flags: int


Row = TypeVar("Row", bound=tuple[Any, ...])


class Shelf:
    """Keeps as many files open as fit. room: for so many bytes of packed facts; open, they take about ten times that.

    Questions go over the files again and again in one order. To close the one that was opened first would be to close
    just the one that is wanted next, so which one it is is left to chance (always the same chance).
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._taken = 0
        self._open: list[tuple[FileFacts, int]] = []
        self._chance = Random(0)

    def opened(self, facts: FileFacts, size: int) -> None:
        """Note that a file has been opened, and close others as far as they do not fit."""
        self._taken += size
        while self._taken > self._room and self._open:
            number = self._chance.randrange(len(self._open))
            self._open[number], self._open[-1] = self._open[-1], self._open[number]
            other, freed = self._open.pop()
            self._taken -= freed
            other.close()
        self._open.append((facts, size))


class FileFacts:
    """Typed views of one file's raw facts. Each table is built when it is first read.

    held: the tables in the order of `TABLES`, and what rules collected, as `facts.collect` makes them; or what
    `marshal` made of those. shelf: closes it again when others are wanted more.
    """

    TABLES = ("scopes", "bindings", "imports", "names", "members", "calls", "strings", "classes", "functions")

    def __init__(self, held: tuple[Any, ...] | bytes, shelf: Shelf | None = None) -> None:
        self._held = held
        self._shelf = shelf

    @cached_property
    def raw(self) -> list[tuple[Any, ...]]:
        """The tables; the rows of one that was read have names."""
        if isinstance(self._held, tuple):
            return list(self._held)
        if self._shelf is not None:
            self._shelf.opened(self, len(self._held))
        return list(marshal.loads(self._held))

    def _named(self, table: int, kind: type[Row]) -> tuple[Row, ...]:
        """The rows of a table with names, in the place of those without."""
        rows = self.raw[table] = tuple(map(kind._make, self.raw[table]))  # type: ignore[attr-defined]
        return rows

    def close(self) -> None:
        """Forget what was made of what is held; who asks again makes it again."""
        held, shelf = self._held, self._shelf
        vars(self).clear()
        self._held, self._shelf = held, shelf

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        return self._named(0, Scope)

    @cached_property
    def bindings(self) -> tuple[Binding, ...]:
        return self._named(1, Binding)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return self._named(2, Import)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        return self._named(3, Name)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        return self._named(4, Member)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        return self._named(5, Call)

    @cached_property
    def strings(self) -> tuple[String, ...]:
        return self._named(6, String)

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        return self._named(7, Class)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        return self._named(8, Function)

    @cached_property
    def collected(self) -> dict[str, tuple[Any, ...]]:
        """What the rules' own collectors found, by rule."""
        return dict(self.raw[9])

    @cached_property
    def bound(self) -> dict[tuple[int, str], tuple[Binding, ...]]:
        """All bindings of a name in a scope, in the order of the text."""
        table: dict[tuple[int, str], list[Binding]] = {}
        for binding in self.bindings:
            table.setdefault((binding.scope, binding.name), []).append(binding)
        return {key: tuple(rows) for key, rows in table.items()}

    @cached_property
    def members_of(self) -> dict[int, tuple[Binding, ...]]:
        """The bindings of each scope."""
        table: dict[int, list[Binding]] = {}
        for binding in self.bindings:
            table.setdefault(binding.scope, []).append(binding)
        return {key: tuple(rows) for key, rows in table.items()}

    @cached_property
    def stars(self) -> tuple[Import, ...]:
        """The star imports."""
        return tuple(row for row in self.imports if row.name == "*")

    @cached_property
    def class_of_scope(self) -> dict[int, Class]:
        return {row.own: row for row in self.classes}

    @cached_property
    def function_of_scope(self) -> dict[int, Function]:
        return {row.own: row for row in self.functions}
