"""The relationships of models: what they lead to, whether to many, and how they are loaded.

Source: SQLAlchemy 2.0, "Relationship Configuration" and "Relationship Loading Techniques".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.facts.model import Binding, Expression
from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, ancestors, classes_behind, definition, own_bindings
from lifeops_codemods.project.foreign_keys import foreign_tables, table_name
from lifeops_codemods.project.functions import FunctionRef, decorated_with, function_node
from lifeops_codemods.project.models import models
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import evaluate
from lifeops_codemods.project.registry import RELATIONSHIP_MAKERS, registered
from lifeops_codemods.project.trees import offsets
from lifeops_codemods.project.types import ClassObject, Instance, Type, alternatives, annotated, parsed, without_none

_DEFAULT = "select"
_LAZY = {True: "select", False: "joined", None: "noload"}
_MAPPED = {
    "sqlalchemy.orm.Mapped": "",
    "sqlalchemy.orm.DynamicMapped": "dynamic",
    "sqlalchemy.orm.WriteOnlyMapped": "write_only",
}
_LOADED_WITH_OWNER = frozenset({"joined", "selectin", "subquery", "immediate"})
_PROXY = "sqlalchemy.ext.associationproxy.association_proxy"
_SCALAR_COLLECTIONS = ("builtins.dict", "collections.abc.Mapping", "collections.abc.MutableMapping")


class Relationship(NamedTuple):
    """A relationship attribute of a model.

    path, span: where it is made. target: the model it leads to, None where that is not known. many: whether it is a
    collection. lazy: the loader's name as `relationship(lazy=…)` has it; `"?"` where it is computed. back: the name of
    the other side. made_by_backref: the attribute is there only once the mappers are configured.
    """

    name: str
    path: str
    span: tuple[int, int]
    target: ClassRef | None
    many: bool
    lazy: str
    back: str = ""
    made_by_backref: bool = False

    @property
    def eager(self) -> bool:
        """Whether it is loaded together with its owner, whatever the query says."""
        return self.lazy in _LOADED_WITH_OWNER


@question
def relationships(project: Project, model: ClassRef) -> Mapping[str, Relationship]:
    """The relationships of a model by name: its own in the order of the text, inherited ones, those of backrefs."""
    family = (model, *(item for item in ancestors(project, model) if isinstance(item, ClassRef)))
    found: dict[str, Relationship] = {}
    for item in family:
        for name, relationship in _own(project, item, model).items():
            found.setdefault(name, relationship)
    for item in family:
        for relationship in _backrefs(project).get(item, ()):
            found.setdefault(relationship.name, relationship)
    return found


@question
def relationship_names(project: Project) -> frozenset[str]:
    """The name of every relationship of the project."""
    return frozenset(name for model in models(project) for name in relationships(project, model.ref))


@question
def proxied(project: Project, model: ClassRef, name: str) -> str:
    """The relationship that an association proxy reads; `""` where `name` is none."""
    for item in (model, *(item for item in ancestors(project, model) if isinstance(item, ClassRef))):
        for row in own_bindings(project, item, name):
            if row.value is not None and row.value[0] == "call" and row.value[4]:
                made = evaluate(project, item.path, row.scope, row.value[3], row.start)
                if any(isinstance(one, External) and one.name == _PROXY for one in made):
                    first = row.value[4][0]
                    return str(first[3]) if first[0] == "string" else ""
    return ""


@question
def _own(project: Project, holder: ClassRef, model: ClassRef) -> Mapping[str, Relationship]:
    """The relationships that the body of `holder` gives to `model`, which is or inherits from it."""
    found = {}
    own = definition(project, holder).own
    for row in project.facts(holder.path).members_of.get(own, ()):
        made = _made(project, holder, row)
        if made is not None:
            found[row.name] = _relationship(project, holder, model, row, made)
    return found


def _made(project: Project, holder: ClassRef, row: Binding) -> Expression | None:
    """The call that makes a relationship, where a binding in a class body does."""
    value = row.value
    if row.kind == "def":
        value = _returned(project, FunctionRef(holder.path, row.row))
    if value is None or value[0] != "call":
        return None
    return value if _is_maker(project, holder.path, row.scope, value[3], row.start) else None


def _is_maker(project: Project, path: str, scope: int, function: Expression, start: int) -> bool:
    makers = evaluate(project, path, scope, function, start)
    return any(isinstance(item, External) and item.name in RELATIONSHIP_MAKERS for item in makers)


def _returned(project: Project, ref: FunctionRef) -> Expression | None:
    """What a `@declared_attr` returns, if it is one expression."""
    if not decorated_with(project, ref, "declared_attr", "directive"):
        return None
    node = function_node(project, ref)
    returns = [item for item in ast.walk(node) if isinstance(item, ast.Return)] if node else []
    if len(returns) != 1 or returns[0].value is None:
        return None
    return encode(returns[0].value, offsets(project, ref.path).at)


def _relationship(project: Project, holder: ClassRef, model: ClassRef, row: Binding, call: Expression) -> Relationship:
    keywords = dict(call[5])
    keywords |= _sqlmodel_keywords(keywords)
    said = _annotation(project, holder, row)
    target = _target(project, holder, row.scope, call[4], keywords, said)
    many = _is_many(project, model, target, call, keywords, said)
    lazy, back = _lazy(call, keywords, said), _other_side(keywords)
    return Relationship(row.name, holder.path, (call[1], call[2]), target, many, lazy, back)


def _other_side(keywords: Mapping[str | None, Expression]) -> str:
    """The name that `back_populates` or `backref` gives the other side."""
    given = keywords.get("back_populates") or keywords.get("backref")
    if given is not None and given[0] == "call" and given[4]:
        given = given[4][0]
    return str(given[3]) if given is not None and given[0] == "string" else ""


def _sqlmodel_keywords(keywords: Mapping[str | None, Expression]) -> dict[str | None, Expression]:
    """SQLModel hands `sa_relationship_kwargs={"lazy": …}` on."""
    handed = keywords.get("sa_relationship_kwargs")
    if handed is None or handed[0] != "dict":
        return {}
    return {key[3]: value for key, value in zip(handed[3], handed[4], strict=True) if key and key[0] == "string"}


class _Said(NamedTuple):
    """What the annotation of a relationship says: which class, whether many, which loader (`""` for none)."""

    target: ClassRef | None = None
    names: tuple[str, ...] = ()
    many: bool | None = None
    lazy: str = ""


def _annotation(project: Project, holder: ClassRef, row: Binding) -> _Said:
    """`Mapped[list["Quest"]]`, `DynamicMapped["Quest"]`, SQLModel's `list["Quest"]`; also where a name is unknown."""
    expression = row.annotation
    if expression is None:
        return _Said()
    if expression[0] == "string":
        expression = parsed(expression[3])
    if expression is None:
        return _Said()
    lazy = ""
    if expression[0] == "subscript":
        outer = evaluate(project, holder.path, row.scope, expression[3], row.start)
        wrappers = [_MAPPED[item.name] for item in outer if isinstance(item, External) and item.name in _MAPPED]
        if wrappers:
            lazy, expression = wrappers[0], expression[4]
    if expression[0] == "string":
        expression = parsed(expression[3]) or expression
    many = _is_collection(annotated(project, holder.path, row.scope, expression, row.start))
    return _Said(_class_in(project, holder, row, expression), tuple(_names_in(expression)), many or bool(lazy), lazy)


