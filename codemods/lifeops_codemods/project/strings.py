"""Names within string literals: annotations, what SQLAlchemy evaluates, paths that tests patch, `__all__`, roles.

Of the strings that equal a model's name about one in ten means the model, so a string is read as a name only where
something reads it so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lifeops_codemods.facts.model import CLASS, Call, FileFacts, String
from lifeops_codemods.facts.offsets import Offsets
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import enclosing_class
from lifeops_codemods.project.literals import runs, source_offset
from lifeops_codemods.project.modules import External, Module, find_module
from lifeops_codemods.project.names import (
    Target,
    Variable,
    bindings_of,
    denoted,
    evaluate,
    external_names,
    member,
    resolve,
    resolve_steps,
    variable,
)
from lifeops_codemods.project.naming import NameRead, name_reads
from lifeops_codemods.project.references import Search, name_in_mapped, refer_registered, spelled_in
from lifeops_codemods.project.registry import EVALUATED_KEYS, RELATIONSHIP_MAKERS, in_declarative_class, is_table
from lifeops_codemods.project.trees import dotted_parts, span_of

_NEAR = 400
"""How far, in code points, the two sides of a comparison may stand apart."""

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+")
_ROLE = re.compile(r":(?:[\w+-]+:)*(?:class|obj|meth|attr|any|exc|func|py|data|mod):`([^`]*)`")
_WORD = re.compile(r"\w+")
_TYPE_COMMENT = re.compile(r"#\s*type:(?!\s*ignore\b)[ \t]+([^#\r\n]*)")
_FORWARD = {
    "typing.cast": {0},
    "typing.ForwardRef": {0},
    "typing.TypeVar": {"bound", "default", *range(1, 30)},
    "typing.NewType": {1},
    "typing.assert_type": {1},
}
_FORWARD |= {name.replace("typing.", "typing_extensions."): keys for name, keys in _FORWARD.items()}
_RELATIONSHIP_NAMES = frozenset({"relationship", "backref", "Relationship", "RelationshipProperty"})
_NAMESPACES = {("model_rebuild",), ("update_forward_refs",), ("get_type_hints",), ("evaluate_forwardref",)}
_EVALUATORS = frozenset({"builtins.eval", "builtins.exec", "builtins.compile"})
_PATCHES = frozenset({"patch", "setattr", "delattr"})
_PATCHERS = frozenset({"mock", "mocker", "patch", "monkeypatch", "unittest", "mp", "monkey_patch", "session_mocker"})
_PATCHERS |= frozenset({"class_mocker", "module_mocker", "package_mocker"})


def search(found: Search, path: str, facts: FileFacts) -> None:
    """Add what the strings and type comments of one file say of the wanted names."""
    names = list(found.wanted)
    for row in facts.strings:
        if spelled_in(row.value, names):
            _string(found, path, facts, row)
    _keywords(found, path, facts)
    _variable_targets(found, path, facts)
    _type_comments(found, path, facts, names)


def _string(found: Search, path: str, facts: FileFacts, row: String) -> None:
    match row.role:
        case "annotation":
            annotation(found, path, row)
        case "all":
            _export(found, path, row)
        case "doc":
            _roles(found, path, row)
        case "argument":
            _argument(found, path, facts, row)
        case "key" if row.context and facts.calls[row.context[0]].function[-1:] in _NAMESPACES:
            if row.value in found.wanted:
                targets = _behind(found, path, row.scope, (row.value,), row.start)
                _refer_whole(found, targets, path, row, "namespace of annotations")
        case "formatted":
            _formatted(found, path, facts, row)
        case "subscript":
            _subscript(found, path, row)
        case "compare" if row.context[:1] in {("__name__",), ("__qualname__",)} and row.value in found.wanted:
            _compared(found, path, row)
        case _:
            _data(found, path, facts, row)


def _compared(found: Search, path: str, row: String) -> None:
    """`type(x).__name__ == "Character"`, unless it is another class's name that is compared."""
    for read in name_reads(found.project.tree(path)):
        if row.value in read.literals and abs(span_of(found.project, path, read.node)[0] - row.start) < _NEAR:
            behind = _owners_of_name(found, path, row, read)
            if behind and not any(found.carried(item) for item in behind):
                return
    found.object(
        found.wanted[row.value],
        path,
        (row.start, row.end),
        f'a class is recognised by its name here: {row.context[0]} == "{row.value}"',
        "compare the class itself",
    )


