"""Where code reads a class's name, and what it does with it.

A class that is renamed changes every value that is made of its name: harmless in a log message, a table's name in
`__tablename__`, a broken comparison in `cls.__name__ == "User"`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from lifeops_codemods.project.naming.calls import dotted, is_log_call
from lifeops_codemods.project.walking import children

if TYPE_CHECKING:
    from collections.abc import Iterator


class NameUse(StrEnum):
    """What the name that was read is for."""

    DISPLAY = "display"
    """A text for people: an exception's arguments, a log message, `__repr__`. `within` says which."""

    TABLE_NAME = "table_name"
    COMPARED = "compared"
    """Compared with literal text, given in `literals`."""

    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NameRead:
    """One read of a class's name.

    owner: whose name, as it is written (`cls`, `self.model`). own: it is the class that the code stands in, and so each
    of its subclasses. within: for a display, the dotted name of the exception, the log function or the method; an
    `HTTPException`'s text is seen by clients.
    """

    node: ast.expr
    owner: ast.expr
    own: bool
    use: NameUse
    within: str = ""
    literals: tuple[str, ...] = ()


def names_read(code: ast.AST) -> bool:
    """Whether the code reads the name of the class that it stands in."""
    return any(read.own for read in name_reads(code))


def name_reads(code: ast.AST) -> tuple[NameRead, ...]:
    """Every read of a class's name, in the order of the text."""
    return tuple(_classified(node, owner, above) for node, owner, above in _reads(code))


def shown_only(name: str, function: ast.FunctionDef) -> bool:
    """Whether the function does nothing with the variable or parameter `name` but show it in texts for people."""
    return all(_display(use, above) for use, above in _uses(name, function))


_Above = tuple[ast.AST, ...]


def _reads(code: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, _Above]]:
    """The reads below a node, each with whose name it is and the nodes above it."""
    for node, above in _walk(code, ()):
        owner = _owner_of_name(node)
        if owner and isinstance(node, ast.expr):
            yield node, owner, above


def _owner_of_name(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.Attribute(attr="__name__" | "__qualname__", ctx=ast.Load()):
            return node.value
        case ast.Call(func=ast.Name(id="getattr"), args=[owner, ast.Constant(value="__name__" | "__qualname__"), *_]):
            return owner
    return None


def _classified(node: ast.expr, owner: ast.expr, above: _Above) -> NameRead:
    own = _is_own(owner, above)
    if _names_table(above):
        return NameRead(node, owner, own, NameUse.TABLE_NAME)
    if literals := _compared_with(node, above):
        return NameRead(node, owner, own, NameUse.COMPARED, literals=literals)
    if within := _display(node, above):
        return NameRead(node, owner, own, NameUse.DISPLAY, within)
    return NameRead(node, owner, own, NameUse.OTHER)


def _is_own(owner: ast.expr, above: _Above) -> bool:
    """Whether the owner is the class that the innermost method belongs to.

    In a function that SQLAlchemy calls with the class the first parameter may be called `self`.
    """
    match owner:
        case ast.Name(id="cls"):
            return True
        case ast.Name(id=name):
            return name in _declared_parameters(above)
        case ast.Attribute(value=ast.Name(id="self"), attr="__class__"):
            return True
        case ast.Call(func=ast.Name(id="type"), args=[ast.Name(id="self")]):
            return True
    return False


def _declared_parameters(above: _Above) -> set[str]:
    for node in reversed(above):
        if isinstance(node, ast.FunctionDef) and (node.name.startswith("__") or _is_class_level(node)):
            return {parameter.arg for parameter in (*node.args.posonlyargs, *node.args.args)[:1]}
    return set()


def _is_class_level(node: ast.FunctionDef) -> bool:
    return any(
        "declared_attr" in ast.unparse(item) or "classmethod" in ast.unparse(item) for item in node.decorator_list
    )


def _names_table(above: _Above) -> bool:
    return any(_is_table_name(node) for node in above)


def _is_table_name(node: ast.AST) -> bool:
    match node:
        case ast.FunctionDef(name="__tablename__"):
            return True
        case ast.Assign(targets=targets):
            return any(_ends_in(target, "__tablename__") for target in targets)
        case ast.AnnAssign(target=target):
            return _ends_in(target, "__tablename__")
    return False


def _ends_in(target: ast.expr, name: str) -> bool:
    return dotted(target).rpartition(".")[2] == name


def _compared_with(node: ast.expr, above: _Above) -> tuple[str, ...]:
    match above[-1] if above else None:
        case ast.Compare(left=left, comparators=comparators):
            return tuple(text for side in (left, *comparators) if side is not node for text in _texts(side))
        case ast.Match(subject=subject, cases=cases) if subject is node:
            return tuple(text for case in cases for text in _texts(case.pattern))
    return ()


def _texts(node: ast.AST) -> tuple[str, ...]:
    return tuple(
        part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def _display(node: ast.expr, above: _Above, followed: frozenset[str] = frozenset()) -> str:
    """What shows the text that the name goes into; empty if it is not only shown.

    followed: the local variables through which the text came here.
    """
    for position in range(len(above) - 1, -1, -1):
        match above[position]:
            case ast.FunctionDef(name="__repr__" | "__str__" | "__format__" | "__rich_repr__" as name):
                return name
            case ast.Raise(exc=ast.Call(func=raised)):
                return dotted(raised)
            case ast.Call() as call if is_log_call(call):
                return dotted(call.func)
            case ast.Assert():
                return "AssertionError"
            case ast.Assign(targets=[ast.Name(id=name)]):
                return "" if name in followed else _display_of_local(name, above[:position], followed | {name})
            case ast.stmt():
                return _display_of_method(above[:position])
    return ""


def _display_of_method(above: _Above) -> str:
    for node in reversed(above):
        if isinstance(node, ast.FunctionDef):
            return node.name if node.name in _SHOWING_METHODS else ""
    return ""


def _display_of_local(name: str, above: _Above, followed: frozenset[str]) -> str:
    """Where a local variable is shown, if nothing else is done with it."""
    function = next(
        (node for node in reversed(above) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)), None
    )
    if function is None:
        return ""
    shown = [_display(use, use_above, followed) for use, use_above in _uses(name, function)]
    return shown[0] if shown and all(shown) else ""


def _uses(name: str, function: ast.AST) -> Iterator[tuple[ast.expr, _Above]]:
    """Where the function reads the variable `name`, each with the nodes above it."""
    for node, above in _walk(function, ()):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node, above


def _walk(node: ast.AST, above: _Above) -> Iterator[tuple[ast.AST, _Above]]:
    """Every node from `node` down, in the order of the text, with the nodes above it, outermost first."""
    rest = [(node, above)]
    while rest:
        node, above = rest.pop()
        yield node, above
        inner = (*above, node)
        rest += [(child, inner) for child in reversed(children(node))]


_SHOWING_METHODS: Final = frozenset({"__repr__", "__str__", "__format__", "__rich_repr__"})