def _is_collection(said: Type) -> bool:
    return any(
        isinstance(item, Instance)
        and isinstance(item.of, str)
        and bool(item.arguments)
        and item.of.startswith(("builtins.", "collections.", "sqlalchemy.orm."))
        for item in alternatives(without_none(said))
    )


def _class_in(project: Project, holder: ClassRef, row: Binding, expression: Expression) -> ClassRef | None:
    """The one class of the project within an annotation, where the names in it can be resolved."""
    refs = set(_classes_in(annotated(project, holder.path, row.scope, expression, row.start)))
    return refs.pop() if len(refs) == 1 else None


def _classes_in(item: Type) -> Iterator[ClassRef]:
    match item:
        case Instance(of=of, arguments=inner):
            if isinstance(of, ClassRef):
                yield of
            for one in inner:
                yield from _classes_in(one)
        case ClassObject(of=one):
            yield from _classes_in(one)
    if not isinstance(item, Instance):
        for one in alternatives(item):
            if one is not item:
                yield from _classes_in(one)


def _names_in(expression: Expression) -> Iterator[str]:
    """Every name that an annotation holds, as text: those of `TYPE_CHECKING` imports and of the registry."""
    match expression:
        case ("name", _, _, name):
            yield name
        case ("string", _, _, text):
            inner = parsed(text)
            if inner is not None:
                yield from _names_in(inner)
        case ("attribute", _, _, _, name):
            yield name
        case ("subscript", _, _, value, index):
            yield from _names_in(value)
            yield from _names_in(index)
        case ("operator", _, _, _, items) | ("tuple", _, _, items):
            for item in items:
                yield from _names_in(item)


def _target(
    project: Project,
    holder: ClassRef,
    scope: int,
    arguments: tuple[Expression, ...],
    keywords: Mapping[str | None, Expression],
    said: _Said,
) -> ClassRef | None:
    given = arguments[0] if arguments else keywords.get("argument")
    if given is not None and given[0] == "lambda":
        given = given[3]
    if given is not None and given[0] == "string":
        name = str(given[3]).strip("() ").rpartition(".")[2]
        return _registered(project, holder, name, str(given[3]))
    if given is not None:
        targets = evaluate(project, holder.path, scope, given, -1)
        refs = [ref for target in sorted(targets, key=repr) for ref in classes_behind(project, target)]
        return refs[0] if len(refs) == 1 else None
    if said.target is not None:
        return said.target
    found = {ref for name in said.names if (ref := _registered(project, holder, name, name)) is not None}
    return found.pop() if len(found) == 1 else None


