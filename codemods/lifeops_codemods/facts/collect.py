"""One parse of one file, and all that it says as plain tuples.

`collect` walks the tree once. It records what is written and where, never what it means: meaning needs the other files
and is the business of `project`.
"""

# ruff: noqa: N802, N815 - visitors are named after the classes of `ast`
from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lifeops_codemods.facts import formatted
from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.facts.model import CLASS, COMPREHENSION, FUNCTION, LAMBDA, MODULE, TYPES, Flags
from lifeops_codemods.facts.offsets import Offsets

VERSION = 5
"""Part of every cache key: raise it with each change of what is collected."""

Collector = Callable[[ast.Module, str], tuple[Any, ...]]
_SHALLOW = {ast.Name, ast.Attribute, ast.Constant}
_LITERALS = (ast.List, ast.Tuple, ast.Set)
_FORMATTED_POSITIONS = sys.version_info >= (3, 12)
_ANNOTATION, _DELETED = int(Flags.ANNOTATION), int(Flags.DELETED)
_CHECKING, _CONDITIONAL = int(Flags.TYPE_CHECKING), int(Flags.CONDITIONAL)
_AT_SIGN = re.compile(r"[ \t\f]*@")
_IDENTIFIER = re.compile(r"\w+")
_PLAIN_FIELDS = frozenset({"ctx", "op", "ops", "type_comment", "kind", "conversion", "is_async"})
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
"""The fields of each kind of node that can hold something to see."""

_NO_ROLE: tuple[str, tuple[Any, ...]] = ("other", ())


def collect(text: str, collectors: Mapping[str, Collector] | None = None) -> tuple[Any, ...]:
    """The raw facts of a file, as `FileFacts` takes them.

    collectors: the rules' own, by rule name. Raises SyntaxError, ValueError (NUL bytes) and RecursionError.
    """
    tree = ast.parse(text)
    walk = _Walk(text)
    walk.module(tree)
    own = tuple((name, collector(tree, text)) for name, collector in sorted((collectors or {}).items()))
    tables = walk.tables()
    walk.visitors.clear()  # its methods hold the walk, and nobody looks for cycles while planning
    return (*tables, own)


