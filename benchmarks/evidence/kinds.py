"""What a class is, by its bases: a model, a schema, an enum, or something else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.meaning import Meaning, Reader

BASE_MAKERS = {"DeclarativeBase", "DeclarativeBaseNoMeta", "declarative_base", "automap_base", "generate_base"}
BASE_DECORATORS = {"as_declarative", "as_declarative_base"}
MAPPED_DECORATORS = {"mapped", "mapped_as_dataclass"}
SCHEMAS = {"BaseModel", "BaseSettings", "GenericModel", "RootModel", "CoreModel"}
ENUMS = {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}


class Kinds:
    """The kind of each class of a project, remembered."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._found: dict[ast.AST, str] = {}

    def of(self, path: str, node: ast.ClassDef) -> str:
        """`model`, `declarative base`, `abstract`, `schema`, `enum` or `other class`."""
        if node not in self._found:
            self._found[node] = "other class"  # a class that inherits from itself is of no kind
            self._found[node] = self._look(path, node)
        return self._found[node]

    def _look(self, path: str, node: ast.ClassDef) -> str:
        decorators = {_last_word(item) for item in node.decorator_list}
        if decorators & BASE_DECORATORS:
            return "declarative base"
        if decorators & MAPPED_DECORATORS:
            return "model"
        parents = {kind for base in node.bases for kind in self._base(path, base)}
        if "maker" in parents:
            return "declarative base"
        if parents & {"declarative base", "abstract", "model"}:
            return "abstract" if _says_abstract(node) else "model"
        if "outside" in parents and _names_a_table(node):
            return "model"
        if "sqlmodel" in parents:
            return "model" if any(key.arg == "table" for key in node.keywords) else "schema"
        return next((kind for kind in ("schema", "enum") if kind in parents), "other class")

    def _base(self, path: str, base: ast.expr) -> Iterator[str]:
        found = self.reader.expression(path, base.func if isinstance(base, ast.Call) else base)
        if found.kind == "class" and isinstance(found.node, ast.ClassDef):
            yield self.of(found.path, found.node)
        elif found.kind == "variable" and _made_by_call(found, self.reader) & BASE_MAKERS:
            yield "declarative base"
        elif found.kind == "outside":
            yield "outside"
            yield from _outside(found.name)


def _outside(dotted: str) -> Iterator[str]:
    word = dotted.rpartition(".")[2]
    if word in BASE_MAKERS:
        yield "maker"
    if word == "SQLModel":
        yield "sqlmodel"
    if word in SCHEMAS:
        yield "schema"
    if word in ENUMS:
        yield "enum"


def _made_by_call(found: Meaning, reader: Reader) -> set[str]:
    """The last words of the functions that are called in the assignment of a variable."""
    parents = reader.source.files[found.path].parents
    statement = found.node
    while statement is not None and not isinstance(statement, ast.stmt):
        statement = parents.get(statement)
    value = getattr(statement, "value", None)
    return {_last_word(node) for node in ast.walk(value) if isinstance(node, ast.Call)} if value else set()


def _last_word(node: ast.AST) -> str:
    match node:
        case ast.Call(func=function):
            return _last_word(function)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _names_a_table(node: ast.ClassDef) -> bool:
    names = {item.id for child in node.body for item in ast.walk(child) if isinstance(item, ast.Name)}
    return bool({"__tablename__", "__table__"} & names)


def _says_abstract(node: ast.ClassDef) -> bool:
    return any(
        isinstance(item, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "__abstract__" for target in item.targets)
        and isinstance(item.value, ast.Constant)
        and item.value.value is True
        for item in node.body
    )
