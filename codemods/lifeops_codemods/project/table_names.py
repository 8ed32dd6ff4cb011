"""Where a model's table name comes from, and whether it follows the class's name."""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import NamedTuple

from lifeops_codemods.facts.model import Binding, Function
from lifeops_codemods.operation import Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import (
    Ancestor,
    ClassRef,
    ancestors,
    classes_behind,
    definition,
    made_from,
    own_bindings,
)
from lifeops_codemods.project.declarative_names import DEFAULT_TABLE_NAMES, FIXED_TABLE_NAMES, MODEL_BASES, BaseKind
from lifeops_codemods.project.models import model_of
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable
from lifeops_codemods.project.names import evaluate as things_behind
from lifeops_codemods.project.naming import Unknown, evaluate, evaluate_assignment, names_read
from lifeops_codemods.project.trees import function_tree, lookup_in, span_of

ATTRIBUTE = "__tablename__"
_MAKE_FIELDS = ("dataclass", "dataclasses", "MappedAsDataclass", "mapped_as_dataclass", "attrs")
_GUARDS = ("hasattr(cls, '__tablename__')", "getattr(cls, '__tablename__', None)")


class Derived(NamedTuple):
    """The table's name is computed from the class's name: `table` now, `after` once the class has the new name.

    Where `table` is None the class has no table of its own, as long as it computes that itself.

    own: the function stands in the class itself, and this is its returned expression. why: where it is computed.
    overrides: a function of a base computes it, which is what type checkers compare the name that is written with.
    """

    table: str | None
    after: str | None
    path: str
    span: Span
    own: Span | None = None
    overrides: bool = False


class Underivable(NamedTuple):
    """The table's name may depend on the class's name, in a way that is not understood."""

    reason: str
    path: str
    span: Span


Origin = Derived | Underivable | None


def table_name(project: Project, ref: ClassRef, old: str, new: str) -> Origin:
    """How the table's name changes if the class `ref`, called `old`, is called `new`; None if it does not."""
    for item in (ref, *ancestors(project, ref)):
        if (metaclass := _naming_metaclass(project, item)) is not None:
            row = definition(project, metaclass)
            span = Span(row.start, row.start + len(row.name))
            if not own_bindings(project, ref, ATTRIBUTE):
                return Underivable("a metaclass may name its table", metaclass.path, span)
        match item:
            case ClassRef():
                decided, origin = _by_class(project, ref, item, old, new)
            case External(name=name):
                decided, origin = _by_library(project, ref, name, old, new)
            case _:
                decided, origin = False, None
        if decided:
            return origin
    return _undecided(project, ref)


def _naming_metaclass(project: Project, item: Ancestor) -> ClassRef | None:
    """The project's own metaclass of a base, if it has to do with table names."""
    for ref in made_from(project, item) if isinstance(item, Variable) else _metaclasses(project, item):
        scope = project.facts(ref.path).scopes[definition(project, ref).own]
        if ATTRIBUTE in project.text(ref.path)[scope.start : scope.end] and _is_metaclass(project, ref):
            return ref
    return None


def _metaclasses(project: Project, item: Ancestor) -> list[ClassRef]:
    if not isinstance(item, ClassRef):
        return []
    row = definition(project, item)
    written = [value for key, value in row.keywords if key == "metaclass"]
    targets = [target for value in written for target in things_behind(project, item.path, row.scope, value, row.start)]
    return [ref for target in sorted(targets, key=repr) for ref in classes_behind(project, target)]


def _is_metaclass(project: Project, ref: ClassRef) -> bool:
    names = {item.name for item in ancestors(project, ref) if isinstance(item, External)}
    return any(name == "builtins.type" or name.rpartition(".")[2].endswith("Meta") for name in names)


def _by_class(project: Project, ref: ClassRef, item: ClassRef, old: str, new: str) -> tuple[bool, Origin]:
    if own_bindings(project, item, "__table__"):
        return True, None
    rows = own_bindings(project, item, ATTRIBUTE)
    if rows:
        return True, _by_binding(project, ref, item, rows[-1], old, new)
    if item != ref:
        for row in own_bindings(project, item, "__init_subclass__"):
            function = project.facts(item.path).functions[row.row]
            if row.kind == "def" and project.mentions(item.path, ATTRIBUTE):
                return _by_subclass_hook(project, ref, item, function, old, new)
    return False, None


def _by_binding(project: Project, ref: ClassRef, item: ClassRef, row: Binding, old: str, new: str) -> Origin:
    span = Span(*row.statement)
    if row.kind != "def":
        return None
    function = project.facts(item.path).functions[row.row]
    tree = function_tree(project, item.path, function)
    if tree is None:
        return Underivable("its table's name is computed by a coroutine", item.path, span)
    lookup = lookup_in(project, item.path, ref)
    names = [evaluate(tree, name, lookup, calls=_facts(project, ref)) for name in (old, new)]
    before, after = names
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        unknown = next(name for name in names if isinstance(name, Unknown))
        if not names_read(tree) and not isinstance(before, str):
            return None
        where = _place(project, item.path, unknown.node, span)
        return Underivable(f"its table's name is computed: {unknown.reason}", item.path, where)
    if before == after and (before is not None or not names_read(tree)):
        return None
    if item != ref:
        return Derived(before, after, item.path, span, overrides=True)
    returned = _only_return(tree)
    if returned is None:
        return Underivable("the class computes its own table's name", item.path, span)
    return Derived(before, after, item.path, span, Span(*span_of(project, item.path, returned)))


