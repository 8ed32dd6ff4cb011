"""Calls and lookups that raise for some values, where the value comes from the request as it is.

| what | raises |
| --- | --- |
| `int(x)`, `float(x)`, `UUID(x)`, `date.fromisoformat(x)` and its relatives, `datetime.strptime(x, …)` | `ValueError` |
| `SomeEnum(x)` | `ValueError` |
| `TABLE[x]`, of a dictionary that the module writes out | `KeyError` |

A parameter of an endpoint is a text of the request if it is annotated `str`, or not annotated at all; a key may be an
`int` too. Where a condition looks at it first, nothing is known.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ancestors, classes_behind
from lifeops_codemods.project.exceptions.kinds import KEY_ERROR, VALUE_ERROR, Kind
from lifeops_codemods.project.functions import FunctionNode, FunctionRef
from lifeops_codemods.project.locals import is_examined
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, bindings_of
from lifeops_codemods.project.routes import routes_of
from lifeops_codemods.project.scopes import targets_of
from lifeops_codemods.project.walking import walk

_RAISE_VALUE_ERROR = frozenset(
    {
        "builtins.int", "builtins.float", "uuid.UUID", "datetime.date.fromisoformat",
        "datetime.datetime.fromisoformat", "datetime.time.fromisoformat", "datetime.datetime.strptime",
        "ipaddress.ip_address", "ipaddress.ip_network",
    }
)  # fmt: skip
_TEXTS = frozenset({"str"})
_KEYS = frozenset({"str", "int"})
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})


def from_request(project: Project, ref: FunctionRef, node: FunctionNode | None, call: ast.Call) -> list[Kind]:
    """What the call raises for some value of a parameter that the client chooses."""
    if node is None or not call.args or not isinstance(call.args[0], ast.Name):
        return []
    name = call.args[0].id
    if not routes_of(project, ref) or name not in _sent(node, _TEXTS) or is_examined(node, name):
        return []
    return [VALUE_ERROR] if _raises(project, ref.path, call.func) else []


def looked_up(project: Project, ref: FunctionRef, node: FunctionNode | None, lookup: ast.Subscript) -> list[Kind]:
    """What a lookup raises for some value of a parameter that the client chooses."""
    if node is None or not isinstance(lookup.slice, ast.Name) or not isinstance(lookup.value, ast.Name):
        return []
    name = lookup.slice.id
    if not routes_of(project, ref) or name not in _sent(node, _KEYS) or is_examined(node, name):
        return []
    targets = targets_of(project, ref.path, lookup.value)
    return [KEY_ERROR] if targets and all(_is_table(project, one) for one in targets) else []


def _is_table(project: Project, target: object) -> bool:
    """Whether a variable is a dictionary written out at module level, and nothing else."""
    if not isinstance(target, Variable) or target.scope != 0:
        return False
    rows = bindings_of(project, target)
    return len(rows) == 1 and rows[0].value is not None and rows[0].value[0] == "dict"


def _sent(node: FunctionNode, kinds: frozenset[str]) -> set[str]:
    """The parameters that hold what the client wrote, unless the body binds them anew."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    defaults = [
        *[None] * (len(node.args.posonlyargs) + len(node.args.args) - len(node.args.defaults)),
        *node.args.defaults,
        *node.args.kw_defaults,
    ]
    bound = _bound(node)
    return {
        argument.arg
        for argument, default in zip(arguments, defaults, strict=True)
        if argument.arg not in bound and argument.arg not in {"self", "cls"} and _is_of(argument, default, kinds)
    }


@lru_cache(maxsize=256)
def _bound(node: FunctionNode) -> frozenset[str]:
    """The names that are stored to anywhere in a function."""
    return frozenset(one.id for one in walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))


def _is_of(argument: ast.arg, default: ast.expr | None, kinds: frozenset[str]) -> bool:
    if isinstance(argument.annotation, ast.Name):
        return argument.annotation.id in kinds and not _is_pattern(default)
    return argument.annotation is None and not isinstance(default, ast.Call)


def _is_pattern(default: ast.expr | None) -> bool:
    """`Query(pattern=…)`, `Depends(…)`: the text has been looked at, or is not the client's."""
    if not isinstance(default, ast.Call):
        return False
    name = default.func.attr if isinstance(default.func, ast.Attribute) else getattr(default.func, "id", "")
    return name == "Depends" or any(keyword.arg in {"pattern", "regex"} for keyword in default.keywords)


def _raises(project: Project, path: str, function: ast.expr) -> bool:
    for item in targets_of(project, path, function):
        if isinstance(item, External):
            return item.name in _RAISE_VALUE_ERROR
        for owner in classes_behind(project, item):
            return any(isinstance(base, External) and base.name in _ENUMS for base in ancestors(project, owner))
    return False
