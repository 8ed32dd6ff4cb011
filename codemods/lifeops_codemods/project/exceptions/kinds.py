"""Exception classes and what they inherit: those of the project, of Python, of libraries as far as they are known."""

from __future__ import annotations

import ast
import builtins

from lifeops_codemods.project import Project, question
from lifeops_codemods.project.classes import ClassRef, bases, classes_behind, definition
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import Variable
from lifeops_codemods.project.scopes import targets_of

Kind = ClassRef | str
"""An exception class: one of the project, or the dotted name of one outside."""

VALUE_ERROR = "builtins.ValueError"
KEY_ERROR = "builtins.KeyError"
EXCEPTION = "builtins.Exception"
BASE_EXCEPTION = "builtins.BaseException"
NO_RESULT = "sqlalchemy.exc.NoResultFound"
HTTP_EXCEPTION = "starlette.exceptions.HTTPException"
VALIDATION_ERROR = "pydantic_core.ValidationError"

_SAME = {
    "fastapi.HTTPException": HTTP_EXCEPTION,
    "fastapi.exceptions.HTTPException": HTTP_EXCEPTION,
    "pydantic.ValidationError": VALIDATION_ERROR,
    "pydantic.error_wrappers.ValidationError": VALIDATION_ERROR,
    "pydantic_core._pydantic_core.ValidationError": VALIDATION_ERROR,
    "pydantic.v1.ValidationError": VALIDATION_ERROR,
    "sqlalchemy.orm.exc.NoResultFound": NO_RESULT,
    "json.decoder.JSONDecodeError": "json.JSONDecodeError",
    "asyncio.exceptions.CancelledError": "asyncio.CancelledError",
    "builtins.IOError": "builtins.OSError",
    "builtins.EnvironmentError": "builtins.OSError",
}
"""Other names of one class."""

_BASES: dict[str, tuple[str, ...]] = {
    HTTP_EXCEPTION: (EXCEPTION,),
    VALIDATION_ERROR: (VALUE_ERROR,),
    "json.JSONDecodeError": (VALUE_ERROR,),
    "simplejson.JSONDecodeError": (VALUE_ERROR,),
    "requests.exceptions.JSONDecodeError": (VALUE_ERROR, "builtins.OSError"),
    "requests.exceptions.RequestException": ("builtins.OSError",),
    "requests.RequestException": ("builtins.OSError",),
    "asyncio.CancelledError": (BASE_EXCEPTION,),
    "asyncio.TimeoutError": ("builtins.TimeoutError",),
    "binascii.Error": (VALUE_ERROR,),
    "zoneinfo.ZoneInfoNotFoundError": (KEY_ERROR,),
    "fastapi.exceptions.RequestValidationError": (EXCEPTION,),
    "fastapi.RequestValidationError": (EXCEPTION,),
    "pydantic.PydanticUserError": ("builtins.TypeError",),
    "decimal.InvalidOperation": ("builtins.ArithmeticError",),
    "yaml.YAMLError": (EXCEPTION,),
    "httpx.HTTPError": (EXCEPTION,),
    "jose.JWTError": (EXCEPTION,),
    "jose.exceptions.JWTError": (EXCEPTION,),
    "jwt.PyJWTError": (EXCEPTION,),
    "jwt.InvalidTokenError": (EXCEPTION,),
    "jwt.exceptions.PyJWTError": (EXCEPTION,),
    "click.ClickException": (EXCEPTION,),
    "botocore.exceptions.ClientError": (EXCEPTION,),
    "botocore.exceptions.BotoCoreError": (EXCEPTION,),
}
"""What well-known classes inherit."""
_PLAIN_MODULES = ("sqlalchemy.exc.", "sqlalchemy.orm.exc.", "redis.exceptions.", "httpx.", "aiohttp.", "botocore.")
"""Modules whose exceptions are neither ValueErrors nor LookupErrors."""


def external_kind(name: str) -> str:
    """The one name under which a library's class is known here."""
    return _SAME.get(name, name)


def kinds_of(project: Project, path: str, node: ast.expr) -> tuple[Kind, ...]:
    """The classes that a name or dotted name stands for; none where that is not known."""
    found: list[Kind] = []
    for item in sorted(targets_of(project, path, node), key=repr):
        match item:
            case External(name=name) if "()" not in name:
                found.append(external_kind(name))
            case Variable():
                found += classes_behind(project, item)
    return tuple(dict.fromkeys(found))


@question
def lineage(project: Project, kind: Kind) -> tuple[frozenset[Kind], bool]:
    """All that a class is, itself included, and whether that is all."""
    found: set[Kind] = set()
    complete = True
    rest: list[Kind] = [kind]
    while rest:
        current = rest.pop()
        if current in found:
            continue
        found.add(current)
        inherited = _bases(project, current)
        complete = complete and inherited is not None
        rest += inherited or ()
    return frozenset(found), complete


def _bases(project: Project, kind: Kind) -> list[Kind] | None:
    if isinstance(kind, ClassRef):
        found: list[Kind] = []
        for base in bases(project, kind):
            if base is None or isinstance(base, Variable):
                return None
            found.append(base if isinstance(base, ClassRef) else external_kind(base.name))
        return found or ["builtins.object"]
    if kind in _BASES:
        return list(_BASES[kind])
    known = getattr(builtins, kind.removeprefix("builtins."), None) if kind.startswith("builtins.") else None
    if isinstance(known, type):
        return [f"builtins.{base.__name__}" for base in known.__bases__]
    return [EXCEPTION] if kind.startswith(_PLAIN_MODULES) else None


def is_a(project: Project, kind: Kind, other: Kind) -> bool | None:
    """Whether a class is `other` or inherits it; None where that is not known."""
    found, complete = lineage(project, kind)
    if other in found:
        return True
    return False if complete else None


def name_of(project: Project, kind: Kind) -> str:
    """The class's own name, for people."""
    return definition(project, kind).name if isinstance(kind, ClassRef) else kind.rpartition(".")[2]
