"""Schemas: which classes they are, what their fields read of an object, and what is validated against them.

What is read is compared with the installed Pydantic: each text is run, and an object notes which attributes it is asked
for.
"""

from __future__ import annotations

import ast
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from lifeops_codemods.facts.expressions import encode
from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.functions import function
from lifeops_codemods.project.routes import routes
from lifeops_codemods.project.schema_config import from_attributes
from lifeops_codemods.project.schema_fields import fields, fields_of
from lifeops_codemods.project.schema_validators import model_intercepts
from lifeops_codemods.project.schemas import is_schema, schemas
from lifeops_codemods.project.serialisation import ITEM, Trust, attribute_reads, is_understood, response_type
from lifeops_codemods.project.trees import offsets
from lifeops_codemods.project.types import UNKNOWN, Instance, Type, annotated
from lifeops_codemods.project.validations import Validation, validations

from .projects import made

HEADER = """
import dataclasses
from typing import (
    Annotated, Any, ClassVar, Dict, Generic, Iterator, List, NamedTuple, Optional, Sequence, TypeVar, TypedDict, Union
)
from pydantic import (
    AliasChoices, AliasGenerator, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, RootModel, TypeAdapter,
    computed_field, field_validator, model_validator
)
from pydantic import dataclasses as pydantic_dataclasses
from pydantic.alias_generators import to_camel, to_pascal
FROM = ConfigDict(from_attributes=True)
T = TypeVar("T")
class Item(BaseModel):
    model_config = FROM
    x: int
class Closed(BaseModel):
    x: int
"""


class Noting:
    """An object that notes which attributes it is asked for, in a list that it shares with what it holds."""

    def __init__(self, values: dict[str, Any], seen: list[str], name: str) -> None:
        self.__dict__["_state"] = (values, seen, name)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        values, seen, name = self.__dict__["_state"]
        seen.append(f"{name}{attribute}")
        if attribute not in values:
            raise AttributeError(attribute)
        return noting(values[attribute], seen, f"{name}{attribute}")


def noting(value: Any, seen: list[str], name: str = "") -> Any:
    match value:
        case dict() if "{}" in value:
            return {key: noting(inner, seen, f"{name}{ITEM}") for key, inner in value["{}"].items()}
        case dict():
            return Noting(value, seen, f"{name}." if name else "")
        case list():
            return [noting(inner, seen, f"{name}{ITEM}") for inner in value]
    return value


def really_read(text: str, value: Any, trust: Trust) -> set[str]:
    """The attributes that Pydantic reads of `value` when it validates it against `Top`."""
    module = types.ModuleType("really_read")
    sys.modules["really_read"] = module
    seen: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(HEADER + text, module.__dict__)
        try:
            TypeAdapter(module.__dict__["Top"]).validate_python(
                noting(value, seen), from_attributes=True if trust is Trust.RUNTIME else None
            )
        except ValidationError:
            assert trust is Trust.OWN, "with runtime trust all cases are valid"
    return set(seen)


def said_to_be_read(project: Project, kind: Type, value: Any, trust: Trust, name: str = "") -> Iterator[str]:
    """The attributes that `attribute_reads` says are read of `value`."""
    for read in attribute_reads(project, kind, trust):
        if read.path == (ITEM,):
            inner = value["{}"].values() if isinstance(value, dict) and "{}" in value else value
            for item in inner if isinstance(inner, list) or not isinstance(inner, (str, int, dict)) else ():
                yield from said_to_be_read(project, read.type, item, trust, f"{name}{ITEM}")
        elif isinstance(value, dict) and "{}" not in value:
            first, *rest = read.path
            whole = f"{name}.{first}" if name else str(first)
            yield whole
            if first in value and not rest:
                yield from said_to_be_read(project, read.type, value[first], trust, whole)


def top(text: str, expression: str = "Top") -> tuple[Project, Type]:
    project = made({"schemas.py": HEADER + text})
    return project, annotated(project, "schemas.py", 0, ("name", 0, 0, expression))


