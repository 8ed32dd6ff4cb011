"""SQLAlchemy: what makes a statement, what running it gives, and what the results hand out.

Source: SQLAlchemy 2.0, "ORM Querying Guide" and "Session API"; `Query` is its legacy interface.
"""

from __future__ import annotations

import itertools
import math

from lifeops_codemods.project.classes import ClassRef
from lifeops_codemods.project.flow.frame import Frame
from lifeops_codemods.project.flow.loaders import with_options
from lifeops_codemods.project.flow.values import (
    NOTHING,
    Atom,
    ClassValue,
    Entity,
    Execution,
    Fixed,
    Foreign,
    Items,
    Object,
    Outcome,
    Place,
    Statement,
    Symbol,
    Value,
    join,
    one,
)
from lifeops_codemods.project.models import model_of

SELECTS = frozenset(
    {
        "sqlalchemy.select", "sqlalchemy.future.select", "sqlalchemy.sql.select", "sqlalchemy.sql.expression.select",
        "sqlalchemy.orm.Query", "sqlmodel.select", "sqlmodel.sql.expression.select",
    }
)  # fmt: skip
ALIASES = frozenset({"sqlalchemy.orm.aliased", "sqlalchemy.orm.util.aliased"})
_ASYNC_SESSIONS = ("AsyncSession", "async_scoped_session", "AsyncConnection")
_SESSION = ("sqlalchemy.", "sqlmodel.")

LIBRARY = "library"
"""The kind of a statement that a library builds or changes."""
REPOSITORY = "repository"
"""The kind that stands for a library's repository: each of its methods runs a query."""
_MOST_CHOICES = 4
FLUENT = frozenset(
    {
        "where", "filter", "filter_by", "order_by", "group_by", "having", "distinct", "limit", "offset", "join",
        "outerjoin", "join_from", "outerjoin_from", "select_from", "with_for_update", "execution_options", "params",
        "correlate", "correlate_except", "prefix_with", "suffix_with", "with_hint", "with_statement_hint", "slice",
        "fetch", "enable_eagerloads", "populate_existing", "yield_per", "autoflush", "reset_joinpoint",
        "from_statement",
        "enable_assertions", "with_session", "set_label_style", "add_cte", "execute_options", "with_transformation",
    }
)  # fmt: skip
"""Methods of a statement that give a statement of the same entities."""
OF_STATEMENTS = frozenset({"where", "order_by", "group_by", "limit", "offset"})
"""Those that only statements have: what they are called on is one, and stays so. They make no way longer."""
RUNS = frozenset({"execute", "scalars", "scalar", "stream", "stream_scalars", "exec"})
_SETS = frozenset({"union", "union_all", "intersect", "except_", "intersect_all", "except_all"})
"""Methods that make one query of several: the options of the first hold for all that a legacy query gives."""
_GETS = frozenset({"get", "get_one"})
_ALL = frozenset({"all", "fetchall", "fetchmany", "partitions", "to_list"})
_ONE = frozenset({"first", "one", "one_or_none", "fetchone", "get", "get_one"})
_SCALAR = frozenset({"scalar", "scalar_one", "scalar_one_or_none"})
RESULTS = _ALL | _ONE | _SCALAR | {"scalars"}
"""Methods of a legacy query that run it."""
_SAME = frozenset({"unique", "tuples", "freeze", "yield_per", "columns", "execution_options"})


# -- statements


def made(kind: str, arguments: tuple[Value, ...], place: Place) -> Value:
    """The statement that selects `arguments`; several, where what it selects is one of several."""
    choices = [_choices(value) for value in arguments]
    if math.prod(map(len, choices)) > _MOST_CHOICES:
        choices = [(_entity(value),) for value in arguments]
    return frozenset(Statement(place, kind, entities) for entities in itertools.product(*choices))


def _choices(value: Value) -> tuple[ClassRef | Symbol | None, ...]:
    found = {atom.of if isinstance(atom, ClassValue) else atom for atom in value}
    known = tuple(item for item in found if isinstance(item, (ClassRef, Symbol)))
    return known if len(known) == len(found) > 1 else (_entity(value),)


def _entity(value: Value) -> ClassRef | Symbol | None:
    """The model that an argument of `select` stands for, if it is just one; a symbol may turn out to be one."""
    found = {atom.of if isinstance(atom, ClassValue) else atom for atom in value}
    only = found.pop() if len(found) == 1 else None
    return only if isinstance(only, (ClassRef, Symbol)) else None


def statement_method(
    frame: Frame, statement: Statement, name: str, arguments: tuple[Value, ...], place: Place, receiver: Place
) -> Value:
    """What a method of a statement gives. place: of the call. receiver: of the statement that it is called on."""
    if statement.kind == REPOSITORY:
        return _repository_result(frame, statement, name, place)
    if name in FLUENT:
        return one(statement)
    if name == "options":
        return one(with_options(frame, statement, arguments))
    if name in {"add_columns", "add_column", "add_entity"}:
        return one(statement._replace(entities=(*statement.entities, *map(_entity, arguments))))
    if name in {"with_only_columns", "with_entities"}:  # where nothing is an entity, loader options mean nothing
        return one(statement._replace(kind="columns", entities=tuple(map(_entity, arguments))))
    if name in _SETS:
        return one(statement) if statement.kind == "query" else NOTHING
    if statement.kind == "query" or isinstance(statement.site, Symbol):
        return _query_result(frame, statement, name, receiver)
    return NOTHING


