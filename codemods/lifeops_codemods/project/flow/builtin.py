"""Python's own functions and methods that hand on what they get, or call what they get."""

from __future__ import annotations

import ast
from collections.abc import Callable

from lifeops_codemods.project.flow import applying, attributes, expressions
from lifeops_codemods.project.flow.frame import Frame, Step
from lifeops_codemods.project.flow.values import (
    NO_ARGUMENTS,
    NOTHING,
    Arguments,
    Atom,
    Constant,
    Entity,
    Fixed,
    Fresh,
    Items,
    Place,
    Record,
    Value,
    join,
    one,
)

_ITEM_PASSED = frozenset({"builtins.next", "builtins.anext", "random.choice", "builtins.max", "builtins.min"})
_SAME_ITEMS = frozenset(
    {
        "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.sorted", "builtins.reversed",
        "builtins.iter", "builtins.aiter", "builtins.dict", "collections.deque", "collections.OrderedDict",
        "collections.defaultdict", "itertools.islice", "itertools.takewhile", "itertools.dropwhile", "random.sample",
        "collections.Counter", "heapq.nlargest", "heapq.nsmallest",
    }
)  # fmt: skip
_FIRST = frozenset(
    {
        "copy.copy", "copy.deepcopy", "asyncio.wait_for", "asyncio.shield", "asyncio.create_task", "asyncio.run",
        "asyncio.ensure_future", "anyio.run", "dataclasses.replace", "asgiref.sync.async_to_sync",
        "asgiref.sync.sync_to_async", "builtins.property", "functools.wraps",
    }
)  # fmt: skip
_TEXTS = {
    "builtins.str": ("__str__", "__repr__"),
    "builtins.print": ("__str__", "__repr__"),
    "builtins.format": ("__str__", "__repr__"),
    "builtins.repr": ("__repr__",),
}
_CASTS = frozenset({"typing.cast", "typing_extensions.cast"})
_CALLS_FIRST = frozenset(
    {
        "asyncio.to_thread", "fastapi.concurrency.run_in_threadpool", "starlette.concurrency.run_in_threadpool",
        "anyio.to_thread.run_sync", "functools.reduce",
    }
)  # fmt: skip


def call(frame: Frame, name: str, given: Arguments, place: Place, node: ast.Call | None) -> Value | None:
    """What a call of a known function outside the project gives; None where the function is not known here."""
    first = given.positional[0] if given.positional else given.spread
    if name == "builtins.iter" and len(given.positional) == 2:
        return one(Items(_called(frame, first, NO_ARGUMENTS, place)))
    if name == "functools.partial":
        _called(frame, first, given._replace(positional=given.positional[1:], known=(), complete=False), place)
        return first
    if name in _SAME_ITEMS:
        items = _items(frame, first, place)
        _apply_key(frame, given, items, place)
        named = [one(Record(given.keywords))] if name == "builtins.dict" and given.keywords else []
        kept = [one(atom) for atom in first if isinstance(atom, (Fixed, Record)) and name != "builtins.sorted"]
        return join((one(Items(items)), *named, *kept))
    if name in _ITEM_PASSED:
        several = len(given.positional) > 1 and name in {"builtins.max", "builtins.min"}
        items = join(given.positional) if several else _items(frame, first, place)
        _apply_key(frame, given, items, place)
        return items
    if name in _FIRST:
        return first
    if name in _CASTS:
        return given.positional[1] if len(given.positional) > 1 else NOTHING
    if name in _CALLS_FIRST:
        return _called(frame, first, Arguments(given.positional[1:], given.keywords, given.spread), place)
    if name in _TEXTS:
        for value in given.positional:
            expressions.formatted(frame, value, place, *_TEXTS[name])
        return NOTHING
    known = _KNOWN.get(name)
    return known(frame, given, place) if known is not None else None


def _items(frame: Frame, value: Value, place: Place) -> Value:
    """What a function that is called at a place gets out of what it is handed."""
    return expressions.iterated(frame, value, Place(place.path, place.start, place.start))


def _called(frame: Frame, function: Value, given: Arguments, place: Place) -> Value:
    return join([applying.apply(frame, atom, given, place) for atom in function])