def _registered(project: Project, holder: ClassRef, name: str, spelled: str) -> ClassRef | None:
    fitting = registered(project, name, holder.path, holder)
    if len(fitting) > 1 and "." in spelled:
        module = spelled.rpartition(".")[0].replace(".", "/")
        fitting = tuple(model for model in fitting if model.ref.path.removesuffix(".py").endswith(module))
    return fitting[0].ref if len(fitting) == 1 else None


def _lazy(call: Expression, keywords: Mapping[str | None, Expression], said: _Said) -> str:
    given = keywords.get("lazy")
    if said.lazy:
        return said.lazy
    if call[3][-1] == "dynamic_loader":
        return "dynamic"
    if given is None:
        return "?" if None in keywords else _DEFAULT
    if given[0] == "string":
        name = str(given[3])
        return "raise" if name == "raise_on_sql" else name
    return _LAZY.get(given[3], "?") if given[0] == "constant" else "?"


def _is_many(
    project: Project,
    model: ClassRef,
    target: ClassRef | None,
    call: Expression,
    keywords: Mapping[str | None, Expression],
    said: _Said,
) -> bool:
    uselist = keywords.get("uselist")
    if uselist is not None and uselist[0] == "constant":
        return bool(uselist[3])
    if said.many is not None:
        return said.many
    if "secondary" in keywords or "collection_class" in keywords or len(call[4]) > 1:
        return True
    return not _is_many_to_one(project, model, target, keywords)


def _is_many_to_one(
    project: Project, model: ClassRef, target: ClassRef | None, keywords: Mapping[str | None, Expression]
) -> bool:
    """Whether the foreign key is on this side."""
    if target is None:
        return False
    if target == model:
        return "remote_side" in keywords
    here = table_name(project, target) in foreign_tables(project, model)
    there = table_name(project, model) in foreign_tables(project, target)
    if here and there:
        return _names_own_column(project, model, keywords.get("foreign_keys"))
    return here


def _names_own_column(project: Project, model: ClassRef, foreign_keys: Expression | None) -> bool:
    """Whether `foreign_keys=[author_id]` or `"Post.author_id"` names a column of the model itself."""
    if foreign_keys is None:
        return True
    if foreign_keys[0] in {"list", "tuple"} and foreign_keys[3]:
        foreign_keys = foreign_keys[3][0]
    if foreign_keys[0] == "string":
        first = str(foreign_keys[3]).strip("[]() ").split(",")[0].split(".")
        return len(first) < 2 or first[-2] == definition(project, model).name
    if foreign_keys[0] == "attribute":
        return bool(foreign_keys[3][-1] == definition(project, model).name)
    return bool(foreign_keys[0] == "name")


# -- backrefs


@question
def _backrefs(project: Project) -> Mapping[ClassRef, tuple[Relationship, ...]]:
    """The relationships that `backref=` gives to the other side, by the model that gets them."""
    found: dict[ClassRef, list[Relationship]] = {}
    for model in models(project):
        for holder in (model.ref, *(item for item in ancestors(project, model.ref) if isinstance(item, ClassRef))):
            own = definition(project, holder).own
            for row in project.facts(holder.path).members_of.get(own, ()):
                made = _made(project, holder, row)
                given = dict(made[5]).get("backref") if made is not None else None
                if made is not None and given is not None:
                    _add_backref(project, model.ref, row, made, given, found)
    return {ref: tuple(rows) for ref, rows in found.items()}


def _add_backref(
    project: Project,
    model: ClassRef,
    row: Binding,
    made: Expression,
    given: Expression,
    found: dict[ClassRef, list[Relationship]],
) -> None:
    forward = relationships_of_holder(project, model, row.name)
    keywords: dict[str | None, Expression] = {}
    if given[0] == "call" and given[4]:
        keywords, given = dict(given[5]), given[4][0]
    if given[0] != "string" or forward is None or forward.target is None:
        return
    made_with = dict(made[5])
    many = "secondary" in made_with or not forward.many
    if "uselist" in made_with and "secondary" not in made_with:  # one to one: the way back is to one as well
        many = _is_many_to_one(project, model, forward.target, made_with)
    uselist = keywords.get("uselist")
    if uselist is not None and uselist[0] == "constant":
        many = bool(uselist[3])
    lazy = _lazy(("call", 0, 0, ("name", 0, 0, ""), (), ()), keywords, _Said())
    back = Relationship(str(given[3]), forward.path, forward.span, model, many, lazy, forward.name, True)
    found.setdefault(forward.target, []).append(back)


def relationships_of_holder(project: Project, model: ClassRef, name: str) -> Relationship | None:
    """The relationship `name` that the classes of a model define themselves, backrefs left out."""
    for item in (model, *(item for item in ancestors(project, model) if isinstance(item, ClassRef))):
        found = _own(project, item, model).get(name)
        if found is not None:
            return found
    return None