FROM = "model_config = FROM"
CAMEL = "from_attributes=True, alias_generator=to_camel"
X, Y = {"x": 1}, {"x": 1, "y": 2}
CASES: list[tuple[str, Any]] = [
    ("class Top(BaseModel): a: int; b: str = 'x'", {"a": 1, "b": "y"}),
    ("class Top(Item): y: int", Y),
    ("class Mixin: q: int\nclass Top(Mixin, Item): y: int", {"x": 1, "y": 2, "q": 3}),
    ("class Top(Item): item: Item", {"x": 1, "item": X}),
    ("class Top(Item): item: Closed", {"x": 1, "item": X}),
    ("class Top(BaseModel): items: list[Item]", {"items": [X]}),
    ("class Top(Item): items: List['Item'] = []", {"x": 1, "items": [X]}),
    ("class Top(Item): items: Sequence[Closed]", {"x": 1, "items": [X]}),
    ("class Top(Item): items: 'Optional[list[Item]]' = None", {"x": 1, "items": [X]}),
    ("class Top(Item): by: dict[str, Item]", {"x": 1, "by": {"{}": {"k": X}}}),
    ("class Top(Item): item: Item | None", {"x": 1, "item": None}),
    (f"class Other(BaseModel): {FROM}; y: int = 0\nTop = Union[Item, Other]", Y),
    ("class Top(RootModel[list[Item]]): ...", [X]),
    ("class Top(RootModel): root: Item", X),
    ("Top = RootModel[list[Item]]", [X]),
    ("class R(RootModel[list[T]], Generic[T]): ...\nTop = R[Item]", [X]),
    ("Top = list[Item]", [X]),
    (
        f"class Page(BaseModel, Generic[T]): {FROM}; items: list[T]; total: int\nTop = Page[Item]",
        {"items": [X], "total": 1},
    ),
    (
        f"class Page(BaseModel, Generic[T]): items: list[T]\nclass Top(Page[Item]): {FROM}; more: bool",
        {"items": [X], "more": True},
    ),
    (f"class Top(BaseModel): {FROM}; a: int = Field(alias='b')", {"a": 1, "b": 2}),
    (f"class Top(BaseModel): {FROM}; a: int = Field(validation_alias='c', alias='b')", {"b": 1, "c": 2}),
    (f"class Top(BaseModel): {FROM}; a: int = Field(serialization_alias='b')", {"a": 1, "b": 2}),
    (f"class Top(BaseModel): {FROM}; a: Annotated[int, Field(alias='b')]", {"a": 1, "b": 2}),
    (f"Named = Annotated[int, Field(alias='b')]\nclass Top(BaseModel): {FROM}; a: Named", {"b": 2}),
    (
        "class Top(BaseModel): model_config = ConfigDict(from_attributes=True, populate_by_name=True); "
        "a: int = Field(alias='b')",
        {"a": 1},
    ),
    (
        "class Top(BaseModel):\n"
        "    model_config = ConfigDict(from_attributes=True, validate_by_name=True, validate_by_alias=False)\n"
        "    a: int = Field(alias='b')",
        {"a": 1, "b": 1},
    ),
    (
        f"class Top(BaseModel): model_config = ConfigDict({CAMEL}); a_b: int; c: int = Field(alias='d_e')",
        {"aB": 1, "d_e": 1},
    ),
    (
        "class Top(BaseModel): model_config = ConfigDict(from_attributes=True, alias_generator=to_pascal); a_b: int",
        {"AB": 1},
    ),
    (
        "class Top(BaseModel):\n"
        "    model_config = ConfigDict(\n"
        "        from_attributes=True, alias_generator=AliasGenerator(serialization_alias=to_camel)\n    )\n"
        "    a_b: int",
        {"a_b": 1},
    ),
    (
        f"class Base(BaseModel): model_config = ConfigDict({CAMEL}, populate_by_name=True)\n"
        "class Top(Base): a_b: int; a1_b: int",
        {"a_b": 1, "a1_b": 2},
    ),
    (
        f"class Top(BaseModel): {FROM}; a: int = Field(validation_alias=AliasChoices('p', AliasPath('q', 'r')))",
        {"q": {"r": 1}},
    ),
    (
        f"class Top(BaseModel):\n    {FROM}; a: int; _p: int = 1; C: ClassVar[int] = 1\n"
        "    @computed_field\n    @property\n    def c(self) -> int:\n        return self.a",
        {"a": 1, "c": 2},
    ),
    (f"class Top(BaseModel): {FROM}; a: Item = Field(exclude=True)", {"a": X}),
    ("class Top(BaseModel, from_attributes=True): a: Item", {"a": X}),
    ("class Top(BaseModel):\n    class Config: from_attributes = True\n    a: Item", {"a": X}),
    (
        "class Base(BaseModel):\n    class Config: from_attributes = True\n"
        "class Top(Base): model_config = ConfigDict(extra='forbid'); a: int",
        {"a": 1},
    ),
    (
        f"class Base(BaseModel): {FROM}\nclass Top(Base): model_config = {{'from_attributes': False}}; a: int",
        {"a": 1},
    ),
    ("class Top(Item): items: tuple[Item, ...]", {"x": 1, "items": [X]}),
    ("class Top(Item): pair: tuple[Item, Item]", {"x": 1, "pair": [X, X]}),
    (
        f"class Top(BaseModel): {FROM}; x: int; children: list['Top'] = []",
        {"x": 1, "children": [{"x": 2, "children": [{"x": 3, "children": []}]}]},
    ),
    ("class Top(Item): many: list[list[Item]]", {"x": 1, "many": [[X]]}),
    ("class Top(Item): a: Any", {"x": 1, "a": {"z": 1}}),
]


