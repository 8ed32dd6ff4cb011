"""SQLAlchemy's loader options: which relationships `selectinload(A.b).joinedload(B.c)` loads.

Source: SQLAlchemy 2.0, "Relationship Loading Techniques".
"""

from __future__ import annotations

from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.values import (
    LONGEST_PATH,
    Attribute,
    Constant,
    Fixed,
    Foreign,
    Items,
    Load,
    Path,
    Statement,
    Symbol,
    Value,
)

LOADS = {
    "selectinload": "load",
    "joinedload": "load",
    "subqueryload": "load",
    "immediateload": "load",
    "contains_eager": "load",
    "eagerload": "load",
    "joinedload_all": "load",
    "defaultload": "pass",
    "lazyload": "pass",
    "noload": "none",
    "raiseload": "raise",
    "load_only": "columns",
    "defer": "columns",
    "undefer": "columns",
    "undefer_group": "columns",
    "with_expression": "columns",
    "selectin_polymorphic": "columns",
    "with_loader_criteria": "columns",
    "Load": "columns",
    "options": "columns",
}
LOADERS = {
    f"{module}.{name}": name for module in ("sqlalchemy.orm", "sqlalchemy.orm.strategy_options") for name in LOADS
}

EVERYTHING = "*"


def is_loader(name: str) -> bool:
    """Whether a dotted name is one of SQLAlchemy's loader options."""
    return name in LOADERS


def loader(before: Load | None, name: str, arguments: tuple[Value, ...], *, is_plain: bool) -> Value:
    """The option that `name(*arguments)` makes, or that `before.name(*arguments)` goes on with.

    Several, where it stands for several: each step of a chain loads as well. is_plain: it has no keywords.
    """
    kind = LOADS.get(name)
    path = before.path if before is not None else ()
    inherited: frozenset[Load] = frozenset() if before is None else frozenset((before,))
    if kind is None or kind == "columns":
        nested = [item for value in arguments for item in options_in(value)] if name == "options" else []
        below = {item._replace(path=(*path, *item.path)) for item in nested}
        return frozenset((*inherited, *below)) or frozenset((Load((), "columns", name),))
    names = [found for value in arguments for found in _names(value)]
    if not names:
        return inherited or frozenset((Load((), "columns", name),))
    return frozenset((Load((*path, *names), kind, name, is_plain), *inherited))


def recursive(made: Value) -> Value:
    """`selectinload(Quest.parts, recursion_depth=-1)` loads the parts of parts as well, and so on."""
    return frozenset(
        atom._replace(path=atom.path * times)
        for atom in made
        if isinstance(atom, Load)
        for times in range(1, LONGEST_PATH + 1)
    )


def _names(value: Value) -> list[str]:
    found = {atom.name for atom in value if isinstance(atom, Attribute)}
    texts = {atom.value for atom in value if isinstance(atom, Constant) and isinstance(atom.value, str)}
    only = found or texts
    return only.pop().split(".") if len(only) == 1 else []


def kinds_for(loads: frozenset[Load], path: Path) -> frozenset[str]:
    """What options say of a path: `load`, `raise`, `none`; a loader of `"*"` speaks of all that no other names."""
    named = frozenset(load.kind for load in loads if load.path == path)
    return named or frozenset(
        load.kind for load in loads if load.path[:-1] == path[:-1] and load.path[-1:] == (EVERYTHING,)
    )


def options_in(value: Value) -> list[Load]:
    """The loader options among what a value may be, in lists too."""
    found: list[Load] = []
    for atom in value:
        match atom:
            case Load():
                found.append(atom)
            case Items(of=of):
                found += options_in(of)
            case Fixed(of=items):
                found += [item for inner in items for item in options_in(inner)]
    return found


def with_options(frame: Frame, statement: Statement, arguments: tuple[Value, ...]) -> Statement:
    """The statement with loader options; opaque where one of them is not understood."""
    loads = {load for value in arguments for load in options_in(value)}
    handed = {atom for value in arguments for atom in value if isinstance(atom, Symbol)}
    opaque = any(not is_understood(value) for value in arguments)
    return statement._replace(
        loads=statement.loads | loads, opaque=statement.opaque or opaque, handed=statement.handed | handed
    )


def is_understood(value: Value) -> bool:
    """Whether all that an option may be is a loader, a list of such, or what the caller says."""
    return bool(value) and all(
        isinstance(atom, (Load, Symbol))
        or (isinstance(atom, Items) and (not atom.of or is_understood(atom.of)))
        or (isinstance(atom, Fixed) and all(is_understood(item) for item in atom.of))
        or (isinstance(atom, Foreign) and atom.instance)
        for atom in value
    )