def _apply_key(frame: Frame, given: Arguments, items: Value, place: Place) -> None:
    """`sorted(quests, key=lambda quest: …)` calls the key for each item."""
    key = dict(given.keywords).get("key")
    if key:
        _called(frame, key, Arguments((items,)), place)


def _enumerate(frame: Frame, given: Arguments, place: Place) -> Value:
    items = _items(frame, given.positional[0], place) if given.positional else NOTHING
    return one(Items(one(Fixed((NOTHING, items)))))


def _zip(frame: Frame, given: Arguments, place: Place) -> Value:
    return one(Items(one(Fixed(tuple(_items(frame, value, place) for value in given.positional)))))


def _map(frame: Frame, given: Arguments, place: Place) -> Value:
    if len(given.positional) < 2:
        return NOTHING
    function, *sources = given.positional
    items = tuple(_items(frame, source, place) for source in sources)
    return one(Items(_called(frame, function, Arguments(items), place)))


def _filter(frame: Frame, given: Arguments, place: Place) -> Value:
    if len(given.positional) < 2:
        return NOTHING
    items = _items(frame, given.positional[1], place)
    _called(frame, given.positional[0], Arguments((items,)), place)
    return one(Items(items))


def _gather(frame: Frame, given: Arguments, place: Place) -> Value:
    return one(Items(given.spread)) if given.spread else one(Fixed(given.positional))


def _chain(frame: Frame, given: Arguments, place: Place) -> Value:
    return one(Items(join(_items(frame, value, place) for value in given.positional)))


def _chain_nested(frame: Frame, given: Arguments, place: Place) -> Value:
    outer = _items(frame, given.positional[0], place) if given.positional else NOTHING
    return one(Items(_items(frame, outer, place)))


def _group(frame: Frame, given: Arguments, place: Place) -> Value:
    items = _items(frame, given.positional[0], place) if given.positional else NOTHING
    for key in (*given.positional[1:2], *(value for name, value in given.keywords if name == "key")):
        _called(frame, key, Arguments((items,)), place)
    return one(Items(one(Fixed((NOTHING, one(Items(items)))))))


def _getattr(frame: Frame, given: Arguments, place: Place) -> Value:
    """`getattr(x, "name")` is `x.name`; a computed name may be any."""
    if len(given.positional) < 2:
        return NOTHING
    value, name = given.positional[:2]
    names = [atom.value for atom in name if isinstance(atom, Constant) and isinstance(atom.value, str)]
    if len(names) == 1 and len(name) == 1:
        return attributes.attribute(frame, value, names[0], place, Step(place, f".{names[0]} is read"))
    for atom in value:
        if isinstance(atom, (Entity, Fresh)):
            frame.engine.computed(atom, place)
    return NOTHING


_KNOWN: dict[str, Callable[[Frame, Arguments, Place], Value]] = {
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
    "builtins.map": _map,
    "builtins.filter": _filter,
    "builtins.getattr": _getattr,
    "builtins.hasattr": _getattr,
    "asyncio.gather": _gather,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_nested,
    "itertools.groupby": _group,
}

_MEMBER = frozenset({"get", "pop", "popleft", "setdefault", "popitem", "__getitem__", "__next__", "__anext__"})
_WHOLE = frozenset({"values", "copy", "union", "difference", "intersection", "most_common"})


def method(frame: Frame, of: Atom, name: str, given: Arguments, place: Place) -> Value:
    """What a method of a collection gives."""
    match of:
        case Record(fields=fields) if name in {"get", "pop", "setdefault"}:
            keys = {atom.value for value in given.positional[:1] for atom in value if isinstance(atom, Constant)}
            named = [value for key, value in fields if not keys or key in keys]
            return join((*named, *given.positional[1:]))
        case Items() | Record() | Fixed():
            items = _items(frame, one(of), place)
            if name in _MEMBER:
                return join((items, *given.positional[1:]))
            if name in _WHOLE:
                return one(Items(items))
            if name == "items":
                return one(Items(one(Fixed((NOTHING, items)))))
            if name == "sort":
                _apply_key(frame, given, items, place)
    return NOTHING