class _Walk:
    """The state of one walk: where we are, and the tables that grow."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = Offsets(text).at
        self.scope = 0
        self.flags = 0
        self.call_row = -1
        self.role = _NO_ROLE
        self.statement = (0, 0)
        self.full_values = True
        self.scopes: list[list[Any]] = [[MODULE, "", -1, 0, len(text), ()]]
        self.bindings: list[tuple[Any, ...]] = []
        self.imports: list[tuple[Any, ...]] = []
        self.names: list[tuple[Any, ...]] = []
        self.members: list[tuple[Any, ...]] = []
        self.calls: list[tuple[Any, ...]] = []
        self.strings: list[tuple[Any, ...]] = []
        self.classes: list[tuple[Any, ...]] = []
        self.functions: list[tuple[Any, ...]] = []
        self.visitors: dict[type[ast.AST], Callable[[Any], None]] = {
            getattr(ast, name[4:]): getattr(self, name)
            for name in dir(self)
            if name.startswith("see_") and hasattr(ast, name[4:])
        }

    def tables(self) -> tuple[Any, ...]:
        bindings = [self.at_home(row) for row in self.bindings]
        return (
            tuple(tuple(scope) for scope in self.scopes),
            *map(tuple, (bindings, self.imports, self.names, self.members, self.calls, self.strings)),
            *map(tuple, (self.classes, self.functions)),
        )

    def at_home(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A binding of a `global` or `nonlocal` name belongs to the scope that owns the name."""
        scope, name = row[0], row[1]
        kind = dict(self.scopes[scope][5]).get(name)
        if kind is None:
            return row
        home = 0
        if kind == "nonlocal":
            home = self.scopes[scope][2]
            owners = {found[0] for found in self.bindings if found[1] == name and found[0] != scope}
            while home and (home not in owners or self.scopes[home][0] == CLASS):
                home = self.scopes[home][2]
        return (home, *row[1:5], row[5] | _CONDITIONAL, *row[6:])

    # -- moving through the tree

    def module(self, tree: ast.Module) -> None:
        self.body(tree.body)

    def see(self, node: ast.AST | None) -> None:
        if node is None:
            return
        visitor = self.visitors.get(type(node))
        if visitor is not None:
            visitor(node)
        else:
            self.children(node)

    def children(self, node: ast.AST) -> None:
        kind = type(node)
        fields = _FIELDS.get(kind)
        if fields is None:
            fields = _FIELDS[kind] = tuple(name for name in node._fields if name not in _PLAIN_FIELDS)
        for name in fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST):
                        self.see(item)
            elif isinstance(value, ast.AST):
                self.see(value)

    def each(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            self.see(node)

    def body(self, statements: Sequence[ast.stmt], extra: int = 0) -> None:
        flags, self.flags = self.flags, self.flags | extra
        for node in statements:
            self.statement = self.span(node)
            self.see(node)
        self.flags = flags

    def annotation(self, node: ast.expr | None) -> None:
        if node is None:
            return
        flags, self.flags = self.flags, self.flags | _ANNOTATION
        role, self.role = self.role, _NO_ROLE
        self.see(node)
        self.flags, self.role = flags, role

    def plain(self, node: ast.AST | None) -> None:
        """See `node` out of any annotation or argument around it."""
        flags, self.flags = self.flags, self.flags & ~_ANNOTATION
        role, self.role = self.role, _NO_ROLE
        self.see(node)
        self.flags, self.role = flags, role

    def enter(self, kind: int, name: str, node: Any) -> int:
        """Open a scope and return the one to go back to."""
        before = self.scope
        start, end = self.span(node)
        self.scopes.append([kind, name, before, start, end, ()])
        self.scope = len(self.scopes) - 1
        return before

    def span(self, node: Any) -> tuple[int, int]:
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def definition_span(self, node: Any) -> tuple[int, int]:
        start, end = self.span(node)
        if node.decorator_list:
            first = node.decorator_list[0]
            start = self.at_sign_before(self.at(first.lineno, first.col_offset))
        return start, end

    def at_sign_before(self, position: int) -> int:
        """Where the decorator begins whose expression stands at `position`: the `@` that a line above begins with."""
        while True:
            line = max(self.text.rfind("\n", 0, position), self.text.rfind("\r", 0, position)) + 1
            sign = _AT_SIGN.match(self.text, line)
            if sign or line == 0:
                return sign.end() - 1 if sign else position
            position = line - 1

    def named(self, name: str, after: int) -> int:
        """Where the name of a definition stands; Python normalises names, so it may be spelled otherwise (PEP 3131)."""
        found = _IDENTIFIER.search(self.text, after)
        return found.start() if found else after

    def bind(self, name: str, kind: str, start: int, row: int = -1, value: Any = None, annotation: Any = None) -> None:
        self.bindings.append((self.scope, name, kind, start, row, self.flags, self.statement, value, annotation))

    def value(self, node: ast.expr | None) -> Any:
        if node is None:
            return None
        return encode(node, self.at, 12 if self.full_values else 3)

    # -- names

    def see_Name(self, node: ast.Name) -> None:
        start = self.at(node.lineno, node.col_offset)
        if isinstance(node.ctx, ast.Store):
            self.bind(node.id, "other", start)
        else:
            flags = self.flags | (_DELETED if isinstance(node.ctx, ast.Del) else 0)
            self.names.append((self.scope, node.id, start, (), flags))

    def see_Attribute(self, node: ast.Attribute) -> None:
        at = self.at
        attributes = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            end = at(root.end_lineno or 0, root.end_col_offset or 0)
            attributes.append((root.attr, end - len(root.attr)))
            root = root.value
        attributes.reverse()
        start = at(root.lineno, root.col_offset)
        if isinstance(root, ast.Name):
            self.names.append((self.scope, root.id, start, tuple(attributes), self.flags))
            return
        self.members.append((self.scope, _root_parts(root), start, tuple(attributes), self.flags))
        role, self.role = self.role, _NO_ROLE
        self.see(root)
        self.role = role

    def see_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value:
            role, context = ("annotation", ()) if self.flags & _ANNOTATION else self.role
            self.strings.append((self.scope, *self.span(node), node.value, role, context))

    def see_JoinedStr(self, node: ast.JoinedStr) -> None:
        role, self.role = self.role, _NO_ROLE
        texts = [part.value for part in node.values if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if role[0] == "argument" and texts:
            self.strings.append((self.scope, *self.span(node), "\0".join(texts), "formatted", role[1]))
        flags, self.flags = self.flags, self.flags & ~_ANNOTATION
        if _FORMATTED_POSITIONS:
            for value in node.values:
                if not isinstance(value, ast.Constant):
                    self.children(value)
        else:
            self.formatted(*self.span(node))
        self.role, self.flags = role, flags

    def formatted(self, start: int, end: int) -> None:
        """Before 3.12 positions inside an f-string are wrong: its expressions are found and parsed by themselves."""
        at = self.at
        for offset, source in formatted.expressions(self.text, start, end):
            tree = ast.parse(f"({source})", mode="eval")
            self.at = Offsets(f"({source})", offset - 1).at
            self.see(tree.body)
        self.at = at

    def see_Subscript(self, node: ast.Subscript) -> None:
        base = _last_part(node.value)
        if self.flags & _ANNOTATION:
            self.see(node.value)
            if base == "Literal":
                self.plain(node.slice)
            elif base == "Annotated" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
                self.see(node.slice.elts[0])
                for item in node.slice.elts[1:]:
                    self.plain(item)
            else:
                self.see(node.slice)
            return
        role = self.role
        self.role = _NO_ROLE
        self.see(node.value)
        self.role = ("subscript", _root_parts(node.value))
        self.see(node.slice)
        self.role = role

    def see_Compare(self, node: ast.Compare) -> None:
        role = self.role
        sides = [node.left, *node.comparators]
        others = [_last_part(side) for side in sides if not isinstance(side, (ast.Constant, *_LITERALS))]
        self.role = ("compare", tuple(others[:1]))
        self.each(sides)
        self.role = role

    def see_Dict(self, node: ast.Dict) -> None:
        role = self.role
        for key, value in zip(node.keys, node.values, strict=True):
            self.role = ("key", role[1] if role[0] == "argument" else ())
            self.see(key)
            self.role = role
            if role[0] == "argument" and isinstance(key, ast.Constant):
                self.role = ("argument", (*role[1][:2], key.value if isinstance(key.value, str) else ""))
            self.see(value)
        self.role = role

    def see_Call(self, node: ast.Call) -> None:
        row = len(self.calls)
        self.calls.append(())
        if isinstance(node.func, ast.Attribute) and self.role[0] == "argument":
            self.assembled(node.func.value)
        start, end = self.span(node)
        function = _root_parts(node.func)
        outer_role, outer_row = self.role, self.call_row
        flags, self.flags = self.flags, self.flags & ~_ANNOTATION
        self.role = _NO_ROLE
        self.see(node.func)
        self.call_row = row
        in_all = function[:1] == ("__all__",)
        arguments: list[tuple[Any, ...]] = []
        keywords = []
        for index, argument in enumerate(node.args):
            self.role = ("all", ()) if in_all else ("argument", (row, index))
            arguments.append((index, self.shallow(argument)))
            self.see(argument)
        for keyword in node.keywords:
            key = keyword.arg or "**"
            self.role = ("argument", (row, key))
            arguments.append((key, self.shallow(keyword.value)))
            keywords.append((key, self.at(keyword.lineno, keyword.col_offset)))
            self.see(keyword.value)
        self.role, self.call_row, self.flags = outer_role, outer_row, flags
        function_start = self.at(node.func.lineno, node.func.col_offset)
        self.calls[row] = (
            self.scope, start, end, function, function_start, tuple(arguments), tuple(keywords), outer_row, self.flags,
        )  # fmt: skip

    def assembled(self, *parts: ast.expr) -> None:
        """Literals that an argument is put together of, by an operator or a method."""
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                self.strings.append((self.scope, *self.span(part), part.value, "formatted", self.role[1]))

    def see_BinOp(self, node: ast.BinOp) -> None:
        if self.role[0] != "argument" or self.flags & _ANNOTATION:
            self.see(node.left)
            self.see(node.right)
            return
        role = self.role
        self.role = ("formatted", role[1])
        self.see(node.left)
        self.see(node.right)
        self.role = role

    def shallow(self, node: ast.expr) -> Any:
        if type(node) in _SHALLOW:
            return encode(node, self.at, 6)
        if isinstance(node, (ast.Call, ast.Subscript)):
            inner = node.func if isinstance(node, ast.Call) else node.value
            return (type(node).__name__.lower(), *self.span(node), _root_parts(inner))
        return ("?", *self.span(node))

    def see_Lambda(self, node: ast.Lambda) -> None:
        self.each(default for default in (*node.args.defaults, *node.args.kw_defaults))
        before = self.enter(LAMBDA, "<lambda>", node)
        self.parameters(node.args)
        self.see(node.body)
        self.scope = before

    def comprehension(self, node: Any, *elements: ast.expr) -> None:
        first, *rest = node.generators
        self.see(first.iter)
        before = self.enter(COMPREHENSION, "<comprehension>", node)
        self.see(first.target)
        self.each(first.ifs)
        for generator in rest:
            self.see(generator.iter)
            self.see(generator.target)
            self.each(generator.ifs)
        self.each(elements)
        self.scope = before

    def see_ListComp(self, node: ast.ListComp) -> None:
        self.comprehension(node, node.elt)

    def see_SetComp(self, node: ast.SetComp) -> None:
        self.comprehension(node, node.elt)

    def see_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self.comprehension(node, node.elt)

    def see_DictComp(self, node: ast.DictComp) -> None:
        self.comprehension(node, node.key, node.value)

    def see_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.see(node.value)
        inner = self.scope
        while self.scopes[self.scope][0] == COMPREHENSION:
            self.scope = self.scopes[self.scope][2]
        self.bind(node.target.id, "other", self.at(node.target.lineno, node.target.col_offset))
        self.scope = inner

    # -- statements that bind

    def see_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self.alias(node, alias, alias.name, 0, "", bound)

    def see_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.alias(node, alias, node.module or "", node.level, alias.name, alias.asname or alias.name)

    def alias(self, node: Any, alias: ast.alias, module: str, level: int, name: str, bound: str) -> None:
        start, end = self.span(alias)
        as_start = end - len(alias.asname) if alias.asname else -1
        row = len(self.imports)
        self.imports.append((self.scope, module, level, name, bound, start, as_start, self.flags, self.span(node)))
        if name != "*":
            self.bind(bound, "import", as_start if alias.asname else start, row)

    def see_ClassDef(self, node: ast.ClassDef) -> None:
        statement = self.statement
        self.each(node.decorator_list)
        row = len(self.classes)
        self.classes.append(())
        start, _ = self.span(node)
        name_start = self.named(node.name, start + 5)
        self.bind(node.name, "class", name_start, row)
        before = self.type_parameters(node)
        self.each(node.bases)
        for keyword in node.keywords:
            self.see(keyword.value)
        self.enter(CLASS, node.name, node)
        own = self.scope
        full, self.full_values = self.full_values, True
        self.body(node.body, 0)
        self.full_values = full
        self.classes[row] = (
            before,
            own,
            node.name,
            name_start,
            self.definition_span(node),
            tuple(encode(base, self.at) for base in node.bases),
            tuple((keyword.arg or "**", encode(keyword.value, self.at)) for keyword in node.keywords),
            tuple(encode(decorator, self.at) for decorator in node.decorator_list),
            self.flags,
        )
        self.scope = before
        self.statement = statement

    def see_FunctionDef(self, node: Any) -> None:
        statement = self.statement
        self.each(node.decorator_list)
        row = len(self.functions)
        self.functions.append(())
        start, _ = self.span(node)
        is_async = isinstance(node, ast.AsyncFunctionDef)
        name_start = self.named(node.name, (self.text.index("def", start + 5) if is_async else start) + 3)
        self.bind(node.name, "def", name_start, row)
        self.each((*node.args.defaults, *node.args.kw_defaults))
        before = self.type_parameters(node)
        for argument in _arguments(node.args):
            self.annotation(argument.annotation)
        self.annotation(node.returns)
        self.enter(FUNCTION, node.name, node)
        own = self.scope
        parameters = self.parameters(node.args)
        full, self.full_values = self.full_values, False
        self.body(node.body, 0)
        self.full_values = full
        self.functions[row] = (
            before,
            own,
            node.name,
            name_start,
            self.definition_span(node),
            is_async,
            tuple(encode(decorator, self.at) for decorator in node.decorator_list),
            parameters,
            encode(node.returns, self.at) if node.returns else None,
            self.flags,
        )
        self.scope = before
        self.statement = statement

    see_AsyncFunctionDef = see_FunctionDef

    def type_parameters(self, node: Any) -> int:
        """Open the scope of PEP 695 parameters, if there are any; returns the scope around."""
        before = self.scope
        if getattr(node, "type_params", None):
            self.enter(TYPES, node.name if isinstance(node.name, str) else node.name.id, node)
            for parameter in node.type_params:
                start = self.named(parameter.name, self.at(parameter.lineno, parameter.col_offset))
                self.bind(parameter.name, "other", start)
                self.annotation(getattr(parameter, "bound", None))
                self.annotation(getattr(parameter, "default_value", None))
        return before

    def parameters(self, arguments: ast.arguments) -> tuple[tuple[Any, ...], ...]:
        """Bind the parameters in the current scope, and return their rows."""
        rows = []
        normal = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(normal) - len(arguments.defaults))
        defaults += arguments.defaults
        for index, (argument, default) in enumerate(zip(normal, defaults, strict=True)):
            rows.append(self.parameter(argument, "/" if index < len(arguments.posonlyargs) else ".", default))
        if arguments.vararg:
            rows.append(self.parameter(arguments.vararg, "*", None))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            rows.append(self.parameter(argument, "k", default))
        if arguments.kwarg:
            rows.append(self.parameter(arguments.kwarg, "**", None))
        return tuple(rows)

    def parameter(self, node: ast.arg, kind: str, default: ast.expr | None) -> tuple[Any, ...]:
        start = self.at(node.lineno, node.col_offset)
        annotation = encode(node.annotation, self.at) if node.annotation else None
        self.bind(node.arg, "parameter", start, -1, None, annotation)
        return (node.arg, kind, start, annotation, encode(default, self.at) if default else None)

    def see_Assign(self, node: ast.Assign) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        role, self.role = self.role, (("all", ()) if "__all__" in names else self.role)
        self.see(node.value)
        self.role = role
        value = self.value(node.value) if names else None
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.bind(target.id, "assign", self.at(target.lineno, target.col_offset), -1, value)
            else:
                self.see(target)

    def see_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.annotation(node.annotation)
        alias = _last_part(node.annotation) == "TypeAlias"
        if node.value is not None:
            role, self.role = self.role, (("all", ()) if _last_part(node.target) == "__all__" else self.role)
            self.annotation(node.value) if alias else self.see(node.value)
            self.role = role
        if isinstance(node.target, ast.Name):
            kind = "assign" if node.value is not None else "declare"
            start = self.at(node.target.lineno, node.target.col_offset)
            self.bind(node.target.id, kind, start, -1, self.value(node.value), self.value(node.annotation))
        else:
            self.see(node.target)

    def see_AugAssign(self, node: ast.AugAssign) -> None:
        role, self.role = self.role, (("all", ()) if _last_part(node.target) == "__all__" else self.role)
        self.see(node.value)
        self.role = role
        self.see(node.target)

    def see_TypeAlias(self, node: Any) -> None:
        start = self.at(node.name.lineno, node.name.col_offset)
        self.bind(node.name.id, "type", start, -1, self.value(node.value))
        before = self.type_parameters(node)
        self.annotation(node.value)
        self.scope = before

    def see_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        kind = type(node).__name__.lower()
        start, end = self.span(node)
        scope = self.scopes[self.scope]
        scope[5] = (*scope[5], *((name, kind) for name in node.names))
        position = start + len(kind)
        for name in node.names:
            found = re.compile(rf"\b{re.escape(name)}\b").search(self.text, position, end)
            if found:
                position = found.end()
                self.names.append((self.scope, name, found.start(), (), self.flags))

    see_Nonlocal = see_Global

    def see_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str):
                self.strings.append((self.scope, *self.span(node.value), node.value.value, "doc", ()))
            return
        self.see(node.value)

    # -- statements that hold statements

    def see_If(self, node: ast.If) -> None:
        self.see(node.test)
        checking = _last_part(node.test) == "TYPE_CHECKING"
        self.body(node.body, _CHECKING if checking else _CONDITIONAL)
        self.body(node.orelse, _CONDITIONAL)

    def see_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.see(node.iter)
        self.see(node.target)
        self.body(node.body, _CONDITIONAL)
        self.body(node.orelse, _CONDITIONAL)

    see_AsyncFor = see_For

    def see_While(self, node: ast.While) -> None:
        self.see(node.test)
        self.body(node.body, _CONDITIONAL)
        self.body(node.orelse, _CONDITIONAL)

    def see_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.see(item.context_expr)
            self.see(item.optional_vars)
        self.body(node.body)

    see_AsyncWith = see_With

    def see_Try(self, node: ast.Try) -> None:
        self.body(node.body, _CONDITIONAL)
        for handler in node.handlers:
            self.see(handler.type)
            if handler.name:
                self.bind(handler.name, "other", -1)
            self.body(handler.body, _CONDITIONAL)
        self.body(node.orelse, _CONDITIONAL)
        self.body(node.finalbody)

    see_TryStar = see_Try

    def see_Match(self, node: ast.Match) -> None:
        self.see(node.subject)
        for case in node.cases:
            self.see(case.pattern)
            self.see(case.guard)
            self.body(case.body, _CONDITIONAL)

    def see_MatchAs(self, node: ast.MatchAs) -> None:
        self.see(node.pattern)
        if node.name:
            self.bind(node.name, "other", self.span(node)[1] - len(node.name))

    def see_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self.bind(node.name, "other", self.span(node)[1] - len(node.name))

    def see_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.each(node.keys)
        self.each(node.patterns)
        if node.rest:
            self.bind(node.rest, "other", -1)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    rest = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]


def _last_part(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _root_parts(node: ast.expr) -> tuple[str, ...]:
    """Parts of a chain; its root, where it is no name, as `"type()"` for a call of a name, else `""`."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    match node:
        case ast.Name(id=name):
            root = name
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            root = f"{name}()"
        case ast.Subscript(value=ast.Attribute(attr=name)):
            root = f"{name}[]"
        case _:
            root = ""
    return (root, *reversed(names))