@pytest.mark.parametrize("trust", list(Trust))
@pytest.mark.parametrize(("text", "value"), CASES)
def test_what_is_read_is_what_pydantic_reads(text: str, value: Any, trust: Trust) -> None:
    project, kind = top(text)
    said = set(said_to_be_read(project, kind, value, trust))
    assert said == {name for name in really_read(text, value, trust) if not name.endswith(".r")}


@pytest.mark.parametrize(
    "text",
    [
        "@pydantic_dataclasses.dataclass\nclass Top:\n    x: int\n",
        "@dataclasses.dataclass\nclass Top:\n    x: int\n",
        "class Top(TypedDict):\n    x: int\n",
        "class Top(NamedTuple):\n    x: int\n",
    ],
)
def test_what_never_reads_attributes(text: str) -> None:
    project, kind = top(text)
    assert attribute_reads(project, kind, Trust.RUNTIME) == ()


def test_an_alias_that_code_computes_is_not_certain() -> None:
    project, kind = top("class Top(BaseModel): model_config = ConfigDict(alias_generator=lambda s: s + '_'); a: int\n")
    assert [read.certain for read in attribute_reads(project, kind, Trust.RUNTIME)] == [False]


def names(project: Project) -> set[str]:
    return {definition(project, ref).name for ref in schemas(project)}


def test_schemas_are_found_through_any_chain() -> None:
    project = made(
        {
            "app/__init__.py": "",
            "app/base.py": "from pydantic import BaseModel as Root\nclass Core(Root): ...\nShort = Core\n",
            "app/more.py": "from app.base import Short as S\nclass Hero(S): ...\nclass Plain: ...\n",
            "app/again.py": "from app import more\nclass Villain(more.Hero): ...\n",
            "app/tables.py": "from sqlmodel import SQLModel\nclass A(SQLModel): ...\nclass B(A, table=True): ...\n",
            "app/roots.py": "import pydantic\nclass R(pydantic.RootModel[int]): ...\n",
            "app/data.py": "from pydantic.dataclasses import dataclass as d\n"
            "@d\nclass D: ...\n@d(frozen=True)\nclass E: ...\n",
            "app/other.py": "from dataclasses import dataclass\n@dataclass\nclass F: ...\n",
        }
    )
    assert names(project) == {"Core", "Hero", "Villain", "A", "R", "D", "E"}


