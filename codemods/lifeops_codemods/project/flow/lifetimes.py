"""What instances keep: what a fresh one was given, what a commit or a refresh makes one forget."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from lifeops_codemods.facts.expressions import parts
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.flow import attributes
from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.values import (
    NOTHING,
    Arguments,
    Entity,
    Fresh,
    Place,
    Symbol,
    Value,
    inside,
)
from lifeops_codemods.project.relationships import relationships

if TYPE_CHECKING:
    from lifeops_codemods.project.flow.engine import Engine


class Refresh(NamedTuple):
    """A `session.refresh(x)`: where, and which attributes it names (None for none).

    target: the same call with names, where they can be filled in; None where it cannot be repeated as it stands.
    is_async: by an async session, under which nothing loads when it is read.
    """

    place: Place
    names: tuple[str, ...] | None
    target: str | None
    is_async: bool


def assigned(engine: Engine, fresh: Fresh, values: Mapping[str, Value]) -> None:
    """Attributes that are set on a fresh instance."""
    engine.given_to.setdefault(fresh.site, {}).update(values)


def given(engine: Engine, fresh: Fresh, name: str) -> Value | None:
    """What was set as an attribute of a fresh instance; None where nothing was, or where it was forgotten."""
    return None if fresh.since is not None else engine.given_to.get(fresh.site, {}).get(name)


def replaces_collection(engine: Engine, frame: Frame, atom: Entity | Symbol, name: str) -> bool:
    """Whether assigning to the attribute replaces a collection of a loaded instance."""
    if isinstance(atom, Symbol):
        return False
    model = attributes.model_behind(frame, atom)
    found = relationships(engine.project, model).get(name) if model is not None else None
    return found is not None and found.many


def forget(engine: Engine, frame: Frame, place: Place) -> None:
    """A commit makes all instances forget what was loaded."""
    frame.forgets = place
    for name, value in frame.env.items():
        frame.env[name] = _since(value, place)


def refreshed(engine: Engine, frame: Frame, node: ast.Call, given: Arguments, place: Place, *, is_async: bool) -> Value:
    """`session.refresh(x)` loads columns anew, and of the relationships those that it names."""
    names = _names_given(node)
    simple = all(isinstance(argument, ast.Name) for argument in node.args) and not node.keywords
    again = f"{ast.unparse(node.func)}({ast.unparse(node.args[0])}, attribute_names=[{{names}}])"
    engine.refreshes[place] = Refresh(place, names, again if simple else None, is_async)
    if not given.positional:
        return NOTHING
    told = given.positional[0]
    for name, value in frame.env.items():
        if value & told:
            same = frozenset(value & told)
            frame.env[name] = frozenset(value - same) | _since(same, place)
    return NOTHING


def _since(value: Value, place: Place) -> Value:
    if not value:
        return value
    return frozenset(
        atom._replace(since=place)
        if isinstance(atom, (Entity, Fresh))
        else inside(atom, lambda inner: _since(inner, place))
        for atom in value
    )


def _names_given(node: ast.Call) -> tuple[str, ...] | None:
    given = node.args[1] if len(node.args) > 1 else None
    for keyword in node.keywords:
        if keyword.arg == "attribute_names":
            given = keyword.value
    if not isinstance(given, (ast.List, ast.Tuple, ast.Set)):
        return None if given is None else ("?",)
    values = [item.value if isinstance(item, ast.Constant) else "?" for item in given.elts]
    return tuple(str(value) for value in values)


@question
def expires_on_commit(project: Project, is_async: bool) -> bool:
    """Whether a commit expires instances: it does unless every maker of such sessions in the project says otherwise.

    Where none makes async ones by name, those of all sessions count.
    """
    makers: list[tuple[bool, bool]] = []
    for path in project.mentioning(["expire_on_commit", "sessionmaker", "async_sessionmaker", "AsyncSession"]):
        for row in project.facts(path).calls:
            last = row.function[-1] if row.function else ""
            keywords = dict(row.arguments)
            value = keywords.get("expire_on_commit")
            if value is not None or last in {"sessionmaker", "async_sessionmaker"}:
                made = parts(keywords["class_"])[-1:] if "class_" in keywords else (last,)
                made_async = made in {("AsyncSession",), ("async_sessionmaker",)}
                makers.append((made_async, value is not None and value[0] == "constant" and value[3] is False))
    asked = [kept for made_async, kept in makers if made_async is is_async]
    if is_async and not asked:
        asked = [kept for _, kept in makers]
    return not asked or not all(asked)
