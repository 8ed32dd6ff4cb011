"""What the facts of a file must agree with: its text, its `ast`, its `symtable`. Each check gives the disagreements.

Needs the standard library and the facts alone, so that another Python can run it as a program: a JSON list of texts is
its standard input, and what `account` gives for each its standard output.
"""

from __future__ import annotations

import ast
import json
import symtable
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lifeops_codemods.facts.collect import collect
from lifeops_codemods.facts.model import (
    CLASS,
    COMPREHENSION,
    FUNCTION,
    LAMBDA,
    TYPES,
    FileFacts,
    Flags,
    Parameter,
    Scope,
)
from lifeops_codemods.project import Project
from lifeops_codemods.project.names import Variable, variable

PATH = "sample.py"


class OneFile:
    """A project of one file."""

    paths = (PATH,)

    def __init__(self, text: str) -> None:
        self._text = text
        self._facts = FileFacts(collect(text))

    def text(self, path: str) -> str:
        return self._text

    def words(self, path: str) -> frozenset[bytes]:
        return frozenset()

    def facts(self, paths: Sequence[str]) -> Sequence[FileFacts | None]:
        return [self._facts for _ in paths]

    def tree(self, path: str) -> ast.Module:
        return ast.parse(self._text)


# -- spans


def misplaced(text: str) -> list[str]:
    """Facts whose span is not the text that they tell of."""
    facts = FileFacts(collect(text))
    wrong = [f"{what} {name!r} at {start}" for what, name, start in _places(facts) if not text.startswith(name, start)]
    wrong += [f"string {row.value!r} at {row.start}" for row in facts.strings if not _is_string(text, row)]
    for expression in _expressions(facts):
        wrong += [f"{item[0]} at {item[1]}-{item[2]}" for item in _nodes(expression) if not _is_written(text, item)]
    return wrong


def _places(facts: FileFacts) -> Iterator[tuple[str, str, int]]:
    for binding in facts.bindings:
        if binding.start >= 0:
            yield "binding", binding.name, binding.start
    for alias in facts.imports:
        yield "import", alias.name or alias.module.partition(".")[0], alias.start
        if alias.as_start >= 0:
            yield "as", alias.bound, alias.as_start
    for name in facts.names:
        yield "name", name.name, name.start
    for attributes in _attributes(facts):
        for attribute, start in attributes:
            yield "attribute", attribute, start
    for call in facts.calls:
        for keyword, start in call.keywords:
            yield "keyword", keyword, start
    for row in facts.classes:
        yield "class", row.name, row.start
    for function in facts.functions:
        yield "def", function.name, function.start
        for parameter in map(Parameter._make, function.parameters):
            yield "parameter", parameter.name, parameter.start


def _attributes(facts: FileFacts) -> Iterator[tuple[tuple[str, int], ...]]:
    yield from (row.attributes for row in facts.names)
    yield from (row.attributes for row in facts.members)


def _is_string(text: str, row: Any) -> bool:
    piece = text[row.start : row.end]
    if row.role == "formatted":
        written = ast.parse(f"({piece})", mode="eval").body
        return isinstance(written, ast.JoinedStr) or bool(ast.literal_eval(written) == row.value)
    return bool(ast.literal_eval(f"({piece})") == row.value)


def _expressions(facts: FileFacts) -> Iterator[Any]:
    for binding in facts.bindings:
        yield from (binding.value, binding.annotation)
    for call in facts.calls:
        yield from (value for _, value in call.arguments)
    for row in facts.classes:
        yield from (*row.bases, *row.decorators, *(value for _, value in row.keywords))
    for function in facts.functions:
        yield from (*function.decorators, function.returns)


def _nodes(expression: Any) -> Iterator[tuple[Any, ...]]:
    """Every expression within an expression, itself included."""
    if isinstance(expression, tuple):
        if expression[:1] and isinstance(expression[0], str) and len(expression) > 2 and isinstance(expression[1], int):
            yield expression
        for item in expression:
            yield from _nodes(item)


def _is_written(text: str, item: tuple[Any, ...]) -> bool:
    piece = text[item[1] : item[2]]
    match item:
        case ("name", _, _, name):
            return bool(piece == name)
        case ("attribute", _, _, value, name):
            return bool(piece.endswith(name) and value[1] <= item[2])
        case ("string", _, _, value):
            return bool(ast.literal_eval(f"({piece})") == value)
        case ("call", *_):
            return piece.endswith(")")
    return bool(0 <= item[1] < item[2] <= len(text))


# -- nothing is forgotten


def forgotten(text: str) -> list[str]:
    """Identifiers of the tree that the facts lack or have more often: f-strings and nested scopes included."""
    facts = FileFacts(collect(text))
    have = Counter(binding.name for binding in facts.bindings)
    have.update(name.name for name in facts.names)
    have.update(attribute for attributes in _attributes(facts) for attribute, _ in attributes)
    have.update(key for call in facts.calls for key, _ in call.keywords if key != "**")
    want = Counter(name for node in ast.walk(ast.parse(text)) for name in _identifiers(node))
    return [
        f"{name}: {have[name]} and not {want[name]}" for name in have.keys() | want.keys() if have[name] != want[name]
    ]


def _identifiers(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return [name]
        case ast.Call(keywords=keywords):
            return [keyword.arg for keyword in keywords if keyword.arg]
        case ast.Import(names=names):
            return [alias.asname or alias.name.partition(".")[0] for alias in names]
        case ast.ImportFrom(names=names):
            return [alias.asname or alias.name for alias in names if alias.name != "*"]
        case ast.Global(names=listed) | ast.Nonlocal(names=listed):
            return listed
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(name)):
            return [name]
    return [str(vars(node)["name"])] if type(node).__name__ in {"TypeVar", "TypeVarTuple", "ParamSpec"} else []


