"""What queries leave unloaded although it is read: by query, with the way to each read, or why that is not proven."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.flow.attributes import model_at, relationship_at
from lifeops_codemods.project.flow.engine import Engine
from lifeops_codemods.project.flow.frame import Run, Trail, is_nearer
from lifeops_codemods.project.flow.lifetimes import Refresh
from lifeops_codemods.project.flow.loaders import kinds_for
from lifeops_codemods.project.flow.values import Entity, Fresh, Path, Place, Statement
from lifeops_codemods.project.lazy_reads import followed
from lifeops_codemods.project.load_places import is_loaded_where_run, is_run_in_several_places, models_queried
from lifeops_codemods.project.parent_keys import key_columns
from lifeops_codemods.project.relationships import Relationship, relationships

_NEVER_LOADED = frozenset({"dynamic", "write_only", "noload"})


class Need(NamedTuple):
    """Relationships that are read one of the other, and the way there."""

    path: Path
    trail: Trail


class Missing(NamedTuple):
    """A query, and what it should load for the instances of `model`, its `position`th entity.

    site: where it is made, or where it is run. models: all models that it may be a query of.
    """

    site: Place
    kind: str
    position: int
    model: ClassRef
    is_made_here: bool
    needs: tuple[Need, ...]
    models: frozenset[ClassRef]
    is_async: bool


class Forgotten(NamedTuple):
    """An instance that a `session.refresh` loads anew, without the relationships that are read afterwards."""

    refresh: Refresh
    model: ClassRef
    needs: tuple[Need, ...]


class Doubt(NamedTuple):
    """A read that is not loaded, where no loader can be written: why, and what to do."""

    place: Place
    model: ClassRef
    path: Path
    reason: str
    fix: str
    trail: Trail
    is_async: bool


Answer = Missing | Forgotten | Doubt


@question
def missing_loads(project: Project) -> tuple[Answer, ...]:
    """Every query that leaves unloaded what is read of its instances, by file and place."""
    engine = followed(project)
    found: list[Answer] = [*_computed(engine), *_polymorphic(engine)]
    needs: dict[tuple[Place, str, int, ClassRef], dict[Path, tuple[Trail, Entity]]] = {}
    forgotten: dict[tuple[Place, ClassRef], dict[Path, Trail]] = {}
    for what, trail in engine.touched.items():
        if _is_behind_a_possible(engine, what):
            continue
        for answer in _judged(engine, what, trail):
            match answer:
                case Doubt():
                    found.append(answer)
                case _Wanted(site=site, entity=entity, model=model):
                    rows = needs.setdefault((site, entity.statement.kind, entity.position, model), {})
                    if entity.path not in rows or is_nearer(trail, rows[entity.path][0]):
                        rows[entity.path] = (trail, entity)
                case _Again(refresh=refresh, model=model, path=path):
                    paths = forgotten.setdefault((refresh, model), {})
                    if is_nearer(trail, paths.get(path)):
                        paths[path] = trail
    found += _possible(engine)
    found += [_missing(engine, key, rows) for key, rows in needs.items()]
    for (place, model), paths in forgotten.items():
        wanted = tuple(Need(path, trail) for path, trail in sorted(paths.items()))
        found.append(Forgotten(engine.refreshes[place], model, wanted))
    return tuple(sorted(found, key=_order))


def _order(answer: Answer) -> tuple[object, ...]:
    place = answer.site if isinstance(answer, Missing) else None
    place = place or (answer.refresh.place if isinstance(answer, Forgotten) else answer.place)  # type: ignore[union-attr]
    return (place, type(answer).__name__, repr(answer))


class _Wanted(NamedTuple):
    site: Place
    entity: Entity
    model: ClassRef


class _Again(NamedTuple):
    refresh: Place
    model: ClassRef
    path: Path


def _judged(engine: Engine, what: Entity | Fresh, trail: Trail) -> Iterator[_Wanted | _Again | Doubt]:
    """What a read asks for; nothing where what it reads is loaded."""
    project = engine.project
    model = what.model if isinstance(what, Fresh) else _model_of(what)
    if model is None:
        return
    what = what._replace(path=_shortened(project, model, what.path))
    ways = [relationship_at(project, model, what.path[: index + 1]) for index in range(len(what.path))]
    last = ways[-1] if ways else None
    if last is None or last.eager or any(way is None or way.lazy in _NEVER_LOADED for way in ways):
        return
    if isinstance(what, Entity) and _is_at_hand(project, what, model, last):
        return
    if isinstance(what, Fresh):
        if what.since is not None and _counts_after_refresh(engine, what.since, ways):
            yield from _after(engine, what, model, trail, last)
        return
    if not what.execution.is_async and not _is_repeated(what, ways):
        return
    if what.since is not None and not _keeps_options(engine, what):
        if what.execution.is_async or not _is_loaded_anew(engine, what, ways):
            yield from _after(engine, what, model, trail, last)
            return
    elif (what._replace(since=None), *_ends(trail)) in _forgotten_reads(project):
        return
    yield from _of_query(engine, what, model, trail, last)


def _is_loaded_anew(engine: Engine, entity: Entity, ways: list[Relationship | None]) -> bool:
    """Whether the options of a query still help a sync session after a commit made an instance forget.

    The first read of a relationship loads it by itself then, and what is loaded of it goes by the options.
    """
    return entity.since in engine.refreshes or any(way is not None and way.many for way in ways[:-1])


@question
def _forgotten_reads(project: Project) -> frozenset[tuple[Entity, Place, Place]]:
    """The reads that come after a commit in another round of the loop that they stand in."""
    engine = followed(project)
    return frozenset(
        (what._replace(since=None), *_ends(trail))
        for what, trail in engine.touched.items()
        if isinstance(what, Entity) and what.since is not None and what.since not in engine.refreshes
    )


def _ends(trail: Trail) -> tuple[Place, Place]:
    """Where something is read, and the outermost place that leads there."""
    return trail[0].place, trail[-1].place


def _shortened(project: Project, model: ClassRef, path: Path) -> Path:
    """A way without the detours that go back to where they came from: that object is in the session."""
    found: Path = ()
    for name in path:
        last = relationship_at(project, model, (*found, name))
        before = relationship_at(project, model, found)
        leads_back = before is not None and last is not None and not last.many and last.name == before.back
        found = found[:-1] if leads_back else (*found, name)
    return found


def _is_at_hand(project: Project, what: Entity, model: ClassRef, last: Relationship) -> bool:
    """Whether the query selects what belongs to an instance at hand: the session finds that one without a query."""
    if len(what.path) != 1 or last.many or what.since is not None:
        return False
    names = {last.name, *key_columns(project, model, last)}
    return any(
        item.model == model and item.target == last.target and item.name in names for item in what.statement.held
    )


def _keeps_options(engine: Engine, entity: Entity) -> bool:
    """Whether an instance was refreshed, which applies the loader options of its query once more.

    A refresh by name loads what it names, and leaves all else as it was.
    """
    refresh = engine.refreshes.get(entity.since) if entity.since is not None else None
    return refresh is not None and entity.path[0] not in (refresh.names or ())


def _model_of(entity: Entity) -> ClassRef | None:
    entities = entity.statement.entities
    found = entities[entity.position] if entity.position < len(entities) else None
    return found if isinstance(found, ClassRef) else None


def _counts_after_refresh(engine: Engine, since: Place, ways: list[Relationship | None]) -> bool:
    """Whether a read of a refreshed instance is more than the one lazy load that a sync session makes of it."""
    refresh = engine.refreshes.get(since)
    return refresh is None or refresh.is_async or any(way is not None and way.many for way in ways[:-1])


def _is_repeated(entity: Entity, ways: list[Relationship | None]) -> bool:
    """Whether a lazy load of a sync session happens once for each row, and not just once."""
    return entity.many or any(way is not None and way.many for way in ways[:-1])


def _of_query(
    engine: Engine, what: Entity, model: ClassRef, trail: Trail, last: Relationship
) -> Iterator[_Wanted | Doubt]:
    statement = what.statement
    site = statement.site
    assert isinstance(site, Place)
    ways = [what.path[: index + 1] for index in range(len(what.path))]
    if "load" in kinds_for(statement.loads, what.path) or any(
        "none" in kinds_for(statement.loads, way) for way in ways
    ):
        return
    if any(load.kind == "raise" and load.path in ways for load in statement.loads):
        yield _doubt(what, model, trail, "its raiseload forbids to load it", "load it in the query's options")
    elif statement.kind == "library":
        called = engine.project.text(site.path)[site.start : site.end].partition("(")[0]
        yield _doubt(what, model, trail, f"a library builds or changes this query: {called}()", _hand_over(what))
    elif statement.opaque or statement.handed:
        yield _doubt(what, model, trail, "it has options that are not understood", _hand_over(what))
    elif last.lazy == "?":
        yield _doubt(what, model, trail, "how the relationship is loaded is computed", "write lazy= as a string")
    elif statement.kind == "get" and any_backref(engine.project, model, what.path):
        reason = "the attribute is made by a backref, and may not be there yet when the options are evaluated"
        yield _doubt(what, model, trail, reason, "write the relationship on both sides with back_populates")
    elif statement.kind == "get" and _may_be_held(engine, site, model):
        reason = "the session may hold the object already: then the options of get() do nothing"
        yield _doubt(what, model, trail, reason, "load it by a select, or refresh it with attribute_names")
    elif is_loaded_where_run(engine.project, what):
        yield _Wanted(what.execution.place, what, model)
    elif is_run_in_several_places(engine.project, site):
        reason = "the query serves other code as well, and is run out of sight for this reader"
        yield _doubt(what, model, trail, reason, "load it where the query is handed over")
    else:
        yield _Wanted(site, what, model)


def any_backref(project: Project, model: ClassRef, path: Path) -> bool:
    """Whether one of the relationships on a way is made by the `backref=` of the other side."""
    ways = [relationship_at(project, model, path[: index + 1]) for index in range(len(path))]
    return any(way is not None and way.made_by_backref for way in ways)


def _hand_over(what: Entity) -> str:
    return f"load {'.'.join(what.path)} where the query is built"


def _doubt(what: Entity, model: ClassRef, trail: Trail, reason: str, fix: str) -> Doubt:
    site = what.statement.site
    assert isinstance(site, Place)
    return Doubt(site, model, what.path, reason, fix, trail, what.execution.is_async)


def _after(
    engine: Engine, what: Entity | Fresh, model: ClassRef, trail: Trail, last: Relationship
) -> Iterator[_Again | Doubt]:
    """What is read after a commit or a refresh: what the query loaded is forgotten then."""
    assert what.since is not None
    refresh = engine.refreshes.get(what.since)
    if refresh is None:
        if isinstance(what, Entity):
            reason = "a commit in between makes the instance forget what the query loaded"
            fix = "refresh it after the commit" if what.execution.is_async else "commit after the last read"
            yield Doubt(what.since, model, what.path, reason, fix, trail, what.execution.is_async)
        return
    names = refresh.names or ()
    if "?" in names or what.path[0] in names:
        return
    if len(what.path) > 1:
        way = relationship_at(engine.project, model, what.path[:1])
        if way is None or not way.eager:
            reason = "refresh() loads no relationship of a relationship"
            yield Doubt(
                refresh.place, model, what.path, reason, "select it again with the loader", trail, refresh.is_async
            )
        return
    yield _Again(refresh.place, model, what.path)


# -- what else the query is


def _missing(engine: Engine, key: tuple[Place, str, int, ClassRef], rows: dict[Path, tuple[Trail, Entity]]) -> Missing:
    site, kind, position, model = key
    entities = [entity for _, entity in rows.values()]
    needs = tuple(Need(path, trail) for path, (trail, _) in sorted(rows.items()))
    made_at = entities[0].statement.site
    is_made_here = site == made_at
    models = models_queried(engine.project, made_at, position) if is_made_here else frozenset[ClassRef]()
    is_async = any(entity.execution.is_async for entity in entities)
    return Missing(site, kind, position, model, is_made_here, needs, models | {model}, is_async)


def _may_be_held(engine: Engine, site: Place, model: ClassRef) -> bool:
    """Whether something that runs together with a `session.get` may have loaded an object of its model before."""
    for runs in engine.index.together(site):
        last = max(index for index, run in enumerate(runs) if run.statement.site == site)
        if any(run.statement.site != site and model in _loaded_by(engine, run) for run in runs[:last]):
            return True
    return False


def _loaded_by(engine: Engine, run: Run) -> frozenset[ClassRef]:
    """The models of which running a statement brings instances into the session."""
    project = engine.project
    found: set[ClassRef] = set()
    for entity in run.statement.entities:
        if isinstance(entity, ClassRef):
            paths = {load.path for load in run.statement.loads} | _touched_paths(engine, run.statement)
            found |= _with_eager(project, entity)
            for path in paths:
                for index in range(len(path)):
                    reached = model_at(project, entity, path[: index + 1])
                    if reached is not None:
                        found |= _with_eager(project, reached)
    return frozenset(found)


def _touched_paths(engine: Engine, statement: Statement) -> set[Path]:
    return {what.path for what in engine.touched if isinstance(what, Entity) and what.statement.site == statement.site}


def _with_eager(project: Project, model: ClassRef) -> frozenset[ClassRef]:
    """A model and those that come with it because their relationships are eager by themselves."""
    found: set[ClassRef] = set()
    rest = [model]
    while rest:
        current = rest.pop()
        if current not in found:
            found.add(current)
            rest += [way.target for way in relationships(project, current).values() if way.eager and way.target]
    return frozenset(found)


# -- reads that may never happen


def _possible(engine: Engine) -> Iterator[Doubt]:
    """What is read only for some values of an attribute that other code fills, and else not at all."""
    for what, (trail, attribute) in engine.possibly_touched.items():
        if what in engine.touched or _is_behind_a_possible(engine, what):
            continue
        for answer in _judged(engine, what, trail):
            if isinstance(answer, _Wanted):
                reason = f"it is read only for some values of {attribute}, which other code sets"
                fix = f"load {'.'.join(what.path)} where {attribute} is not set"
                is_async = answer.entity.execution.is_async
                yield Doubt(answer.site, answer.model, answer.entity.path, reason, fix, trail, is_async)
            elif isinstance(answer, Doubt):
                yield answer


def _is_behind_a_possible(engine: Engine, what: Entity | Fresh) -> bool:
    """Whether one of the relationships on the way is read only for some values of such an attribute."""
    ways = (what._replace(path=what.path[:index]) for index in range(1, len(what.path)))
    return any(way in engine.possibly_touched and way not in engine.touched for way in ways)


# -- reads that no path tells


def _computed(engine: Engine) -> Iterator[Doubt]:
    for what, place in engine.computed_reads:
        model = what.model if isinstance(what, Fresh) else _model_of(what)
        model = model_at(engine.project, model, what.path)
        if model is None or not _lazy_ones(engine.project, model):
            continue
        is_async = isinstance(what, Fresh) or what.execution.is_async
        if is_async or (isinstance(what, Entity) and what.many):
            reason = "getattr() reads it by a name that is computed"
            yield Doubt(place, model, what.path, reason, "read the attributes by their names", (), is_async)


def _lazy_ones(project: Project, model: ClassRef) -> bool:
    return any(not way.eager and way.lazy not in _NEVER_LOADED for way in relationships(project, model).values())


def _polymorphic(engine: Engine) -> Iterator[Doubt]:
    for what, below, name in engine.polymorphic_reads:
        if isinstance(what, Entity) and isinstance(what.statement.site, Place):
            if not what.execution.is_async and not what.many:
                continue
            sub = definition(engine.project, below).name
            reason = f"only the subclass {sub} has {name}"
            fix = f"add selectin_polymorphic for {sub} and a loader for {sub}.{name}"
            model = _model_of(what)
            if model is not None:
                yield Doubt(what.statement.site, model, (*what.path, name), reason, fix, (), what.execution.is_async)
