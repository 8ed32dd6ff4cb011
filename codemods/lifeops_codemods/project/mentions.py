"""Which functions use a name, as a name or as an attribute: told by the facts, without their trees."""

from __future__ import annotations

from collections.abc import Set

from lifeops_codemods.facts.model import FileFacts
from lifeops_codemods.project import Project, file_question, question
from lifeops_codemods.project.functions import FunctionRef
from lifeops_codemods.project.models import is_revision
from lifeops_codemods.project.suites import is_test_file

_NAMES, _MEMBERS = FileFacts.TABLES.index("names"), FileFacts.TABLES.index("members")


def mentions(project: Project, ref: FunctionRef, names: Set[str]) -> bool:
    """Whether a function, or one within it, uses one of the names."""
    return not names.isdisjoint(names_used(project, ref.path).get(ref.row, ()))


def functions_mentioning(project: Project, path: str, names: Set[str]) -> list[FunctionRef]:
    """The functions of a file that use one of the names."""
    used = names_used(project, path)
    return [FunctionRef(path, row) for row in sorted(used) if not names.isdisjoint(used[row])]


def functions_using(project: Project, names: frozenset[str]) -> list[FunctionRef]:
    """The functions of the program that use one of the names, as a name or as an attribute."""
    own = set(own_files(project))
    paths = [path for path in project.mentioning(names) if path in own]
    project.facts_of(paths)
    return [
        ref
        for path in paths
        if project.parses(path) and not is_revision(project, path)
        for ref in functions_mentioning(project, path, names)
    ]


@question
def own_files(project: Project) -> tuple[str, ...]:
    """The files of the program itself: no tests, no migrations."""
    return tuple(path for path in project.paths if not is_test_file(path))


@file_question
def names_used(project: Project, path: str) -> dict[int, frozenset[str]]:
    """The names and attributes that each function of a file uses, by its row; those of functions within it too."""
    facts = project.facts(path)
    by_scope: dict[int, set[str]] = {}
    for row in facts.raw[_NAMES]:
        used = by_scope.setdefault(row[0], set())
        used.add(row[1])
        used.update([name for name, _ in row[3]])
    for row in facts.raw[_MEMBERS]:
        by_scope.setdefault(row[0], set()).update([name for name, _ in row[3]])
    rows = {row.own: index for index, row in enumerate(facts.functions)}
    found: dict[int, set[str]] = {}
    for scope, used in by_scope.items():
        place = scope
        while place >= 0:
            if place in rows:
                found.setdefault(rows[place], set()).update(used)
            place = facts.scopes[place].parent
    return {row: frozenset(used) for row, used in found.items()}
