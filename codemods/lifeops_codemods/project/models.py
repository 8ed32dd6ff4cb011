"""SQLAlchemy declarative models: which classes of the project are mapped to a table.

The search starts at the words by which code reaches a declarative base and follows the names of what it finds, so that
only files that can hold a model are parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lifeops_codemods.facts.expressions import parts as parts_of
from lifeops_codemods.facts.model import CLASS, MODULE, Class, Expression
from lifeops_codemods.project import Project, file_question, question
from lifeops_codemods.project.classes import Ancestor, ClassRef, ancestors, bases, definition, own_bindings, variable_of
from lifeops_codemods.project.declarative_names import (
    BASE_FACTORIES,
    CLASS_DECORATORS,
    METACLASSES,
    MODEL_BASES,
    REGISTRIES,
    BaseKind,
    DecoratorKind,
)
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable, bindings_of, evaluate, spelled


class Model(NamedTuple):
    """A mapped class. `roots` name the declarative bases (registries) that it belongs to, as comparable values."""

    ref: ClassRef
    variable: Variable
    name: str
    start: int
    roots: frozenset[Ancestor]
    sqlmodel: bool


_FROM = re.compile(r"\bfrom\s+([.\w]+)\s+import\b")
_FROM_STAR = re.compile(r"\bfrom\s+([.\w]+)\s+import\s*\*")
_VAGUE = {"Base", "Model", "get_base"}
_COLUMN_MAKERS = frozenset(
    f"{module}.{name}"
    for module in ("sqlalchemy", "sqlalchemy.orm", "sqlalchemy.schema", "sqlmodel")
    for name in ("Column", "mapped_column", "relationship", "Field", "Table")
)


def _telling_word(name: str) -> str:
    """The word by which a file that uses a dotted name is found: its last part, or its package where that is vague."""
    parts = name.replace("()", "").split(".")
    return parts[0] if parts[-1] in _VAGUE else parts[-1]


_SHOWING_WORDS = frozenset({"__tablename__", "__table__"})
_PACKAGES = frozenset(
    name.partition(".")[0] for names in (MODEL_BASES, BASE_FACTORIES, CLASS_DECORATORS, METACLASSES) for name in names
)
START_WORDS = frozenset(
    {*_SHOWING_WORDS, "registry"}
    | {_telling_word(name) for names in (MODEL_BASES, BASE_FACTORIES, CLASS_DECORATORS, METACLASSES) for name in names}
)


@question
def models(project: Project) -> tuple[Model, ...]:
    """Every concrete model, by path and position. Classes that an Alembic revision declares for itself are left out."""
    found = [
        model
        for path in _candidates(project)
        if not is_revision(project, path)
        for row in range(len(project.facts(path).classes))
        if (model := model_of(project, ClassRef(path, row))) is not None
    ]
    return tuple(sorted(found, key=lambda model: (model.ref.path, model.start)))


@question
def model_of(project: Project, ref: ClassRef) -> Model | None:
    """The model that a class is, or None."""
    roots = declarative_roots(project, ref)
    row = definition(project, ref)
    if not roots or is_abstract(project, ref) or _is_base_itself(project, ref):
        return None
    sqlmodel = _under_table_keyword(project, ref)
    if sqlmodel and not _is_table(project, ref):
        return None
    return Model(ref, variable_of(project, ref), row.name, row.start, roots, sqlmodel)


@question
def declarative_roots(project: Project, ref: ClassRef) -> frozenset[Ancestor]:
    """The declarative bases of a class; empty for mixins and everything else that is not mapped."""
    found = {root for item in (ref, *ancestors(project, ref)) for root in _roots(project, item)}
    if not found and _shows_a_table(project, ref):
        found = {base for base in bases(project, ref) if not isinstance(base, ClassRef)}
    return frozenset(found)


def _roots(project: Project, item: Ancestor) -> list[Ancestor]:
    match item:
        case ClassRef():
            return [item, *_registries(project, item)] if _makes_a_base(project, item) else []
        case Variable():
            made = {name.removesuffix("()") for name in spelled(project, item)}
            return [item, *_registries_of_call(project, item)] if made & BASE_FACTORIES else []
        case External(name=name):
            kind = MODEL_BASES.get(name)
            return [item] if kind in {BaseKind.BASE, BaseKind.TABLE_KEYWORD} else []
    return []


def _registries(project: Project, ref: ClassRef) -> list[Ancestor]:
    """The registries that a class is given: `@mapper_registry.mapped`, `registry = mapper_registry` in its body."""
    row = definition(project, ref)
    functions = [item[3] if item[0] == "call" else item for item in row.decorators]
    owners = [function[3] for function in functions if function[0] == "attribute"]
    handed = [item[4][0] for item in row.decorators if item[0] == "call" and item[4]]
    said = [binding.value for binding in own_bindings(project, ref, "registry") if binding.value is not None]
    return [
        *(item for value in (*owners, *handed) for item in _registry(project, ref.path, row.scope, value, row.start)),
        *(item for value in said for item in _registry(project, ref.path, row.own, value, value[1])),
    ]


def _registries_of_call(project: Project, base: Variable) -> list[Ancestor]:
    """The registry whose method made a base: `Base = mapper_registry.generate_base()`."""
    return [
        item
        for binding in bindings_of(project, base)
        if binding.value is not None and binding.value[0] == "call" and binding.value[3][0] == "attribute"
        for item in _registry(project, base.path, base.scope, binding.value[3][3], binding.start)
    ]


def _registry(project: Project, path: str, scope: int, value: Expression, start: int) -> list[Ancestor]:
    """The variable or the library's own object that holds the registry; one made on the spot is shared with nobody."""
    return [
        item
        for item in evaluate(project, path, scope, value, start)
        if (isinstance(item, Variable) and spelled(project, item) & REGISTRIES)
        or (isinstance(item, External) and item.name in REGISTRIES and not item.name.endswith("()"))
    ]