def test_bases_that_functions_make() -> None:
    project = made(
        {
            "a.py": "from pydantic import BaseModel, create_model\n"
            "def make(config):\n    class Core(BaseModel): ...\n    return Core\n"
            "Base = make(1)\nclass A(Base): ...\nclass E(make(2)): ...\nclass B(create_model('C', x=1)): ...\n",
            "b.py": "from pydantic_duality import generate_dual_base_model as made\nclass D(made(1)): ...\n",
        }
    )
    assert names(project) == {"Core", "A", "B", "D", "E"}


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("class Top(Item): ...", True),
        ("Top = list[Item]", True),
        ("Top = int | None", True),
        ("class Top: ...", True),
        ("Top = Any", False),
        ("from lib import Top", False),
        ("from lib import Base\nclass Top(Base): ...", False),
        ("from lib import Base\nclass Top(Base, BaseModel): ...", False),
        ("Top = Union[Item, Any]", False),
        ("class Top(BaseModel):\n    @model_validator(mode='before')\n    def f(cls, value): ...", False),
        ("class Top(BaseModel): model_config = ConfigDict(alias_generator=lambda s: s); a: int", False),
    ],
)
def test_whether_all_that_is_read_is_known(text: str, understood: bool) -> None:
    project, kind = top(text)
    assert is_understood(project, kind) is understood


def test_fields_over_the_bases_keep_their_places() -> None:
    project, kind = top("class A(BaseModel):\n    a: int\n    b: int\nclass B(A):\n    a: str\n    c: int\nTop = B\n")
    assert isinstance(kind, Instance)
    assert isinstance(kind.of, ClassRef)
    found = fields(project, kind.of)
    assert [(field.name, field.type) for field in found] == [
        ("a", Instance("builtins.str")),
        ("b", Instance("builtins.int")),
        ("c", Instance("builtins.int")),
    ]
    assert is_schema(project, kind.of)


def test_type_parameters_are_what_the_instance_says() -> None:
    project, _ = top("class Page(BaseModel, Generic[T]):\n    items: list[T]\nclass Sub(Page[Item]): ...\n")
    item = annotated(project, "schemas.py", 0, ("name", 0, 0, "Item"))
    for text in ("Page[Item]", "Sub"):
        node = ast.parse(text, mode="eval").body
        kind = annotated(project, "schemas.py", 0, encode(node, lambda _line, _column: -1))
        assert isinstance(kind, Instance)
        assert [field.type for field in fields_of(project, kind)] == [Instance("builtins.list", (item,))]


def test_validators_that_come_first() -> None:
    project, kind = top(
        "class Base(BaseModel):\n"
        "    @model_validator(mode='before')\n    def whole(cls, value): return value\n"
        "class Top(Base):\n    a: int\n    b: Annotated[int, BeforeValidator(f)]\n    c: int\n"
        "    @field_validator('a', mode='before')\n    def early(cls, value): return value\n"
        "    @field_validator('c')\n    def late(cls, value): return value\n"
    )
    assert isinstance(kind, Instance)
    assert isinstance(kind.of, ClassRef)
    assert [function(project, ref).name for ref in model_intercepts(project, kind.of)] == ["whole"]
    assert [len(field.intercepts) for field in fields(project, kind.of)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("class Top(BaseModel): ...\n", False),
        ("class Top(Item): ...\n", True),
        ("class Top(BaseModel):\n    class Config:\n        orm_mode = True\n", True),
        ("class Top(BaseModel):\n    model_config = imported\n", None),
        ("class Top(BaseModel):\n    model_config = ConfigDict(**FROM, extra='allow')\n", True),
        ("class Top(BaseModel):\n    model_config = FROM | {'extra': 'allow'}\n", True),
        ("class Top(BaseModel):\n    model_config = ConfigDict(from_attributes=SETTING)\n", None),
        ("from lib import Base\nclass Top(Base, BaseModel): ...\n", None),
    ],
)
def test_whether_a_schema_reads_attributes_itself(text: str, answer: bool | None) -> None:
    project, kind = top(text)
    assert isinstance(kind, Instance)
    assert isinstance(kind.of, ClassRef)
    assert from_attributes(project, kind.of) is answer


# -- responses

API = "from fastapi import APIRouter, Response\nfrom fastapi.responses import JSONResponse\nrouter = APIRouter()\n"


def response(registration: str, definition_: str = "def f(): ...") -> Type | None:
    project = made({"api.py": HEADER + API + f"@router.get('/x'{registration})\n{definition_}\n"})
    return response_type(project, routes(project)[0])


def shown(kind: Type | None) -> str:
    match kind:
        case None:
            return "nothing"
        case Instance(of=ClassRef(), arguments=()):
            return "schema"
        case Instance(of=str() as name, arguments=inner):
            return f"{name.rpartition('.')[2]}[{', '.join(map(shown, inner))}]" if inner else name.rpartition(".")[2]
    return "unknown" if kind == UNKNOWN else type(kind).__name__


