"""What is injected into endpoints, and where their other parameters come from."""

from __future__ import annotations

import pytest

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import ClassRef, definition
from lifeops_codemods.project.dependencies import (
    Provider,
    attribute_provider,
    given_type,
    injected_type,
    provider,
    signature,
)
from lifeops_codemods.project.functions import FunctionRef, function, owner
from lifeops_codemods.project.inclusions import other_dependencies
from lifeops_codemods.project.parameters import Source, endpoint_parameters, parameters, request_names
from lifeops_codemods.project.routes import routes
from lifeops_codemods.project.types import Instance, Type

from .projects import made

DEPS = """
from typing import Annotated, AsyncIterator, Generator
from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
class Service:
    def __init__(self, db): ...
class Checker:
    def __init__(self, role): ...
    def __call__(self, token: str): ...
    def method(self): ...
    @classmethod
    def made(cls): ...
async def get_db() -> AsyncIterator[AsyncSession]:
    yield session
def plain() -> Service: ...
def sessions() -> Generator[AsyncSession, None, None]:
    yield session
DbSession = Annotated[AsyncSession, Depends(get_db)]
admin = Checker("admin")
"""
HEADER = """
import functools
from typing import Annotated, Any, Optional
import fastapi
import fastapi as fa
from fastapi import APIRouter, Depends, FastAPI, Security
from app import deps
from app.deps import AsyncSession, Checker, DbSession, Service, admin, get_db, plain, sessions
router = APIRouter()
"""


def project_of(text: str, **more: str) -> Project:
    files = {"app/__init__.py": "", "app/deps.py": DEPS, "app/api.py": HEADER + text}
    return made(files | {f"app/{key}.py": value for key, value in more.items()})


def endpoint(project: Project, name: str = "f") -> FunctionRef:
    rows = project.facts("app/api.py").functions
    return FunctionRef("app/api.py", next(index for index, row in enumerate(rows) if row.name == name))


def shown(project: Project, item: Provider) -> str:
    if isinstance(item, ClassRef):
        return definition(project, item).name
    holder = owner(project, item)
    return (f"{definition(project, holder).name}." if holder else "") + function(project, item).name


def provided(text: str, **more: str) -> list[str]:
    project = project_of(text, **more)
    return [shown(project, item) for item in provider(project, endpoint(project), "x")]


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("x=Depends(get_db)", "get_db"),
        ("x: AsyncSession = Depends(get_db)", "get_db"),
        ("x=Depends(dependency=get_db)", "get_db"),
        ("x=Depends(get_db, use_cache=False)", "get_db"),
        ("x=fastapi.Depends(get_db)", "get_db"),
        ("x=fa.Security(get_db, scopes=['a'])", "get_db"),
        ("x=Security(deps.get_db)", "get_db"),
        ("x: Annotated[AsyncSession, Depends(get_db)]", "get_db"),
        ("x: 'Annotated[AsyncSession, Depends(get_db)]'", "get_db"),
        ("x: Annotated[Any, 'text', Depends(get_db)]", "get_db"),
        ("x: DbSession", "get_db"),
        ("x: deps.DbSession", "get_db"),
        ("x: 'DbSession'", "get_db"),
        ("x: DbSession = None", "get_db"),
        ("x: Annotated[DbSession, Depends(plain)]", "plain"),
        ("x: Service = Depends()", "Service"),
        ("x: Annotated[Service, Depends()]", "Service"),
        ("x: Optional[Service] = Depends(None)", "Service"),
        ("x=Depends(Service)", "Service"),
        ("x=Depends(deps.Service)", "Service"),
        ("x=Depends(Checker('a'))", "Checker.__call__"),
        ("x=Depends(admin)", "Checker.__call__"),
        ("x=Depends(admin.method)", "Checker.method"),
        ("x=Depends(Checker.made)", "Checker.made"),
        ("x=Depends(functools.partial(plain, 1))", "plain"),
    ],
)
def test_what_provides_a_parameter(parameter: str, expected: str) -> None:
    assert provided(f"def f({parameter}): ...\n") == [expected]
    assert provided(f"async def f(a: int, *, {parameter}, **rest): ...\n") == [expected]