def _owners_of_name(found: Search, path: str, row: String, read: NameRead) -> list[Target]:
    """What the class is whose name is read, if it is written as a name that leads to a definition."""
    chain = dotted_parts(read.owner)
    target = resolve(found.project, path, row.scope, chain, row.start) if chain else None
    if target is None:
        return []
    behind = sorted(denoted(found.project, target), key=repr)
    defined = [item for item in behind if isinstance(item, External) or _is_class(found.project, item)]
    return [target, *behind] if len(defined) == len(behind) else []


def _is_class(project: Project, item: Target) -> bool:
    return isinstance(item, Variable) and any(row.kind == "class" for row in bindings_of(project, item))


# -- expressions in strings


def expression_names(value: str) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    """The dotted names of the expression that `value` is: their parts, and the offset of each part in `value`."""
    if value.isidentifier():
        yield (value,), (0,)
        return
    try:
        tree = ast.parse(f"({value})", mode="eval")
    except (SyntaxError, ValueError):
        return
    at = Offsets(f"({value})", -1).at
    covered: set[ast.AST] = set()
    for node in ast.walk(tree):
        if node in covered or not isinstance(node, (ast.Name, ast.Attribute)):
            continue
        parts: list[tuple[str, int]] = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            end = at(root.end_lineno or 1, root.end_col_offset or 0)
            parts.append((root.attr, end - len(root.attr)))
            root = root.value
            covered.add(root)
        if isinstance(root, ast.Name):
            parts.append((root.id, at(root.lineno, root.col_offset)))
            parts.reverse()
            yield tuple(name for name, _ in parts), tuple(start for _, start in parts)


