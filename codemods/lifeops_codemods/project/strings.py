"""Names within string literals: what each string is read as, and what follows from that.

Of the strings that equal a model's name about one in ten means the model, so a string is read as a name only where
something reads it so. Here the role of a string decides which module is asked: `string_annotations`,
`string_relationships`, `string_paths` or `string_documents`.
"""

from __future__ import annotations

from lifeops_codemods.facts.model import Call, FileFacts, String
from lifeops_codemods.project import Project
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import (
    Target,
    Variable,
    denoted,
    evaluate,
    external_names,
    member,
    resolve,
)
from lifeops_codemods.project.naming import NameRead, name_reads
from lifeops_codemods.project.references import Search, spelled_in
from lifeops_codemods.project.registry import is_table
from lifeops_codemods.project.string_annotations import annotation, is_class, refer_whole, variables_behind
from lifeops_codemods.project.string_documents import examples, roles, type_comments
from lifeops_codemods.project.string_paths import DOTTED, dotted_path, is_patch, patched, patched_keywords
from lifeops_codemods.project.string_relationships import (
    in_model_body,
    is_relationship,
    makes_relationships,
    registry_expression,
    unknown_maker,
    variable_targets,
)
from lifeops_codemods.project.trees import dotted_parts, span_of

_NEAR = 400
"""How far, in code points, the two sides of a comparison may stand apart."""
_FORWARD = {
    "typing.cast": {0},
    "typing.ForwardRef": {0},
    "typing.TypeVar": {"bound", "default", *range(1, 30)},
    "typing.NewType": {1},
    "typing.assert_type": {1},
}
_FORWARD |= {name.replace("typing.", "typing_extensions."): keys for name, keys in _FORWARD.items()}
_NAMESPACES = {("model_rebuild",), ("update_forward_refs",), ("get_type_hints",), ("evaluate_forwardref",)}
_EVALUATORS = frozenset({"builtins.eval", "builtins.exec", "builtins.compile"})
_TYPING_HEADS = frozenset({"list", "dict", "set", "frozenset", "tuple", "type"})


def search(found: Search, path: str, facts: FileFacts) -> None:
    """Add what the strings and type comments of one file say of the wanted names."""
    names = list(found.wanted)
    for row in facts.strings:
        if spelled_in(row.value, found.wanted):
            _string(found, path, facts, row)
    patched_keywords(found, path, facts)
    variable_targets(found, path, facts)
    type_comments(found, path, facts, names)


def _string(found: Search, path: str, facts: FileFacts, row: String) -> None:
    match row.role:
        case "annotation":
            annotation(found, path, row)
        case "all":
            _export(found, path, row)
        case "doc":
            roles(found, path, row)
            examples(found, path, row)
        case "argument":
            _argument(found, path, facts, row)
        case "key" if row.context and facts.calls[row.context[0]].function[-1:] in _NAMESPACES:
            if row.value in found.wanted:
                targets = variables_behind(found, path, row.scope, (row.value,), row.start)
                refer_whole(found, targets, path, row, "namespace of annotations")
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
    defined = [item for item in behind if isinstance(item, External) or is_class(found.project, item)]
    return [target, *behind] if len(defined) == len(behind) else []


def _export(found: Search, path: str, row: String) -> None:
    targets = variables_behind(found, path, 0, (row.value,), -1) if row.value in found.wanted else frozenset()
    refer_whole(found, targets, path, row, "__all__")


def _argument(found: Search, path: str, facts: FileFacts, row: String) -> None:
    call = facts.calls[row.context[0]]
    key = row.context[1]
    callees = external_names(found.project, path, call.scope, call.function, call.start)
    if is_relationship(found.project, path, facts, row, call, callees):
        if not ("secondary" in row.context[1:] and is_table(found.project, row.value)):
            registry_expression(found, path, row)
    elif callees & _EVALUATORS:
        _evaluated(found, path, row)
    elif any(key in _FORWARD.get(name, ()) for name in callees):
        annotation(found, path, row)
    elif is_patch(call):
        patched(found, path, row, call, key)
    elif call.function and call.function[-1] in {"getattr", "hasattr", "delattr", "setattr", "attrgetter"}:
        _looked_up(found, path, row, call)
    elif not callees and (
        in_model_body(found.project, path, facts, row) or makes_relationships(found.project, path, call)
    ):
        unknown_maker(found, path, row, call)
    else:
        _data(found, path, facts, row)


def _formatted(found: Search, path: str, facts: FileFacts, row: String) -> None:
    """An f-string that is put together to a path or an expression that names a model."""
    call = facts.calls[row.context[0]]
    callees = external_names(found.project, path, call.scope, call.function, call.start)
    patch = is_patch(call) and row.context[1] in {0, "target"}
    if patch or is_relationship(found.project, path, facts, row, call, callees):
        for name in spelled_in(row.value, found.wanted):
            reason = f"{name} is part of a text that is put together at run time and then looked up"
            found.object(found.wanted[name], path, (row.start, row.end), reason, "write the text in one piece")


def _evaluated(found: Search, path: str, row: String) -> None:
    """`eval("Character.id")`"""
    for name in spelled_in(row.value, found.wanted):
        found.object(
            found.wanted[name], path, (row.start, row.end), "the text is run as code", "write the code as code"
        )


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
                return is_class(project, item)
    return False


def _data(found: Search, path: str, facts: FileFacts, row: String) -> None:
    if DOTTED.fullmatch(row.value):
        dotted_path(found, path, row, False)
    elif row.value in found.wanted and _answers_attributes(facts):
        targets = variables_behind(found, path, 0, (row.value,), -1) or found.wanted[row.value]
        found.object(
            targets,
            path,
            (row.start, row.end),
            f'the module\'s __getattr__ may look "{row.value}" up by this string',
            "import the model eagerly, or rename it by hand here",
        )


def _answers_attributes(facts: FileFacts) -> bool:
    return any(row.kind == "def" for row in facts.bound.get((0, "__getattr__"), ()))