@pytest.mark.parametrize(
    ("before", "parameter", "expected"),
    [
        ("Mine = Annotated[Service, Depends(plain)]", "x: Mine", "plain"),
        ("Mine = DbSession", "x: Mine", "get_db"),
        ("needed = Depends(plain)", "x=needed", "plain"),
        ("def needs(g):\n    return Depends(g)", "x=needs(plain)", "plain"),
        ("def needs():\n    return Depends(plain)", "x=needs()", "plain"),
        ("def make(n):\n    def inner(): ...\n    return inner", "x=Depends(make(1))", "inner"),
        ("def make(n):\n    return Checker(n)", "x=Depends(make(1))", "Checker.__call__"),
        ("made = functools.partial(plain, 1)", "x=Depends(made)", "plain"),
        ("other = plain", "x=Depends(other)", "plain"),
        ("class Sub(Checker): ...\nsub = Sub('a')", "x=Depends(sub)", "Checker.__call__"),
        ("from app.more import Session as S", "x: S", "get_db"),
        ("from app.more import *", "x: Session", "get_db"),
    ],
)
def test_ways_around(before: str, parameter: str, expected: str) -> None:
    more = "from app.deps import DbSession\nSession = DbSession\n"
    assert provided(f"{before}\ndef f({parameter}): ...\n", more=more) == [expected]


@pytest.mark.parametrize(
    "parameter",
    [
        "x",
        "x: int = 0",
        "x: Service",
        "x: Annotated[int, fastapi.Query()]",
        "x=fastapi.Query(get_db)",
        "x=Depends(nowhere)",
        "x=Depends(lambda: 1)",
        "x=get_db()",
        "x=Depends()",
    ],
)
def test_what_nothing_known_provides(parameter: str) -> None:
    assert provided(f"def f({parameter}): ...\n") == []


def named(project: Project, kind: Type) -> str:
    match kind:
        case Instance(of=ClassRef() as ref):
            return definition(project, ref).name
        case Instance(of=str() as name):
            return name.rpartition(".")[2]
    return "?"


def test_the_type_of_what_is_injected() -> None:
    project = project_of(
        "def f(a=Depends(get_db), b=Depends(plain), c=Depends(Service), d=Depends(sessions),\n"
        "    e: Service = Depends(get_db)): ...\n"
    )
    ref = endpoint(project)
    assert [named(project, injected_type(project, ref, name)) for name in "abcde"] == [
        "AsyncSession",
        "Service",
        "Service",
        "AsyncSession",
        "Service",
    ]
    (item,) = provider(project, ref, "c")
    init = signature(project, item)
    assert init is not None
    assert function(project, init).name == "__init__"
    assert named(project, given_type(project, item)) == "Service"


def test_attributes_of_class_based_controllers() -> None:
    project = project_of(
        "class C:\n    db: AsyncSession = Depends(get_db)\n    own: DbSession\nclass D(C):\n    x = 1\n"
    )
    for name in ("db", "own"):
        found = attribute_provider(project, ClassRef("app/api.py", 1), name)
        assert [shown(project, item) for item in found] == ["get_db"]
    assert attribute_provider(project, ClassRef("app/api.py", 1), "x") == ()


def test_dependencies_that_give_no_parameter() -> None:
    project = project_of(
        "from fastapi import Depends as D\n"
        "common = [D(sessions)]\n"
        "inner = APIRouter(prefix='/a', dependencies=[D(plain)])\n"
        "app = FastAPI(dependencies=[D(admin)])\n"
        "app.include_router(router, dependencies=[D(Service)])\n"
        "router.include_router(inner)\n"
        "@inner.get('/x', dependencies=[D(get_db)] + common)\ndef f(): ...\n"
    )
    (route,) = routes(project)
    found = {shown(project, item) for item in other_dependencies(project, route)}
    assert found == {"get_db", "sessions", "plain", "Service", "Checker.__call__"}