# -- scopes

Key = tuple[int, str, int]
_COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}
_VALUES = {"annotation", "type alias", "typevar bound", "type variable"}
"""Blocks of the compiler for values that are computed late: here their names belong to the scope around."""


def misjudged(text: str) -> list[str]:
    """Names that `variable` takes for local, global or free where the compiler's own table says something else."""
    source = OneFile(text)
    project = Project(source)
    facts = project.facts(PATH)
    used: dict[int, set[str]] = {}
    uses = [(row.scope, row.name, row.flags) for row in facts.names]
    for scope, name, flags in [*uses, *((row.scope, row.name, row.flags) for row in facts.bindings)]:
        if not flags & Flags.ANNOTATION:
            used.setdefault(scope, set()).add(name)
    wrong: list[str] = []
    for scope, table in _paired(text, facts, 0, symtable.symtable(text, "sample", "exec")):
        if scope < 0:
            wrong.append(f"no scope for {table}")
            continue
        symbols = {symbol.get_name(): symbol for symbol in table.get_symbols()}
        within = _inside_class(facts, scope)
        inlined = _targets_below(facts, scope) if sys.version_info >= (3, 12) else set()
        for name, symbol in symbols.items():
            if name.startswith(".") or name == "__class__" or (within and "__" in name[1:]) or not _counts(symbol):
                continue
            if name in inlined or _is_only_declared(facts, scope, name):
                continue
            said, true = _judged(project, scope, name), _true(symbol, scope)
            if said != true:
                wrong.append(f"{name} in {facts.scopes[scope].name or 'the module'}: {said} and not {true}")
        if inlined and facts.scopes[scope].kind == COMPREHENSION:
            continue
        lost = {name for name in used.get(scope, ()) if name not in symbols and not (within and name.startswith("__"))}
        wrong += [f"{name} is not in {facts.scopes[scope].name}" for name in lost]
    return wrong


def _counts(symbol: symtable.Symbol) -> bool:
    return symbol.is_referenced() or symbol.is_assigned() or symbol.is_parameter() or symbol.is_imported()


def _targets_below(facts: FileFacts, scope: int) -> set[str]:
    """What comprehensions in a scope bind: since 3.12 the compiler's table lists it for the scope around as well."""
    inner = [index for index, row in enumerate(facts.scopes) if row.parent == scope and row.kind == COMPREHENSION]
    own = {row.name for index in inner for row in facts.members_of.get(index, ())}
    return own.union(*(_targets_below(facts, index) for index in inner))


def _is_only_declared(facts: FileFacts, scope: int, name: str) -> bool:
    """`name: int` or `del name` in a class or module gives it no value: at run time the name is looked up outside."""
    kinds = {row.kind for row in facts.bound.get((scope, name), ())}
    deleted = any(row.flags & Flags.DELETED for row in facts.names if (row.scope, row.name) == (scope, name))
    return (kinds == {"declare"} or (deleted and not kinds)) and facts.scopes[scope].kind != FUNCTION


def _inside_class(facts: FileFacts, scope: int) -> bool:
    """Whether private names are mangled here."""
    while scope > 0:
        if facts.scopes[scope].kind == CLASS:
            return True
        scope = facts.scopes[scope].parent
    return False


def _judged(project: Project, scope: int, name: str) -> str:
    found = variable(project, PATH, scope, name)
    if not isinstance(found, Variable) or (found.scope == 0 and scope):
        return "global"
    return "local" if found.scope == scope else "free"


def _true(symbol: symtable.Symbol, scope: int) -> str:
    if symbol.is_free():
        return "free"
    if scope == 0:
        return "local" if symbol.is_assigned() or symbol.is_imported() else "global"
    return "local" if symbol.is_local() else "global"


def _paired(text: str, facts: FileFacts, scope: int, table: Any) -> Iterator[tuple[int, Any]]:
    """Each table of the compiler with the scope of the facts that stands for it, or -1."""
    yield scope, table
    inner: dict[Key, list[int]] = {}
    for index, row in enumerate(facts.scopes):
        if row.parent == scope and index:
            line = text.count("\n", 0, row.start) + 1
            inner.setdefault((row.kind, _written(row), line), []).append(index)
    for child in table.get_children():
        if str(child.get_type()).rpartition(".")[2].lower().replace("_", " ") in _VALUES:
            continue
        waiting = next((inner[key] for key in _keys(child) if inner.get(key)), [])
        yield from _paired(text, facts, waiting.pop(0), child) if waiting else [(-1, child)]


def _written(row: Scope) -> str:
    return "" if row.kind == TYPES else row.name


def _keys(table: Any) -> Iterator[Key]:
    name, line = table.get_name(), table.get_lineno()
    match str(table.get_type()).rpartition(".")[2].lower():
        case "class":
            yield CLASS, name, line
        case "function":
            yield FUNCTION, name, line
            if name in _COMPREHENSIONS:
                yield COMPREHENSION, "<comprehension>", line
            else:
                yield LAMBDA, "<lambda>", line
        case _:
            yield TYPES, "", line


# -- as a program


def account(text: str) -> list[str]:
    """The raw facts as text, then the complaints; nothing where the text does not parse."""
    try:
        raw = collect(text)
    except SyntaxError:
        return []
    return [repr(raw), *misplaced(text), *forgotten(text), *misjudged(text)]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump([account(text) for text in json.load(sys.stdin)], sys.stdout)
