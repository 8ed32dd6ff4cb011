"""Libraries that build or run queries themselves."""

from __future__ import annotations

from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.values import (
    NOTHING,
    Arguments,
    Entity,
    Execution,
    Foreign,
    Items,
    Place,
    Record,
    Statement,
    Value,
    join,
    one,
)

_PAGINATE = ("fastapi_pagination.",)
_SESSIONS = ("sqlalchemy.", "sqlmodel.")


def call(frame: Frame, name: str, given: Arguments, place: Place) -> Value:
    """What a call into a library gives."""
    if name.startswith(_PAGINATE) and name.endswith(("paginate", "apaginate")):
        return _page(frame, given, place)
    if name.startswith(_SESSIONS) and name.endswith(("Session", "sessionmaker")):
        return one(Foreign(name, True))
    return NOTHING


def _page(frame: Frame, given: Arguments, place: Place) -> Value:
    """`paginate(session, select(Quest))` runs the statement and gives a page of its entities."""
    found = []
    for value in (*given.positional, *(value for _, value in given.keywords)):
        for atom in value:
            if isinstance(atom, Statement):
                execution = Execution(place, True)
                frame.ran(atom, execution)
                found.append(one(Entity(atom, execution, 0, (), True)))
    return one(Record((("items", one(Items(join(found)))),))) if found else NOTHING