SOURCES = """
from datetime import date
from dataclasses import dataclass
from enum import Enum
from typing import *
from fastapi import (
    BackgroundTasks, Body, Cookie, File, Form, Header, Path, Query, Request, Response, UploadFile, WebSocket
)
from pydantic import BaseModel
from lib import Foreign
class Item(BaseModel):
    a: int
class Kind(Enum):
    a = 1
@dataclass
class Data:
    a: int
"""


@pytest.mark.parametrize(
    ("parameter", "source"),
    [
        ("id: int", Source.PATH),
        ("id", Source.PATH),
        ("id: Annotated[int, Path(ge=1)]", Source.PATH),
        ("org: str", Source.PATH),
        ("x", Source.QUERY),
        ("x: int", Source.QUERY),
        ("x: int | None = None", Source.QUERY),
        ("x: date = None", Source.QUERY),
        ("x: Kind = Kind.a", Source.QUERY),
        ("x: int = Query(0)", Source.QUERY),
        ("x: list[int] = Query()", Source.QUERY),
        ("x: Annotated[Item, Query()]", Source.QUERY),
        ("x: str = Header()", Source.HEADER),
        ("x: Annotated[str | None, Cookie()] = None", Source.COOKIE),
        ("x: Item", Source.BODY),
        ("x: list[Item]", Source.BODY),
        ("x: list[int]", Source.BODY),
        ("x: dict", Source.BODY),
        ("x: Data", Source.BODY),
        ("x: Item | None = None", Source.BODY),
        ("x: int = Body()", Source.BODY),
        ("x: str = Form()", Source.FORM),
        ("x: bytes = File()", Source.FILE),
        ("x: UploadFile", Source.FILE),
        ("x: list[UploadFile]", Source.FILE),
        ("x: Request", Source.SPECIAL),
        ("x: Response", Source.SPECIAL),
        ("x: BackgroundTasks", Source.SPECIAL),
        ("x: Foreign", Source.UNKNOWN),
        ("*x", Source.UNKNOWN),
        ("x: AsyncSession = Depends(get_db)", Source.DEPENDENCY),
        ("x=Depends(nowhere)", Source.DEPENDENCY),
    ],
)
def test_where_a_parameter_comes_from(parameter: str, source: Source) -> None:
    text = SOURCES.replace("import *", "import Optional")
    project = project_of(
        f"{text}\nouter = APIRouter(prefix='/orgs/{{org}}')\nouter.include_router(router)\n"
        f"@router.get('/things/{{id}}/{{rest:path}}')\ndef f({parameter}): ...\n"
    )
    (route,) = routes(project)
    (taken,) = endpoint_parameters(project, route)
    assert taken.source is source


def test_without_the_path_a_plain_parameter_may_be_in_it() -> None:
    project = project_of("def f(a: int, b: int = 0): ...\n")
    assert [taken.source for taken in parameters(project, endpoint(project))] == [Source.PATH_OR_QUERY, Source.QUERY]


def test_the_first_parameter_of_a_method_is_its_own() -> None:
    project = project_of("class C:\n    @router.get('/x')\n    def f(self, a: int): ...\n")
    assert [taken.source for taken in parameters(project, endpoint(project))] == [Source.OWN, Source.PATH_OR_QUERY]


def test_all_that_a_request_gives() -> None:
    project = project_of(
        SOURCES.replace("import *", "import Optional")
        + "class Paging(BaseModel):\n    limit: int = 100\n    skip: int = 0\n"
        "class Order:\n    def __init__(self, sort: str = 'a'): ...\n"
        "def page(cursor: str, p: Paging = Depends()): ...\n"
        "def f(q: str, request: Request, page=Depends(page), order: Order = Depends(), loop=Depends(f)): ...\n"
    )
    assert request_names(project, endpoint(project)) == {"q", "cursor", "limit", "skip", "sort"}