def _makes_a_base(project: Project, ref: ClassRef) -> bool:
    """Whether the class itself is where a registry begins: `class Base(DeclarativeBase)`, `@as_declarative()`, …"""
    kinds = {MODEL_BASES.get(base.name) for base in bases(project, ref) if isinstance(base, External)}
    if BaseKind.ROOT in kinds or _decorators(project, ref):
        return True
    row = definition(project, ref)
    metaclasses = [value for key, value in row.keywords if key == "metaclass"]
    return any(_names(project, ref, row, value) & METACLASSES for value in metaclasses)


def _is_base_itself(project: Project, ref: ClassRef) -> bool:
    return _makes_a_base(project, ref) and DecoratorKind.MAPPED not in _decorators(project, ref)


def _decorators(project: Project, ref: ClassRef) -> set[DecoratorKind]:
    row = definition(project, ref)
    names = {name for expression in row.decorators for name in _names(project, ref, row, expression)}
    return {CLASS_DECORATORS[name.removesuffix("()")] for name in names if name.removesuffix("()") in CLASS_DECORATORS}


def _names(project: Project, ref: ClassRef, row: Class, expression: tuple[object, ...]) -> set[str]:
    found = evaluate(project, ref.path, row.scope, expression, row.start)
    return {item.name for item in found if isinstance(item, External)} | {
        name for item in found if isinstance(item, Variable) for name in spelled(project, item)
    }


def is_abstract(project: Project, ref: ClassRef) -> bool:
    """Whether the class says `__abstract__ = True` itself; it is not inherited."""
    return any(
        binding.value is not None and binding.value[0] == "constant" and binding.value[3] is True
        for binding in own_bindings(project, ref, "__abstract__")
    )


def _under_table_keyword(project: Project, ref: ClassRef) -> bool:
    return any(
        isinstance(item, External) and MODEL_BASES.get(item.name) is BaseKind.TABLE_KEYWORD
        for item in ancestors(project, ref)
    )


def _is_table(project: Project, ref: ClassRef) -> bool:
    keywords = dict(definition(project, ref).keywords)
    table = keywords.get("table")
    return table is not None and table[0] == "constant" and table[3] is True


def _shows_a_table(project: Project, ref: ClassRef) -> bool:
    """Whether a class with a base from outside, of which nothing is known, is a model by what its body says."""
    unknown = [base for base in bases(project, ref) if _is_unknown(base)]
    named = own_bindings(project, ref, "__tablename__") or own_bindings(project, ref, "__table__")
    if not unknown or not named:
        return False
    own = definition(project, ref).own
    values = [row.value for row in project.facts(ref.path).members_of.get(own, ()) if row.value is not None]
    calls = [value for value in values if value[0] == "call"]
    return any(
        isinstance(item, External) and item.name in _COLUMN_MAKERS
        for value in calls
        for item in evaluate(project, ref.path, own, value[3], value[1])
    )


def _is_unknown(base: Ancestor) -> bool:
    match base:
        case External(name=name):
            return name not in MODEL_BASES and not name.startswith(("builtins.", "typing.", "abc.", "enum."))
        case ClassRef():
            return False
    return True


def is_revision(project: Project, path: str) -> bool:
    """Whether a file is an Alembic revision: it binds `revision` and `down_revision` at module level."""
    bound = project.facts(path).bound
    return (0, "revision") in bound and (0, "down_revision") in bound