def _repository_result(frame: Frame, repository: Statement, name: str, place: Place) -> Value:
    """What a library's repository gives: it builds and runs the query itself."""
    statement = repository._replace(site=place, kind=LIBRARY)
    execution = Execution(place, True)
    frame.ran(statement, execution)
    many = one(Items(one(Entity(statement, execution, 0, (), True))))
    if name == "list_and_count":
        return one(Fixed((many, NOTHING)))
    return many if name.startswith(("list", "get_many")) else one(Entity(statement, execution, 0))


def _query_result(frame: Frame, statement: Statement, name: str, place: Place) -> Value:
    """A legacy `Query` runs itself."""
    execution = Execution(place, False)
    if name in RESULTS:
        frame.ran(statement, execution)
        outcome = Outcome(_natural(statement), statement, execution)
        return one(outcome) if name == "scalars" else result_method(outcome, name)
    return NOTHING


def run_by_itself(frame: Frame, statement: Statement, place: Place) -> Outcome:
    """Iterating over a legacy query runs it."""
    execution = Execution(place, False)
    frame.ran(statement, execution)
    return Outcome(_natural(statement), statement, execution)


def _natural(statement: Statement) -> str:
    """A legacy query of one entity gives instances, of several it gives rows."""
    return "scalars" if len(statement.entities) < 2 else "result"


# -- sessions


def is_async_session(value: Value) -> bool:
    """Whether one of the things is known to be an async session."""
    return any(
        isinstance(atom, Foreign) and atom.name.startswith(_SESSION) and atom.name.endswith(_ASYNC_SESSIONS)
        for atom in value
    )


def session_method(
    frame: Frame, session: Value, name: str, arguments: tuple[Value, ...], place: Place, first: Place, *, awaited: bool
) -> Value | None:
    """What a method of a session gives, told by what it is handed; None where this is no use of a session.

    place: of the call. first: of its first argument.
    """
    is_async = awaited or name.startswith("stream") or is_async_session(session)
    given = arguments[0] if arguments else NOTHING
    if name in RUNS:
        statements = [found for atom in given if (found := _as_statement(atom)) is not None]
        return _ran(frame, name, statements, Execution(first, is_async)) if statements else None
    if name in _GETS:
        entity = _entity(given)
        if entity is None or (isinstance(entity, ClassRef) and model_of(frame.project, entity) is None):
            return None
        statement = Statement(place, "get", (entity,))
        execution = Execution(place, is_async)
        frame.ran(statement, execution)
        return one(Entity(statement, execution, 0))
    if name == "query" and arguments and any(_entity(value) is not None for value in arguments):
        return made("query", arguments, place)
    if name == "merge" and arguments:
        return given
    return None


def _as_statement(atom: Atom) -> Statement | None:
    match atom:
        case Statement():
            return atom
        case Symbol():
            return Statement(atom, "select", ())
    return None


def beside(value: Value, other: Value) -> Value:
    """A value, with a parameter taken for the statement that it is, as `other` says."""
    known = {atom.site for atom in other if isinstance(atom, Statement)}
    return frozenset(
        Statement(atom, "select", ()) if isinstance(atom, Symbol) and atom in known else atom for atom in value
    )


def _ran(frame: Frame, name: str, statements: list[Statement], execution: Execution) -> Value:
    found = []
    for statement in statements:
        frame.ran(statement, execution)
        if name == "scalar":
            found.append(one(Entity(statement, execution, 0)))
        else:
            kind = "scalars" if "scalars" in name else _exec_kind(name, statement)
            found.append(one(Outcome(kind, statement, execution)))
    return join(found)


def _exec_kind(name: str, statement: Statement) -> str:
    """SQLModel's `exec` gives instances where one entity is selected."""
    return "scalars" if name == "exec" and len(statement.entities) < 2 else "result"


# -- results


def result_method(outcome: Outcome, name: str, position: int = 0) -> Value:
    """What a method of a result, of scalars or of a row gives."""
    if outcome.kind == "row":
        return row_values(outcome) if name in {"tuple", "_tuple"} else NOTHING
    if name in _SAME:
        return one(outcome)
    if name == "scalars":
        return one(outcome._replace(kind="scalars", position=position))
    if name in _ALL:
        return one(Items(items_of(outcome)))
    if name in _ONE:
        return _single(outcome, many=False)
    if name in _SCALAR:
        return one(Entity(outcome.statement, outcome.execution, outcome.position))
    return NOTHING


def items_of(outcome: Outcome) -> Value:
    """What iterating over a result gives."""
    if outcome.kind == "row":
        return join(_columns(outcome))
    return _single(outcome, many=True)


def _single(outcome: Outcome, *, many: bool) -> Value:
    if outcome.kind == "scalars":
        return one(Entity(outcome.statement, outcome.execution, outcome.position, (), many))
    return one(outcome._replace(kind="row"))


def row_values(row: Outcome) -> Value:
    """A row as the tuple that it can be taken for."""
    return one(Fixed(_columns(row)))


def row_value(row: Outcome, position: int) -> Value:
    """One column of a row."""
    columns = _columns(row)
    return columns[position] if -len(columns) <= position < len(columns) else NOTHING


def _columns(row: Outcome) -> tuple[Value, ...]:
    entities = row.statement.entities
    if not entities and isinstance(row.statement.site, Symbol):
        return (one(Entity(row.statement, row.execution, 0, (), True)),)
    return tuple(
        NOTHING if entity is None else one(Entity(row.statement, row.execution, position, (), True))
        for position, entity in enumerate(entities)
    )


def mapper_of(value: Value) -> Value:
    """`aliased(Quest)` selects quests."""
    return frozenset(atom for atom in value if isinstance(atom, (ClassValue, Symbol)))


def is_model_object(value: Value) -> bool:
    return any(isinstance(atom, (Entity, Object)) for atom in value)
