"""Endpoints, in every way to register them."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from lifeops_codemods.facts.model import Binding
from lifeops_codemods.project import Project, instances
from lifeops_codemods.project.functions import FunctionRef, function
from lifeops_codemods.project.names import Variable
from lifeops_codemods.project.responses import ModelKind, response_model, status_code
from lifeops_codemods.project.routes import Route, registered_functions, routes, routes_of, websocket_routes
from lifeops_codemods.project.types import Type

from .projects import made

FASTAPI = "from fastapi import APIRouter, FastAPI\n"
ROUTER = FASTAPI + "router = APIRouter()\napp = FastAPI()\n"


class Seen(NamedTuple):
    name: str
    methods: str
    path: str | None
    proven: bool


def seen(project: Project, route: Route) -> Seen:
    methods = "+".join(sorted(route.methods))
    return Seen(function(project, route.function).name, methods, route.path, route.proven)


def found(text: str, **more: str) -> set[Seen]:
    project = made(
        {"app/__init__.py": "", "app/api.py": text} | {f"app/{key}.py": value for key, value in more.items()}
    )
    return {seen(project, route) for route in registered_functions(project)}


def only(text: str, **more: str) -> Route:
    project = made(
        {"app/__init__.py": "", "app/api.py": text} | {f"app/{key}.py": value for key, value in more.items()}
    )
    (route,) = registered_functions(project)
    return route


GET_X = {Seen("f", "GET", "/x", True)}


@pytest.mark.parametrize(
    "text",
    [
        '@router.get("/x")\ndef f(): ...\n',
        '@router.get("/x")\nasync def f(): ...\n',
        '@app.get("/x")\ndef f(): ...\n',
        '@app.router.get("/x")\ndef f(): ...\n',
        '@router.get(path="/x")\ndef f(): ...\n',
        'PATH = "/x"\n@router.get(PATH)\ndef f(): ...\n',
        'BASE = "/"\n@router.get(BASE + "x")\ndef f(): ...\n',
        '@router.api_route("/x")\ndef f(): ...\n',
        '@router.api_route("/x", methods=["get"])\ndef f(): ...\n',
        'from http import HTTPMethod\n@router.api_route("/x", methods=[HTTPMethod.GET])\ndef f(): ...\n',
        '@cached\n@router.get("/x")\n@limited(5)\ndef f(): ...\n',
        'other = router\n@other.get("/x")\ndef f(): ...\n',
        'get = router.get\n@get("/x")\ndef f(): ...\n',
        'route = router.get("/x")\n@route\ndef f(): ...\n',
        'from functools import partial\nget = partial(router.get, tags=["a"])\n@get("/x")\ndef f(): ...\n',
        'def f(): ...\napp.get("/x")(f)\n',
        'def f(): ...\nf = app.get("/x")(f)\n',
        'def f(): ...\nrouter.add_api_route("/x", f)\n',
        'def f(): ...\nrouter.add_api_route(path="/x", endpoint=f, methods=["GET"])\n',
        'def f(): ...\nrouter.add_api_route("/x", secured(f))\n',
        'from functools import partial\ndef f(a): ...\nrouter.add_api_route("/x", partial(f, 1))\n',
        'from fastapi.routing import APIRoute\ndef f(): ...\nr = APIRouter(routes=[APIRoute("/x", f)])\n',
        'def make():\n    r = APIRouter()\n    @r.get("/x")\n    def f(): ...\n    return r\n',
        'def make(r: APIRouter):\n    @r.get("/x")\n    def f(): ...\n',
        'def make(r: "APIRouter | None"):\n    @r.get("/x")\n    def f(): ...\n',
        'def make() -> APIRouter: ...\nr = make()\n@r.get("/x")\ndef f(): ...\n',
        'def make():\n    r = FastAPI()\n    return r\nr = make()\n@r.get("/x")\ndef f(): ...\n',
        'class R(APIRouter): ...\nr = R()\n@r.get("/x")\ndef f(): ...\n',
        "class R(APIRouter):\n    def __init__(self):\n"
        '        self.add_api_route("/x", self.f)\n    def f(self): ...\n',
        "class C:\n    def __init__(self):\n        self.router = APIRouter()\n"
        '        self.router.add_api_route("/x", self.f, methods=["GET"])\n    def f(self): ...\n',
        'class C:\n    router: APIRouter\n    def make(self):\n        @self.router.get("/x")\n        def f(): ...\n',
        "class C:\n    @property\n    def api(self) -> APIRouter: ...\n"
        '    def make(self):\n        @self.api.get("/x")\n        def f(): ...\n',
        'class C:\n    r = APIRouter()\n    @r.get("/x")\n    def f(self): ...\n',
        "class B:\n    def __init__(self):\n        self.r = APIRouter()\n"
        'class C(B):\n    def go(self):\n        self.r.add_api_route("/x", self.f)\n    def f(self): ...\n',
        'from fastapi_utils.cbv import cbv\n@cbv(router)\nclass C:\n    @router.get("/x")\n    def f(self): ...\n',
        "from fastapi_utils.inferring_router import InferringRouter\n"
        'r = InferringRouter()\n@r.get("/x")\ndef f(): ...\n',
        'from classy_fastapi import Routable, get\nclass C(Routable):\n    @get("/x")\n    def f(self): ...\n',
        'class C:\n    def f(self): ...\nc = C()\nrouter.add_api_route("/x", c.f)\n',
        'class C:\n    @staticmethod\n    def f(): ...\nrouter.add_api_route("/x", C.f)\n',
    ],
)
def test_ways_to_register(text: str) -> None:
    assert found(ROUTER + text) == GET_X


@pytest.mark.parametrize(
    "text",
    [
        'def wrap(method, path, **more):\n    return method(path, **more)\n@wrap(router.get, "/x")\ndef f(): ...\n',
        "def wrap(method, path):\n    def inner(g):\n        return method(path)(g)\n    return inner\n"
        '@wrap(router.get, "/x")\ndef f(): ...\n',
        'from lib import wrap\n@wrap(router.get, "/x")\ndef f(): ...\n',
        'from lib import wrap\n@wrap("/x", via=router.get)\ndef f(): ...\n',
        'def wrap(path):\n    return router.get(path)\n@wrap("/x")\ndef f(): ...\n',
        'def wrap(path):\n    decorator = router.get(path)\n    return decorator\n@wrap("/x")\ndef f(): ...\n',
        "def wrap(path):\n    def inner(g):\n"
        "        router.add_api_route(path, g)\n        return g\n    return inner\n"
        '@wrap("/x")\ndef f(): ...\n',
        'def wrap(path="/x"):\n    return router.get(path)\n@wrap()\ndef f(): ...\n',
        'def wrap(r, path):\n    return r.get(path)\n@wrap(router, "/x")\ndef f(): ...\n',
        'def wrap(r: APIRouter, path):\n    return r.get(path)\n@wrap(router, "/x")\ndef f(): ...\n',
        'def wrap(path, verb):\n    return router.api_route(path, methods=[verb])\n@wrap("/x", "GET")\ndef f(): ...\n',
        "class R(APIRouter):\n    def secure(self, path, **more):\n        return self.get(path, **more)\n"
        'r = R()\n@r.secure("/x")\ndef f(): ...\n',
        "class Api:\n    def __init__(self):\n        self.inner = APIRouter()\n"
        "    def get(self, path):\n        return self.inner.get(path)\n"
        'api = Api()\n@api.get("/x")\ndef f(): ...\n',
    ],
)
def test_a_projects_own_decorators(text: str) -> None:
    assert found(ROUTER + text) == GET_X


def test_what_a_wrapper_hands_on() -> None:
    route = only(
        ROUTER
        + "def wrap(path, model, **more):\n"
        + '    return router.post(path, response_model=model, tags=["all"], **more)\n'
        + '@wrap("/x", Hero, status_code=201)\ndef f(): ...\n'
    )
    assert [name for name, _ in route.keywords] == ["response_model", "tags", "status_code"]
    given = route.keyword("response_model")
    assert given is not None
    assert given.expression[3] == "Hero"
    assert route.complete
    assert route.proven


@pytest.mark.parametrize("handler", ["Handler()", "handler"])
def test_an_instance_that_is_called(handler: str) -> None:
    text = "class Handler:\n    def __call__(self): ...\nhandler = Handler()\n"
    assert found(f'{ROUTER}{text}app.add_api_route("/x", {handler})\n') == {Seen("__call__", "GET", "/x", True)}


def test_a_router_from_elsewhere() -> None:
    api = 'from app.routers import main as r\n@r.get("/x")\ndef f(): ...\n'
    assert found(api, routers=FASTAPI + "main = APIRouter()\n") == GET_X
    assert (
        found(
            api,
            routers="from app.base import Router\nmain = Router()\n",
            base=FASTAPI + "class Router(APIRouter): ...\n",
        )
        == GET_X
    )
    assert (
        found(
            'from app import routers\n@routers.main.get("/x")\ndef f(): ...\n', routers=FASTAPI + "main = APIRouter()\n"
        )
        == GET_X
    )
    assert (
        found('from .routers import *\n@main.get("/x")\ndef f(): ...\n', routers=FASTAPI + "main = APIRouter()\n")
        == GET_X
    )
    star = 'import app.handlers as h\nfrom fastapi import FastAPI\napp = FastAPI()\napp.add_api_route("/x", h.f)\n'
    assert found(star, handlers="async def f(): ...\n") == GET_X


def test_several_decorators_are_several_routes() -> None:
    text = (
        ROUTER
        + '@router.get("/x")\n@router.post("/y")\n@router.api_route("/z", methods=["PUT", "PATCH"])\ndef f(): ...\n'
    )
    assert found(text) == {
        Seen("f", "GET", "/x", True),
        Seen("f", "POST", "/y", True),
        Seen("f", "PATCH+PUT", "/z", True),
    }
    project = made({"api.py": text})
    (ref,) = {route.function for route in routes(project)}
    assert len(routes_of(project, ref)) == 3


def test_a_handler_that_subclasses_have_their_own_of() -> None:
    text = ROUTER + (
        'class B:\n    def __init__(self):\n        router.add_api_route("/x", self.f)\n    def f(self): ...\n'
        "class C(B):\n    def f(self): ...\n"
    )
    project = made({"api.py": text})
    assert len(routes(project)) == 2


def test_websockets_are_apart() -> None:
    project = made({"api.py": ROUTER + '@router.websocket("/ws")\ndef f(): ...\n@router.get("/x")\ndef g(): ...\n'})
    assert [seen(project, route) for route in websocket_routes(project)] == [Seen("f", "", "/ws", True)]
    assert [seen(project, route) for route in routes(project)] == [Seen("g", "GET", "/x", True)]


@pytest.mark.parametrize(
    "text",
    [
        'from other import router\n@router.get("/x")\ndef f(): ...\n',
        'def test(router):\n    @router.get("/x")\n    def f(): ...\n',
        'import other\n@other.api.router.get("/x")\ndef f(): ...\n',
        'router = build()\n@router.get("/x")\ndef f(): ...\n',
        'from other import Router\nclass R(Router): ...\nr = R()\n@r.get("/x")\ndef f(): ...\n',
    ],
)
def test_of_an_unknown_router_the_name_and_the_path_speak(text: str) -> None:
    assert found("import fastapi\n" + text) == {Seen("f", "GET", "/x", False)}


@pytest.mark.parametrize(
    "text",
    [
        'from unittest import mock\n@mock.patch("/x")\ndef f(): ...\n',
        'from unittest.mock import patch\n@patch("app.x")\ndef f(): ...\n',
        'import respx\n@respx.get("/x")\ndef f(): ...\n',
        'from flask import Flask\napp = Flask(__name__)\n@app.get("/x")\ndef f(): ...\n',
        'import httpx\nclient = httpx.Client()\n@client.get("/x")\ndef f(): ...\n',
        'from aiohttp import web\nroutes = web.RouteTableDef()\n@routes.get("/x")\ndef f(): ...\n',
        'from other import cache\n@cache.get("key")\ndef f(): ...\n',
        "from other import router\n@router.get(name)\ndef f(): ...\n",
        'class Store:\n    def get(self, key): ...\nstore = Store()\n@store.get("/x")\ndef f(): ...\n',
        'def f(): ...\nhandlers = {}\nhandlers.get("/x")(f)\n',
        "@property\ndef get(): ...\n@get.setter\ndef f(): ...\n",
        '@router.exception_handler("/x")\ndef f(): ...\n',
    ],
)
def test_what_is_no_route(text: str) -> None:
    assert found("import fastapi\n" + text) == set()


def test_where_nobody_knows_fastapi_there_are_no_routes() -> None:
    assert found('from other import router\n@router.get("/x")\ndef f(): ...\n') == set()


def test_what_is_unpacked_makes_a_registration_incomplete() -> None:
    assert only(ROUTER + '@router.get("/x", tags=["a"])\ndef f(): ...\n').complete
    assert not only(ROUTER + '@router.get("/x", **options)\ndef f(): ...\n').complete
    assert not only(ROUTER + "from x import M\n@router.api_route('/x', methods=M)\ndef f(): ...\n").complete
    assert not only(ROUTER + 'from lib import wrap\n@wrap(router.get, "/x")\ndef f(): ...\n').complete


@pytest.mark.parametrize(
    ("keywords", "kind"),
    [
        ("", ModelKind.ABSENT),
        (", response_model=Hero", ModelKind.GIVEN),
        (", response_model=list[Hero]", ModelKind.GIVEN),
        (", response_model=None", ModelKind.DISABLED),
        (", **options", ModelKind.UNKNOWN),
    ],
)
def test_response_model(keywords: str, kind: ModelKind) -> None:
    text = ROUTER + f'@router.get("/x"{keywords})\ndef f(): ...\n'
    answer = response_model(only(text))
    assert answer.kind is kind
    if kind is ModelKind.GIVEN:
        assert answer.given is not None
        assert text[slice(*answer.given.span)] == keywords.partition("=")[2]


@pytest.mark.parametrize(
    ("keyword", "status"),
    [
        ("", 200),
        (", status_code=201", 201),
        (", status_code=status.HTTP_201_CREATED", 201),
        (", status_code=HTTPStatus.CREATED", 201),
        (", status_code=computed", None),
        (", **options", None),
    ],
)
def test_status_code(keyword: str, status: int | None) -> None:
    text = (
        ROUTER + f'from http import HTTPStatus\nfrom fastapi import status\n@router.get("/x"{keyword})\ndef f(): ...\n'
    )
    project = made({"api.py": text})
    assert status_code(project, routes(project)[0]) == status


def test_the_order_of_files_does_not_matter() -> None:
    files = {
        "app/__init__.py": "",
        "app/a.py": 'from .b import wrap\n@wrap("/x")\ndef f(): ...\n',
        "app/b.py": "from .c import api\ndef wrap(path):\n    return api.get(path)\n",
        "app/c.py": FASTAPI + "api = APIRouter()\n",
    }
    answers = {routes(made(files, shuffled=seed)) for seed in range(6)}
    assert len(answers) == 1
    assert len(answers.pop()) == 1


def test_a_variable_that_is_made_from_itself_is_asked_for_once_on_every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of many `query = query.where(…)` leads to all the others, which are not followed anew from each."""
    asked: list[int] = []
    bound = instances._bound

    def counted(project: Project, item: Variable, binding: Binding, depth: int) -> Type:
        asked.append(depth)
        return bound(project, item, binding, depth)

    monkeypatch.setattr(instances, "_bound", counted)
    steps = "".join(f"    query = query.where({number})\n" for number in range(60))
    project = made({"app/a.py": f"def start(query):\n{steps}    return query\n"})
    instances.returned_type(project, FunctionRef("app/a.py", 0))
    assert 60 <= len(asked) <= 60 * 10