@pytest.mark.parametrize(
    ("registration", "definition_", "answer"),
    [
        (", response_model=Item", "def f(): ...", "schema"),
        (", response_model=list[Item]", "def f() -> Any: ...", "list[schema]"),
        (", response_model=None", "def f() -> Item: ...", "nothing"),
        ("", "def f() -> Item: ...", "schema"),
        ("", "def f() -> 'list[Item]': ...", "list[schema]"),
        ("", "async def f() -> Item: ...", "schema"),
        ("", "def f(): ...", "nothing"),
        ("", "def f() -> None: ...", "nothing"),
        ("", "def f() -> Response: ...", "nothing"),
        ("", "def f() -> JSONResponse: ...", "nothing"),
        (", response_model=Item", "def f() -> Response: ...", "schema"),
        (", **more", "def f() -> Item: ...", "unknown"),
        ("", "def f() -> Item | None: ...", "Union"),
        ("", "def f() -> Iterator[Item]:\n    yield 1", "nothing"),
    ],
)
def test_response_type(registration: str, definition_: str, answer: str) -> None:
    assert shown(response(registration, definition_)) == answer


# -- validations


def validated(expression: str, before: str = "") -> tuple[Validation, ...]:
    text = HEADER + f"from pydantic import parse_obj_as\n{before}\n"
    text += f"def use(x, rows):\n    adapter = TypeAdapter(list[Item])\n    return {expression}\n"
    project = made({"use.py": text})
    used = ast.parse(text).body[-1]
    assert isinstance(used, ast.FunctionDef)
    statement = used.body[-1]
    assert isinstance(statement, ast.Return)
    assert statement.value is not None
    scope = next(row.own for row in project.facts("use.py").functions if row.name == "use")
    return validations(project, Given("use.py", scope, encode(statement.value, offsets(project, "use.py").at)))


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("Item.model_validate(x)", "schema"),
        ("Item.model_validate(obj=x)", "schema"),
        ("Item.from_orm(x)", "schema"),
        ("Item.parse_obj(x)", "schema"),
        ("TypeAdapter(list[Item]).validate_python(x)", "list[schema]"),
        ("adapter.validate_python(x)", "list[schema]"),
        ("parse_obj_as(List[Item], x)", "list[schema]"),
        ("RootModel[Item].model_validate(x)", "RootModel[schema]"),
    ],
)
def test_calls_that_validate(expression: str, kind: str) -> None:
    (found,) = validated(expression)
    assert shown(found.type) == kind
    assert found.argument.expression[3] == "x"
    assert found.trust is Trust.OWN


def test_a_call_may_let_all_schemas_read() -> None:
    (found,) = validated("Item.model_validate(x, from_attributes=True)")
    assert found.trust is Trust.RUNTIME


def test_a_constructor_validates_what_its_fields_are_given() -> None:
    before = "class Holder(BaseModel):\n    items: list[Item]\n    named: Item = Field(alias='other')\n    n: int = 0\n"
    found = validated("Holder(items=rows, other=x, n=3)", before)
    assert [(one.field.name if one.field else "", shown(one.type)) for one in found] == [
        ("items", "list[schema]"),
        ("named", "schema"),
        ("n", "int"),
    ]


def test_a_class_method_validates_against_its_own_class() -> None:
    text = HEADER + "class Top(Item):\n    @classmethod\n    def make(cls, x):\n        return cls.model_validate(x)\n"
    project = made({"use.py": text})
    call = next(row for row in project.facts("use.py").calls if row.function[-1:] == ("model_validate",))
    node = next(n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call) and ast.unparse(n).startswith("cls."))
    (found,) = validations(project, Given("use.py", call.scope, encode(node, offsets(project, "use.py").at)))
    assert shown(found.type) == "schema"


@pytest.mark.parametrize(
    "expression", ["x.model_validate(rows)", "Item.model_dump(x)", "use(x)", "dict(x=1)", "Item.model_validate()"]
)
def test_what_validates_nothing(expression: str) -> None:
    assert validated(expression) == ()
