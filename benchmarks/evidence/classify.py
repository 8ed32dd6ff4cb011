"""What a word that is left over means where it stands: the class that a reader then judges."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from evidence.meaning import Meaning, Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.kinds import Kinds
    from evidence.occurrences import Occurrence
    from evidence.source import File

LOCATED = (ast.stmt, ast.expr, ast.arg, ast.keyword, ast.alias, ast.excepthandler)
ANNOTATIONS = {"annotation", "returns"}
PATCHERS = {"patch", "setattr", "object", "delattr", "import_string", "import_module", "dict"}
REGISTRY_READERS = {"relationship", "backref", "RelationshipProperty", "association_proxy", "synonym"}


class Classifier:
    """For one project."""

    def __init__(self, reader: Reader, kinds: Kinds) -> None:
        self.reader = reader
        self.kinds = kinds
        self._strings: dict[str, list[ast.Constant | ast.JoinedStr]] = {}
        self._code: dict[str, dict[tuple[int, int], list[ast.AST]]] = {}

    def of(self, file: File, found: Occurrence) -> str:
        """The class of one occurrence."""
        if found.where == "broken" or file.tree is None:
            return "in a file that does not parse"
        if found.where == "comment":
            return "comment"
        if found.where == "string":
            return self._string(file, found)
        return self._in_code(file, found)

    # -- code

    def _in_code(self, file: File, found: Occurrence) -> str:
        nodes = self._starts(file).get((found.line, _bytes(file, found)), [])
        for node in nodes:
            match node:
                case ast.Name(id=name) if name == found.name:
                    return f"name: {self.described(self.reader.expression(file.path, node), found.name)}"
                case ast.keyword(arg=name) if name == found.name:
                    return "keyword argument"
                case ast.arg(arg=name) if name == found.name:
                    return "parameter"
                case ast.alias() if found.name in (node.name, node.asname):
                    return self._alias(file, node, found.name)
        return self._inside_a_node(file, found)

    def _alias(self, file: File, node: ast.alias, name: str) -> str:
        statement = file.parents[node]
        if isinstance(statement, ast.ImportFrom):
            meaning = self.reader.imported(file.path, statement, node.asname or node.name)
            return f"import: {self.described(meaning, name)}"
        return "import of a module"

    def _inside_a_node(self, file: File, found: Occurrence) -> str:
        """Words without a node of their own: a class's or function's name, an attribute, part of a module's name."""
        for node in self._on_line(file, found.line):
            match node:
                case ast.ClassDef(name=name) if name == found.name:
                    return f"definition: {self.kinds.of(file.path, node)}"
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name == found.name:
                    return "definition: function"
                case ast.ImportFrom(module=str(module)) if found.name in module.split("."):
                    return "part of a module's name"
                case ast.alias(name=name, asname=alias) if found.name in {*name.split("."), alias}:
                    return "part of a module's name" if "." in name else self._alias(file, node, found.name)
        for node in self._attributes(file, found):
            return f"attribute: {self.described(self.reader.expression(file.path, node), found.name)}"
        return "code of another kind"

    def _on_line(self, file: File, line: int) -> Iterator[ast.AST]:
        for nodes in self._starts(file).values():
            yield from (node for node in nodes if node.lineno <= line <= _head_end(node))  # type: ignore[attr-defined]

    def _attributes(self, file: File, found: Occurrence) -> Iterator[ast.Attribute]:
        end = (found.line, _bytes(file, found) + len(found.name.encode()))
        for nodes in self._starts(file).values():
            for node in nodes:
                if isinstance(node, ast.Attribute) and (node.end_lineno, node.end_col_offset) == end:
                    yield node

    def _starts(self, file: File) -> dict[tuple[int, int], list[ast.AST]]:
        if file.path not in self._code:
            starts: dict[tuple[int, int], list[ast.AST]] = {}
            for node in ast.walk(file.tree) if file.tree else ():
                if isinstance(node, LOCATED):
                    starts.setdefault((node.lineno, node.col_offset), []).append(node)
            self._code[file.path] = starts
        return self._code[file.path]

    # -- strings

    def _string(self, file: File, found: Occurrence) -> str:
        place = (found.line, _bytes(file, found))
        holders = [node for node in self._all_strings(file) if _holds(node, place)]
        if not holders:
            return "string that no node holds"
        node = min(holders, key=_size)
        if isinstance(node, ast.JoinedStr):
            return self._formatted(file, node, found)
        if isinstance(file.parents.get(node), ast.Expr):
            return self._docstring(file, node, found)
        return self._constant(file, node, found)

    def _all_strings(self, file: File) -> list[ast.Constant | ast.JoinedStr]:
        if file.path not in self._strings:
            nodes = ast.walk(file.tree) if file.tree else ()
            self._strings[file.path] = [
                node
                for node in nodes
                if isinstance(node, ast.JoinedStr)
                or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
            ]
        return self._strings[file.path]

    def _formatted(self, file: File, node: ast.JoinedStr, found: Occurrence) -> str:
        inner = [item for item in ast.walk(node) if isinstance(item, ast.Name) and item.id == found.name]
        if inner:
            return f"f-string: {self.described(self.reader.name(file.path, node, found.name), found.name)}"
        return "f-string: text"

    def _docstring(self, file: File, node: ast.Constant, found: Occurrence) -> str:
        text = node.value if isinstance(node.value, str) else ""
        if re.search(rf":\w+:`[~!]?[^`]*\b{found.name}\b", text):
            return "docstring: role"
        if file.lines[found.line - 1].lstrip().startswith((">>> ", "... ")):
            return "docstring: doctest"
        return "docstring: text"

    def _constant(self, file: File, node: ast.Constant, found: Occurrence) -> str:
        text = node.value if isinstance(node.value, str) else "?"
        if self._in_annotation(file, node):
            return f"annotation string: {self.described(self._named(file, node, text, found), found.name)}"
        if self._in_dunder_all(file, node):
            return f"__all__: {self.described(self.reader.in_module(file.path, text), found.name)}"
        called = self._called(file, node)
        if called in REGISTRY_READERS:
            return f"string in {called}()"
        if re.fullmatch(r"[\w.:]+", text) and "." in text:
            meaning = self.reader.dotted(file.path, text.replace(":", "."))
            known = "" if meaning.kind == "nothing" else f", {self.described(meaning, found.name)}"
            return f"dotted path in {called}(){known}" if called in PATCHERS or known else "string with dots"
        if text != found.name:
            return "string: one word of several"
        return f"string: the word alone, in {self._holder(file, node)}"

    def _named(self, file: File, node: ast.Constant, text: str, found: Occurrence) -> Meaning:
        """What the word means in an annotation that is written as a string."""
        try:
            inner = ast.walk(ast.parse(text.strip(), mode="eval"))
        except SyntaxError:
            return Meaning("nothing")
        for item in inner:
            if isinstance(item, ast.Name) and item.id == found.name:
                return self.reader.name(file.path, node, found.name)
            if isinstance(item, ast.Attribute) and item.attr == found.name and isinstance(item.value, ast.Name):
                return self.reader.member(self.reader.name(file.path, node, item.value.id), found.name)
        return Meaning("nothing")

    def _in_annotation(self, file: File, node: ast.AST) -> bool:
        child = node
        while (parent := file.parents.get(child)) is not None and isinstance(parent, ast.expr | ast.arg):
            if isinstance(parent, ast.Subscript) and _last(parent.value) == "Literal":
                return False
            if isinstance(parent, ast.Call):
                return _last(parent.func) == "cast" and parent.args[:1] == [child]
            if isinstance(parent, ast.arg):
                return True
            child = parent
        return parent is not None and any(getattr(parent, field, None) is child for field in ANNOTATIONS)

    def _in_dunder_all(self, file: File, node: ast.AST) -> bool:
        parent: ast.AST | None = node
        while parent is not None and not isinstance(parent, ast.stmt):
            parent = file.parents.get(parent)
        targets = getattr(parent, "targets", None) or [getattr(parent, "target", None)]
        return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)

    def _called(self, file: File, node: ast.AST) -> str:
        """The last word of the function in whose call the string stands."""
        parent = file.parents.get(node)
        while isinstance(parent, ast.expr | ast.keyword) and not isinstance(parent, ast.Call):
            parent = file.parents.get(parent)
        return _last(parent.func) if isinstance(parent, ast.Call) else ""

    def _holder(self, file: File, node: ast.AST) -> str:
        match file.parents.get(node):
            case ast.Dict(keys=keys):
                return "a dictionary's key" if any(node is key for key in keys) else "a dictionary's value"
            case ast.Compare():
                return "a comparison"
            case ast.Subscript():
                return "a subscript"
            case ast.keyword(arg=name):
                return f"{name}="
            case ast.Call(func=function):
                return f"{_last(function) or 'a call'}()"
            case ast.List() | ast.Tuple() | ast.Set():
                called = self._called(file, node)
                return f"a sequence{f' in {called}()' if called else ''}"
            case ast.Assign() | ast.AnnAssign():
                return "an assignment"
        return "an expression"

    # -- what it means, in words

    def described(self, meaning: Meaning, name: str) -> str:
        match meaning.kind:
            case "class" if isinstance(meaning.node, ast.ClassDef):
                kind = self.kinds.of(meaning.path, meaning.node)
                return kind if meaning.node.name == name else f"alias of {meaning.node.name} ({kind})"
            case "member" | "attribute" if isinstance(meaning.node, ast.ClassDef):
                return f"{meaning.kind} of a class ({self.kinds.of(meaning.path, meaning.node)})"
            case "outside":
                return "from outside"
            case "missing":
                return "NOT IN ITS MODULE"
            case "nothing":
                return "BOUND NOWHERE"
        return {"attribute": "of an unknown value"}.get(meaning.kind, meaning.kind)


def _bytes(file: File, found: Occurrence) -> int:
    """The column as `ast` counts it."""
    line = re.split(r"\r\n|\r|\n", file.text)[found.line - 1]
    return len(line[: found.column].encode())


def _head_end(node: ast.AST) -> int:
    """The last line of the part of a statement that stands before its body."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        return max(node.lineno, body[0].lineno - 1)  # type: ignore[attr-defined, no-any-return]
    return node.end_lineno  # type: ignore[attr-defined, no-any-return]


def _holds(node: ast.expr, place: tuple[int, int]) -> bool:
    end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
    return (node.lineno, node.col_offset) <= place < end


def _size(node: ast.expr) -> tuple[int, int]:
    return (node.end_lineno or 0) - node.lineno, (node.end_col_offset or 0) - node.col_offset


def _last(node: ast.AST) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case ast.Call(func=function):
            return _last(function)
    return ""