@question
def _candidates(project: Project) -> tuple[str, ...]:
    """The files that can hold a model: a fixpoint over the declarative classes and the modules that they come from."""
    first = set(project.mentioning(START_WORDS)) & set(project.mentioning({*_PACKAGES, *_SHOWING_WORDS}))
    sources = _Sources(project)
    read: set[str] = set()
    fresh = [path for path in project.paths if path in first]
    while fresh:
        project.facts_of(fresh)
        read.update(fresh)
        sources.learn(fresh)
        fresh = [path for path in project.mentioning(sources.modules) if path not in read and sources.may_reach(path)]
    return tuple(sorted(read))


class _Sources:
    """The names under which files have declarative classes, and the last parts of the modules that have them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.modules: dict[str, set[str]] = {}
        self._waiting: dict[str, list[tuple[str, str]]] = {}

    def learn(self, paths: Iterable[str]) -> None:
        """Add what files define, import or assign; a name that comes from another one waits for that."""
        found: list[tuple[str, str]] = []
        for path in paths:
            stem = _stem(path)
            found += [(name, stem) for name in _declarative_names(self.project, path)]
            for original, name in _handed_on(self.project, path):
                self._waiting.setdefault(original, []).append((name, stem))
                if original in self.modules:
                    found.append((name, stem))
        while found:
            name, stem = found.pop()
            if name not in self.modules:
                self.modules[name] = set()
                found += self._waiting.get(name, ())
            self._add(self.modules[name], stem)

    def _add(self, stems: set[str], stem: str) -> None:
        """A module, and all that get its names by a star."""
        rest = [stem]
        while rest:
            stem = rest.pop()
            if stem not in stems:
                stems.add(stem)
                rest += _star_importers(self.project).get(stem, ())

    def may_reach(self, path: str) -> bool:
        """Whether the text of a file, not yet parsed, may get one of the names from one of its modules.

        An import of the name from a module called so, or of anything from a package by dots alone; a star; an
        attribute.
        """
        names = self.project.words_among(path, self.modules)
        if not names:
            return False
        text = self.project.text(path)
        modules = _modules_imported_from(self.project, path)
        if "import *" in text or any(module.endswith(".") for module in modules):
            return True
        lasts = {module.rpartition(".")[2] for module in modules}
        return any(not lasts.isdisjoint(self.modules[name]) or f".{name}" in text for name in names)


@file_question
def _handed_on(project: Project, path: str) -> tuple[tuple[str, str], ...]:
    """Names that a module imports or assigns (`First = base.Base`), each behind the name that it comes from."""
    facts = project.facts(path)
    imported = [(row.name, row.bound) for row in facts.imports if row.scope == 0]
    assigned = [row for row in facts.bindings if row.kind == "assign" and row.value is not None]
    chains = [(row.name, chain[-1]) for row in assigned if row.value and (chain := parts_of(row.value))]
    return (*imported, *((original, name) for name, original in chains))


@question
def _star_importers(project: Project) -> dict[str, frozenset[str]]:
    """For the last part of a module's name those of the modules that get all its names by a star."""
    found: dict[str, set[str]] = {}
    for path in project.mentioning(["import"]):
        for module in _modules_starred(project, path):
            found.setdefault(module, set()).add(_stem(path))
    return {stem: frozenset(stems) for stem, stems in found.items()}


@file_question
def _modules_starred(project: Project, path: str) -> frozenset[str]:
    """The last parts of the names of modules from which the file imports everything."""
    text = project.text(path)
    if "import *" not in text:
        return frozenset()
    return frozenset(match[1].rpartition(".")[2] for match in _FROM_STAR.finditer(text))


@file_question
def _modules_imported_from(project: Project, path: str) -> frozenset[str]:
    """The modules that stand in `from … import`, as they are written."""
    return frozenset(_FROM.findall(project.text(path)))


def _stem(path: str) -> str:
    """The last part of the dotted name by which the file is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]


@question
def _declarative_names(project: Project, path: str) -> frozenset[str]:
    """Names of classes and variables in a file from which a model can inherit."""
    facts = project.facts(path)
    found = {row.name for index, row in enumerate(facts.classes) if declarative_roots(project, ClassRef(path, index))}
    for binding in facts.bindings:
        made = binding.kind == "assign" and binding.value is not None and binding.value[0] == "call"
        lasting = facts.scopes[binding.scope].kind in {MODULE, CLASS}
        if made and lasting and _roots(project, Variable(path, binding.scope, binding.name)):
            found.add(binding.name)
    return frozenset(found)