def _only_return(tree: ast.FunctionDef) -> ast.expr | None:
    """What a function returns whose body is, docstring aside, one `return`."""
    *rest, last = tree.body
    documented = not rest or (
        len(rest) == 1 and isinstance(rest[0], ast.Expr) and isinstance(rest[0].value, ast.Constant)
    )
    return last.value if documented and isinstance(last, ast.Return) else None


def _facts(project: Project, ref: ClassRef) -> dict[str, object]:
    """What the calls that ask for the class's ancestry answer: whether a mapped class is among its parents."""
    inherited = any(isinstance(item, ClassRef) and model_of(project, item) for item in ancestors(project, ref))
    return {"has_inherited_table": inherited, "sqlalchemy.orm.has_inherited_table": inherited}


def _by_subclass_hook(
    project: Project, ref: ClassRef, item: ClassRef, function: Function, old: str, new: str
) -> tuple[bool, Origin]:
    """`__init_subclass__` that sets the table's name: it can be pinned only where the hook respects what is there."""
    tree = function_tree(project, item.path, function)
    span = Span(*function.definition)
    if tree is None:
        return True, Underivable("its table's name is computed by a hook", item.path, span)
    tree = _asking_by_call(tree)
    lookup = lookup_in(project, item.path, ref)
    absent: dict[str, object] = dict.fromkeys(_GUARDS, False) | _facts(project, ref)
    names = [evaluate_assignment(tree, name, lookup, attribute=ATTRIBUTE, calls=absent) for name in (old, new)]
    present: dict[str, object] = dict.fromkeys(_GUARDS, True) | _facts(project, ref)
    pinned = evaluate_assignment(tree, old, lookup, attribute=ATTRIBUTE, calls=present)
    unknown = [name for name in (*names, pinned) if isinstance(name, Unknown)]
    if unknown:
        where = _place(project, item.path, unknown[0].node, span)
        return True, Underivable(f"its table's name is computed by a hook: {unknown[0].reason}", item.path, where)
    before, after = names
    if before is None:
        return False, None
    if before == after:
        return True, None
    if pinned is not None:
        where = _place(project, item.path, _assignment(tree), span)
        return True, Underivable("a hook sets its table's name whatever the class says", item.path, where)
    return True, Derived(str(before), str(after), item.path, span)


def takes_any(project: Project, ref: ClassRef) -> bool:
    """Whether `Any` may annotate a table's name that is written into a class, as to override a function asks for.

    The module must have `Any`, and nothing may make fields of what is annotated: a dataclass, pydantic.
    """
    known = External("typing.Any")
    if things_behind(project, ref.path, 0, ("name", 0, 0, "Any"), len(project.text(ref.path))) != {known}:
        return False
    for item in (ref, *ancestors(project, ref)):
        match item:
            case ClassRef(path=path) | Variable(path=path):
                if any(project.mentions(path, word) for word in _MAKE_FIELDS):
                    return False
            case External(name=name):
                if name.partition(".")[0] not in ("sqlalchemy", "builtins", "typing", "abc"):
                    return False
            case _:
                return False
    return True


class _AsCalls(ast.NodeTransformer):
    """Writes `"__tablename__" in cls.__dict__` as `hasattr(cls, "__tablename__")`."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        match node:
            case ast.Compare(
                left=ast.Constant(value="__tablename__"),
                ops=[ast.In() | ast.NotIn() as operator],
                comparators=[
                    ast.Attribute(value=owner, attr="__dict__")
                    | ast.Call(func=ast.Name(id="vars" | "dir"), args=[owner])
                ],
            ):
                asked: ast.expr = ast.Call(ast.Name("hasattr", ast.Load()), [owner, node.left], [])
                if isinstance(operator, ast.NotIn):
                    asked = ast.UnaryOp(ast.Not(), asked)
                return ast.fix_missing_locations(ast.copy_location(asked, node))
        return node


def _asking_by_call(tree: ast.FunctionDef) -> ast.FunctionDef:
    copied: ast.FunctionDef = _AsCalls().visit(deepcopy(tree))
    return copied


def _assignment(tree: ast.FunctionDef) -> ast.AST | None:
    """Where a function assigns the table's name."""
    targets = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return next((target for target in targets if target.attr == ATTRIBUTE), None)


def _place(project: Project, path: str, node: ast.AST | None, otherwise: Span) -> Span:
    """The span of a node of the file, where it has one."""
    return Span(*span_of(project, path, node)) if isinstance(node, (ast.expr, ast.stmt)) else otherwise


def _by_library(project: Project, ref: ClassRef, name: str, old: str, new: str) -> tuple[bool, Origin]:
    if name in FIXED_TABLE_NAMES:
        return True, None
    compute = DEFAULT_TABLE_NAMES.get(name)
    if compute is None:
        return False, None
    row = definition(project, ref)
    span = Span(row.start, row.start + len(row.name))
    before, after = compute(old), compute(new)
    if before is None or after is None:
        return True, Underivable(f"{name} names its table after the class, differently in its versions", ref.path, span)
    return True, (None if before == after else Derived(before, after, ref.path, span))


def _undecided(project: Project, ref: ClassRef) -> Origin:
    """Nothing names the table: fine below another model or a base of the project, unknown below a foreign base."""
    row = definition(project, ref)
    span = Span(row.start, row.start + len(row.name))
    for item in ancestors(project, ref):
        if isinstance(item, ClassRef) and model_of(project, item):
            return None
        if _is_opaque(item):
            return Underivable("nothing in the project says where its table's name comes from", ref.path, span)
    return None


def _is_opaque(item: Ancestor) -> bool:
    if item is None:
        return True
    return isinstance(item, External) and MODEL_BASES.get(item.name) is BaseKind.BASE
