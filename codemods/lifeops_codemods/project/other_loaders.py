"""What others tell a query to load: SQLAlchemy takes one strategy for a relationship, and raises where it gets two.

Source: `InvalidRequestError: Loader strategies for ORM Path[…] conflict`, since SQLAlchemy 1.4. `defaultload` has none,
so it conflicts with nothing; `joinedload(A.b, innerjoin=True)` is another one than `joinedload(A.b)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.flow import running
from lifeops_codemods.project.flow.engine import Engine, deep, engine
from lifeops_codemods.project.flow.loaders import EVERYTHING
from lifeops_codemods.project.flow.values import Load, Path, Place, Statement
from lifeops_codemods.project.functions import FunctionRef, function, owner
from lifeops_codemods.project.mentions import functions_using

_WITHOUT_STRATEGY = "defaultload"


class Strategy(NamedTuple):
    """How a relationship is loaded; not plain where the loader has keywords."""

    loader: str
    is_plain: bool = True


UNSAID = Strategy("")
"""No option says how: the relationship's own strategy counts."""


@question
def strategies_at(project: Project, site: Place, is_made_here: bool) -> Mapping[Path, frozenset[Strategy]] | None:
    """The strategies that the query made (or else run) at a place has for each path, whoever gives them to it.

    `UNSAID` is among them where one that somebody gives is not given by all. None where somebody gives it options that
    are not understood.
    """
    known = engine(project)
    if is_made_here:
        _run_callers(known, site)
        statements = [*(run.statement for run in known.index.made_at(site)), *known.index.returned(site)]
    else:
        statements = list(known.index.run_at(site))
    if any(statement.opaque for statement in statements):
        return None
    said = [_said(statement.loads) for statement in statements]
    return {
        path: frozenset(strategy for one in said for strategy in one.get(path, (UNSAID,)))
        for path in {path for one in said for path in one}
    }


def _said(loads: Iterable[Load]) -> dict[Path, list[Strategy]]:
    found: dict[Path, list[Strategy]] = {}
    for load in loads:
        if _has_strategy(load):
            found.setdefault(load.path, []).append(Strategy(load.loader, load.is_plain))
    return found


def _has_strategy(load: Load) -> bool:
    return (
        bool(load.path) and load.path[-1] != EVERYTHING and load.kind != "columns" and load.loader != _WITHOUT_STRATEGY
    )


def _run_callers(known: Engine, site: Place) -> None:
    """Run all that may give the query at a place its options, and what hands on those that it is given itself.

    Nobody had to run a caller before that reads no relationship.
    """
    project = known.project
    fresh = list(dict.fromkeys(ref for ref, _ in known.index.done_in(site.path) if running.holds(known, ref, site)))
    ran: set[FunctionRef] = set()
    with deep():
        while fresh:
            ran |= set(fresh)
            names = frozenset(function(project, ref).name for ref in fresh if _is_handed_options(known, ref, site))
            fresh = [ref for ref in functions_using(project, names) if ref not in ran] if names else []


def _is_handed_options(known: Engine, ref: FunctionRef, site: Place) -> bool:
    """Whether a function has its caller say options of the query."""
    summary = known.summary(ref, owner(known.project, ref))
    made: Iterable[Statement] = (run.statement for run in summary.runs)
    returned = (atom for atom in summary.returns if isinstance(atom, Statement))
    return any(one.site == site and one.handed for one in (*made, *returned))