def _is_expression(value: str) -> bool:
    try:
        ast.parse(f"({value})", mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def annotation(found: Search, path: str, row: String) -> None:
    """A string that is read as an annotation: its names mean what they would without the quotes."""
    text = found.project.text(path)
    pieces = runs(text, row.start, row.end)
    for parts, starts in expression_names(row.value):
        for index, name in enumerate(parts):
            if name not in found.wanted:
                continue
            start = source_offset(pieces, starts[index], len(name))
            targets = _behind(found, path, row.scope, parts[: index + 1], row.start)
            if start is None:
                _unclear(found, targets, path, row)
            elif targets:
                found.refer(targets, path, start, "string annotation")
            elif index == 0 and not _explained(found, path, row, name):
                name_in_mapped(found, path, row.scope, name, start)
    for inner, offset in _inner_strings(row.value):
        start = source_offset(pieces, offset, len(inner))
        if inner in found.wanted and start is not None:
            targets = _behind(found, path, row.scope, (inner,), row.start)
            if targets:
                found.refer(targets, path, start, "string annotation")
            elif not _explained(found, path, row, inner):
                name_in_mapped(found, path, row.scope, inner, start)


def _inner_strings(value: str) -> Iterator[tuple[str, int]]:
    """Quoted names within a quoted annotation, outside `Literal[…]`."""
    if ("'" not in value and '"' not in value) or "Literal" in value:
        return
    for match in re.finditer(r"""(['"])(\w+)\1""", value):
        yield match[2], match.start(2)


def _explained(found: Search, path: str, row: String, name: str) -> bool:
    return isinstance(variable(found.project, path, row.scope, name, row.start), Variable)


def _behind(found: Search, path: str, scope: int, parts: tuple[str, ...], start: int) -> frozenset[Variable]:
    return found.carried(resolve(found.project, path, scope, parts, start))


def _unclear(found: Search, targets: frozenset[Variable], path: str, row: String) -> None:
    found.object(
        targets,
        path,
        (row.start, row.end),
        "the name is spread over several pieces of a string, or written with escapes",
        "write the name in one piece",
    )


def _export(found: Search, path: str, row: String) -> None:
    targets = _behind(found, path, 0, (row.value,), -1) if row.value in found.wanted else frozenset()
    _refer_whole(found, targets, path, row, "__all__")


def _refer_whole(found: Search, targets: frozenset[Variable], path: str, row: String, kind: str) -> None:
    """The whole string is the name."""
    if not targets:
        return
    start = source_offset(runs(found.project.text(path), row.start, row.end), 0, len(row.value))
    if start is None:
        _unclear(found, targets, path, row)
    else:
        found.refer(targets, path, start, kind)


# -- arguments


def _argument(found: Search, path: str, facts: FileFacts, row: String) -> None:
    call = facts.calls[row.context[0]]
    key = row.context[1]
    callees = external_names(found.project, path, call.scope, call.function, call.start)
    if _is_relationship(found.project, path, facts, row, call, callees):
        if not ("secondary" in row.context[1:] and is_table(found.project, row.value)):
            _registry_expression(found, path, row)
    elif callees & _EVALUATORS:
        _evaluated(found, path, row)
    elif any(key in _FORWARD.get(name, ()) for name in callees):
        annotation(found, path, row)
    elif _is_patch(call):
        _patched(found, path, row, call, key)
    elif call.function and call.function[-1] in {"getattr", "hasattr", "delattr", "setattr", "attrgetter"}:
        _looked_up(found, path, row, call)
    elif not callees and (
        _in_model_body(found.project, path, facts, row) or _makes_relationships(found.project, path, call)
    ):
        _unknown_maker(found, path, row, call)
    else:
        _data(found, path, facts, row)


def _formatted(found: Search, path: str, facts: FileFacts, row: String) -> None:
    """An f-string that is put together to a path or an expression that names a model."""
    call = facts.calls[row.context[0]]
    callees = external_names(found.project, path, call.scope, call.function, call.start)
    patch = _is_patch(call) and row.context[1] in {0, "target"}
    if patch or _is_relationship(found.project, path, facts, row, call, callees):
        for name in spelled_in(row.value, list(found.wanted)):
            reason = f"{name} is part of a text that is put together at run time and then looked up"
            found.object(found.wanted[name], path, (row.start, row.end), reason, "write the text in one piece")


def _is_relationship(
    project: Project, path: str, facts: FileFacts, row: String, call: Call, callees: frozenset[str]
) -> bool:
    key = row.context[1]
    inner = row.context[2] if len(row.context) > 2 else ""
    if callees & RELATIONSHIP_MAKERS or (call.function and call.function[-1] in _RELATIONSHIP_NAMES):
        if key in {"sa_relationship_kwargs", "sa_relationship_args"}:
            return inner in EVALUATED_KEYS or key == "sa_relationship_args"
        return key in EVALUATED_KEYS or (key == 0 and "backref" not in call.function[-1:])
    if call.function == ("dict",) and key in EVALUATED_KEYS and call.parent >= 0:
        outer = facts.calls[call.parent]
        return bool(external_names(project, path, outer.scope, outer.function, outer.start) & RELATIONSHIP_MAKERS)
    return False


def _registry_expression(found: Search, path: str, row: String) -> None:
    owner = enclosing_class(found.project, path, row.scope)
    pieces = runs(found.project.text(path), row.start, row.end)
    if not _is_expression(row.value):
        for name in spelled_in(row.value, list(found.wanted)):
            reason = f"{name} stands in a text that is no expression, and is perhaps made one at run time"
            found.object(found.wanted[name], path, (row.start, row.end), reason, "write the expression in one piece")
    for parts, starts in expression_names(row.value):
        for index, name in enumerate(parts):
            if name not in found.wanted or (index and not _is_module_path(found, parts[:index], name)):
                continue
            start = source_offset(pieces, starts[index], len(name))
            if start is None:
                _unclear(found, frozenset(found.wanted[name]), path, row)
            elif index:
                _refer_by_module(found, path, parts[:index], name, start)
            else:
                refer_registered(found, path, name, start, owner)


def _evaluated(found: Search, path: str, row: String) -> None:
    """`eval("Character.id")`"""
    for name in spelled_in(row.value, list(found.wanted)):
        found.object(
            found.wanted[name], path, (row.start, row.end), "the text is run as code", "write the code as code"
        )


def _is_module_path(found: Search, parts: tuple[str, ...], name: str) -> bool:
    return any(_lives_in(target.path, parts) for target in found.wanted[name])


def _lives_in(path: str, parts: tuple[str, ...]) -> bool:
    """Whether the module of `path` ends with the dotted `parts`."""
    module = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return tuple(module[-len(parts) :]) == parts


def _refer_by_module(found: Search, path: str, parts: tuple[str, ...], name: str, start: int) -> None:
    fitting = [target for target in found.wanted[name] if _lives_in(target.path, parts)]
    if len(fitting) == 1:
        found.refer(fitting, path, start, "registry")
        return
    span = (start, start + len(name))
    found.object(fitting, path, span, f"{'.'.join(parts)}.{name} fits several models", "write a longer module path")


def _makes_relationships(project: Project, path: str, call: Call) -> bool:
    """Whether a call is of a function of the project in whose body a relationship is made."""
    target = resolve(project, path, call.scope, call.function, call.start)
    for item in denoted(project, target) if target is not None else ():
        if not isinstance(item, Variable):
            continue
        facts = project.facts(item.path)
        for binding in bindings_of(project, item):
            start, end = binding.statement
            inner = [row for row in facts.calls if binding.kind == "def" and start <= row.start < end]
            if any(row.function and row.function[-1] in _RELATIONSHIP_NAMES for row in inner):
                return True
    return False


def _variable_targets(found: Search, path: str, facts: FileFacts) -> None:
    """`relationship(OWNER)`: any text of the file that is a model's name may be the target."""
    for call in facts.calls:
        target = dict(call.arguments).get(0, dict(call.arguments).get("argument"))
        if not call.function or call.function[-1] not in _RELATIONSHIP_NAMES or target is None or target[0] != "name":
            continue
        behind = variable(found.project, path, call.scope, target[3], call.start)
        if isinstance(behind, Variable) and not any(_is_class(found.project, item) for item in _ends(found, behind)):
            names = {row.value for row in facts.strings if row.value in found.wanted}
            for name in sorted(names):
                reason = f'a relationship\'s target is computed, and "{name}" stands in this file'
                found.object(found.wanted[name], path, (call.start, call.end), reason, "write the target in place")


def _ends(found: Search, target: Target) -> frozenset[Target]:
    return denoted(found.project, target)


def _in_model_body(project: Project, path: str, facts: FileFacts, row: String) -> bool:
    return facts.scopes[row.scope].kind == CLASS and in_declarative_class(
        project, enclosing_class(project, path, row.scope)
    )


def _unknown_maker(found: Search, path: str, row: String, call: Call) -> None:
    """A project's own function called in the body of a model with a model's name: perhaps it makes a relationship."""
    if row.value in found.wanted:
        found.object(
            found.wanted[row.value],
            path,
            (row.start, row.end),
            f'"{row.value}" is handed to {".".join(call.function) or "a function"}, which may take it for a model',
            "write the relationship in the model, or hand over the class",
        )


def _is_patch(call: Call) -> bool:
    function = call.function
    if not function:
        return False
    if function[-1] in {"object", "multiple", "dict", "context_manager"} and "patch" in function:
        return True
    if function[-1] == "spy" and function[0] in _PATCHERS:
        return True
    return function[-1] in _PATCHES and (function[-1] == "patch" or function[0] in _PATCHERS)


def _patched(found: Search, path: str, row: String, call: Call, key: int | str) -> None:
    if key in {0, "target"}:
        _dotted(found, path, row, True)
        return
    owner = dict(call.arguments).get(0)
    if key not in {1, "name", "attribute"} or owner is None:
        return
    if row.value in found.wanted:
        for item in sorted(evaluate(found.project, path, call.scope, owner, call.start), key=repr):
            _refer_whole(found, found.carried(member(found.project, item, row.value)), path, row, "patch")


def _keywords(found: Search, path: str, facts: FileFacts) -> None:
    """`patch.multiple("app.services", Character=…)` names an attribute by a keyword."""
    for call in facts.calls:
        if call.function[-1:] == ("update_forward_refs",):
            for key, start in call.keywords:
                targets = _behind(found, path, call.scope, (key,), start)
                found.refer(targets, path, start, "namespace of annotations")
        if call.function[-1:] != ("multiple",) or "patch" not in call.function:
            continue
        owner = dict(call.arguments).get(0)
        if owner is None:
            continue
        for key, start in call.keywords:
            if key in found.wanted:
                for item in _owners(found.project, path, call, owner):
                    found.refer(found.carried(member(found.project, item, key)), path, start, "patch")


def _owners(project: Project, path: str, call: Call, owner: tuple[object, ...]) -> list[Target]:
    if owner[0] == "string":
        module = find_module(project, path, str(owner[3]))
        return [module]
    return sorted(evaluate(project, path, call.scope, owner, call.start), key=repr)


def _looked_up(found: Search, path: str, row: String, call: Call) -> None:
    """`getattr(models, "Character")`: the attribute's name is data, so a rename would break what computes it."""
    owner = dict(call.arguments).get(0)
    if row.value not in found.wanted or row.context[1] not in {0, 1}:
        return
    targets: set[Variable] = set()
    behind = evaluate(found.project, path, call.scope, owner, call.start) if owner else frozenset()
    for item in behind:
        targets |= found.carried(member(found.project, item, row.value))
    if not behind or call.function[-1] == "attrgetter":
        targets |= found.wanted[row.value]
    found.object(
        targets,
        path,
        (call.start, call.end),
        f'{call.function[-1]}(…, "{row.value}") looks the model up by its name at run time',
        "refer to the class itself",
    )


# -- subscripts, dotted paths, roles


def _subscript(found: Search, path: str, row: String) -> None:
    base = row.context
    if base[-1:] in {("globals()",), ("locals()",), ("vars()",), ("__dict__",), ("_class_registry",), ("modules",)}:
        if row.value in found.wanted:
            found.object(
                found.wanted[row.value],
                path,
                (row.start, row.end),
                f'{base[-1]}["{row.value}"] looks the model up by its name at run time',
                "refer to the class itself",
            )
        return
    if base and _is_generic(found.project, path, row, base):
        annotation(found, path, row)
    else:
        _data(found, path, found.project.facts(path), row)


_TYPING_HEADS = frozenset({"list", "dict", "set", "frozenset", "tuple", "type"})


def _is_generic(project: Project, path: str, row: String, base: tuple[str, ...]) -> bool:
    """Whether `base[…]` is a type and not an item of a mapping."""
    target = resolve(project, path, row.scope, base, row.start)
    if target is None:
        return False
    for item in denoted(project, target):
        match item:
            case External(name=name):
                head = name.rpartition(".")[2]
                if name.startswith("builtins.") and head not in _TYPING_HEADS:
                    return False
                return head in _TYPING_HEADS or (head[:1].isupper() and head not in {"Literal"} and "()" not in name)
            case Variable():
                return _is_class(project, item)
    return False


def _data(found: Search, path: str, facts: FileFacts, row: String) -> None:
    if _DOTTED.fullmatch(row.value):
        _dotted(found, path, row, False)
    elif row.value in found.wanted and _answers_attributes(facts):
        targets = _behind(found, path, 0, (row.value,), -1) or found.wanted[row.value]
        found.object(
            targets,
            path,
            (row.start, row.end),
            f'the module\'s __getattr__ may look "{row.value}" up by this string',
            "import the model eagerly, or rename it by hand here",
        )


def _answers_attributes(facts: FileFacts) -> bool:
    return any(row.kind == "def" for row in facts.bound.get((0, "__getattr__"), ()))


def _dotted(found: Search, path: str, row: String, patch: bool) -> None:
    """A dotted path, followed as an import would be. What a patch names is renamed; others read it at run time."""
    separators = [match.start() for match in re.finditer(r"[.:]", row.value)]
    parts = tuple(re.split(r"[.:]", row.value))
    current: Target | None = find_module(found.project, path, parts[0])
    for index, name in enumerate(parts[1:]):
        if not isinstance(current, (Module, Variable)):
            return
        current = _step(found.project, current, name)
        targets = found.carried(current)
        if not targets:
            continue
        start = source_offset(runs(found.project.text(path), row.start, row.end), separators[index] + 1, len(name))
        if not patch:
            found.object(
                targets,
                path,
                (row.start, row.end),
                f'"{row.value}" names the model by its import path, and something reads it at run time',
                "refer to the class itself, or rename it by hand here",
            )
        elif start is None:
            _unclear(found, targets, path, row)
        else:
            found.refer(targets, path, start, "patch")


def _step(project: Project, target: Target, name: str) -> Target | None:
    for item in sorted(denoted(project, target), key=repr):
        found = member(project, item, name)
        if found is not None:
            return found
    return None


def _roles(found: Search, path: str, row: String) -> None:
    """References in docstrings, such as ``:class:`Character` `` and ``:class:`the hero <app.models.Character>` ``."""
    if ":`" not in row.value:
        return
    pieces = runs(found.project.text(path), row.start, row.end)
    for role in _ROLE.finditer(row.value):
        inner = re.search(r"<([^<>]*)>\s*$", role[1])
        target = inner[1] if inner else role[1]
        offset = role.start(1) + (inner.start(1) if inner else 0)
        words = list(_WORD.finditer(target))
        parts = tuple(word[0] for word in words)
        for index, word in enumerate(words):
            if word[0] in found.wanted:
                targets = _role_targets(found, path, row, parts[: index + 1])
                start = source_offset(pieces, offset + word.start(), len(word[0]))
                if start is not None:
                    found.refer(targets, path, start, "documentation")


def _role_targets(found: Search, path: str, row: String, parts: tuple[str, ...]) -> frozenset[Variable]:
    steps = resolve_steps(found.project, path, row.scope, parts, row.start)
    if len(steps) == len(parts) and found.carried(steps[-1]):
        return found.carried(steps[-1])
    if len(parts) == 1:
        return frozenset()
    current: Target | None = find_module(found.project, path, parts[0])
    for name in parts[1:]:
        current = _step(found.project, current, name) if isinstance(current, (Module, Variable)) else None
    return found.carried(current)


def _type_comments(found: Search, path: str, facts: FileFacts, names: list[str]) -> None:
    text = found.project.text(path)
    if "type:" not in text:
        return
    strings = [(row.start, row.end) for row in facts.strings]
    for comment in _TYPE_COMMENT.finditer(text):
        if any(start <= comment.start() < end for start, end in strings):
            continue
        for word in _WORD.finditer(comment[1]):
            if word[0] in names:
                start = comment.start(1) + word.start()
                scope = _scope_at(facts, start)
                dotted = re.search(r"[\w.]*$", comment[1][: word.end()])
                parts = tuple(dotted[0].split(".")) if dotted else (word[0],)
                found.refer(_behind(found, path, scope, parts, start), path, start, "type comment")


def _scope_at(facts: FileFacts, offset: int) -> int:
    """The innermost scope around an offset."""
    inside = [index for index, row in enumerate(facts.scopes) if row.start <= offset < row.end]
    return max(inside, key=lambda index: facts.scopes[index].start, default=0)
