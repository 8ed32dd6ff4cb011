"""The names by which code reaches a declarative base, and what each library names a model's table by default.

A name is written the way the code reaches it: `()` stands for a call, so `sqlalchemy.orm.registry().generate_base()` is
the value of `mapper_registry.generate_base()` where `mapper_registry = registry()`. A name that several modules export
is listed under each of them, since the target's libraries are not installed where the project is read.

What the rows were read from: SQLAlchemy 1.4, 2.0 and 2.1, SQLModel 0.0.50, Flask-SQLAlchemy 2.5 and 3.1, Advanced
Alchemy 0.6 and 1.12, Litestar 2, sqlalchemy-helpers 2.0, fastapi-users-db-sqlalchemy 7.0, sqlalchemy-mixins 2.0,
fastapi-sqla 4.0, Alchemical 1.0, casbin-sqlalchemy-adapter 1.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import product
from typing import Final


class BaseKind(StrEnum):
    """What a class becomes by inheriting from a library's class."""

    ROOT = "root"
    """A subclass that names it directly is itself a base (`class Base(DeclarativeBase)`); below that, models."""

    BASE = "base"
    """A subclass is a model, unless it says `__abstract__ = True`."""

    TABLE_KEYWORD = "table_keyword"
    """A subclass is a model if its class statement says `table=True`, else a schema. The keyword is not inherited."""

    MIXIN = "mixin"
    """Columns and methods; a subclass is a model only through another of its bases."""


class DecoratorKind(StrEnum):
    """What a class becomes under a decorator."""

    MAPPED = "mapped"
    """The decorated class is a model."""

    BASE = "base"
    """The decorated class is a base; its subclasses are models."""


DefaultTableName = Callable[[str], str | None]
"""From a class's name to its table's; None where the library's supported versions do not agree on it."""


def lower(name: str) -> str:
    """`SQLModel.__tablename__`."""
    return name.lower()


def underscored(name: str) -> str:
    """`advanced_alchemy.base.CommonTableAttributes.__tablename__`, the same in Litestar 2.0, where it came from.

    Only for a class that inherits from no other model: below a parent with `polymorphic_on` the library answers None.
    """
    return _WORD_START.sub(r"_\1", name).lower()


def flask_sqlalchemy_name(name: str) -> str | None:
    """`flask_sqlalchemy.model.camel_to_snake_case`: `HTTP2` is `htt_p2` in 2.x and `http2` in 3.x, so None.

    Only for a class with a primary key of its own: without one, below another model, it has no table of its own.
    """
    current = alchemical_name(name)
    former = _UPPER_RUN.sub(_former_word, name).lstrip("_")
    return current if current == former else None


def alchemical_name(name: str) -> str:
    """`alchemical.core.TableNamer`."""
    return underscored(name).lstrip("_")


def _former_word(match: re.Match[str]) -> str:
    word = match.group()
    return f"_{word[:-1]}_{word[-1]}".lower() if len(word) > 1 else f"_{word.lower()}"


_WORD_START = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")
_UPPER_RUN = re.compile(r"([A-Z]+)(?=[a-z0-9])")


def _spelled(modules: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{module}.{name}" for module, name in product(modules, names))


_ADVANCED_ALCHEMY_MODULES = (
    "advanced_alchemy.base",
    "advanced_alchemy.extensions.fastapi.base",
    "advanced_alchemy.extensions.flask.base",
    "advanced_alchemy.extensions.litestar.base",
    "advanced_alchemy.extensions.sanic.base",
    "advanced_alchemy.extensions.starlette.base",
    "litestar.contrib.sqlalchemy.base",
    "litestar.plugins.sqlalchemy.base",
)

_NAMED_BASES = _spelled(
    _ADVANCED_ALCHEMY_MODULES,
    (
        "BigIntAuditBase",
        "BigIntBase",
        "DefaultBase",
        "IdentityAuditBase",
        "IdentityBase",
        "NanoIDAuditBase",
        "NanoIDBase",
        "UUIDAuditBase",
        "UUIDBase",
        "UUIDv6AuditBase",
        "UUIDv6Base",
        "UUIDv7AuditBase",
        "UUIDv7Base",
    ),
)
_UNNAMED_BASES = _spelled(_ADVANCED_ALCHEMY_MODULES, ("AdvancedDeclarativeBase", "SQLQuery"))
_NAMING_MIXINS = _spelled(_ADVANCED_ALCHEMY_MODULES, ("CommonTableAttributes",))
_ADVANCED_ALCHEMY_MIXINS = _spelled(
    _ADVANCED_ALCHEMY_MODULES,
    ("AuditColumns", "BasicAttributes", "BigIntPrimaryKey", "SlugKey", "UUIDPrimaryKey"),
) + _spelled(
    tuple(f"{module.removesuffix('base')}mixins" for module in _ADVANCED_ALCHEMY_MODULES),
    (
        "AuditColumns",
        "BigIntPrimaryKey",
        "IdentityPrimaryKey",
        "NanoIDPrimaryKey",
        "SentinelMixin",
        "SlugKey",
        "UUIDPrimaryKey",
        "UUIDv6PrimaryKey",
        "UUIDv7PrimaryKey",
        "UniqueMixin",
    ),
)

_USERS_MODULES = ("fastapi_users_db_sqlalchemy", "fastapi_users.db")
_USER_TABLES = _spelled(_USERS_MODULES, ("SQLAlchemyBaseUserTable", "SQLAlchemyBaseUserTableUUID"))
_ACCOUNT_TABLES = _spelled(_USERS_MODULES, ("SQLAlchemyBaseOAuthAccountTable", "SQLAlchemyBaseOAuthAccountTableUUID"))
_TOKEN_TABLES = _spelled(
    ("fastapi_users_db_sqlalchemy.access_token",),
    ("SQLAlchemyBaseAccessTokenTable", "SQLAlchemyBaseAccessTokenTableUUID"),
)

_PLAIN_MIXINS = (
    *_spelled(("sqlalchemy.orm", "sqlalchemy.orm.decl_api"), ("MappedAsDataclass",)),
    *_spelled(("sqlalchemy.ext.asyncio", "sqlalchemy.ext.asyncio.session"), ("AsyncAttrs",)),
    *_spelled(("sqlalchemy.ext.declarative",), ("AbstractConcreteBase", "ConcreteBase", "DeferredReflection")),
    *_spelled(
        ("sqlalchemy_mixins",),
        (
            "ActiveRecordMixin",
            "AllFeaturesMixin",
            "EagerLoadMixin",
            "InspectionMixin",
            "ReprMixin",
            "SerializeMixin",
            "SessionMixin",
            "SmartQueryMixin",
            "TimestampsMixin",
        ),
    ),
    "sqlalchemy_mixins.activerecord.ActiveRecordMixin",
    "sqlalchemy_mixins.timestamp.TimestampsMixin",
    "sqlalchemy_utils.Timestamp",
    "sqlalchemy_utils.models.Timestamp",
)

_ALCHEMICAL_MODELS = _spelled(
    ("alchemical", "alchemical.aio", "alchemical.core", "alchemical.flask"), ("Model", "Alchemical().Model")
)
_PLAIN_BASES = (
    *_spelled(("sqlalchemy_helpers", "sqlalchemy_helpers.aio", "sqlalchemy_helpers.manager"), ("Base",)),
    *_spelled(("fastapi_sqla", "fastapi_sqla.sqla"), ("Base",)),
    *_spelled(("casbin_sqlalchemy_adapter", "casbin_sqlalchemy_adapter.adapter"), ("Base",)),
    *_spelled(("casbin_async_sqlalchemy_adapter", "casbin_async_sqlalchemy_adapter.adapter"), ("Base",)),
    *_spelled(("gino", "gino.api", "gino.ext.starlette", "gino_starlette"), ("Gino().Model",)),
)

_DATABASE_OBJECT_MODELS = ("flask_sqlalchemy.SQLAlchemy().Model", "flask_sqlalchemy.extension.SQLAlchemy().Model")

MODEL_BASES: Final[Mapping[str, BaseKind]] = {
    **dict.fromkeys(
        _spelled(("sqlalchemy.orm", "sqlalchemy.orm.decl_api"), ("DeclarativeBase", "DeclarativeBaseNoMeta")),
        BaseKind.ROOT,
    ),
    **dict.fromkeys(_spelled(("sqlmodel", "sqlmodel.main"), ("SQLModel",)), BaseKind.TABLE_KEYWORD),
    **dict.fromkeys(
        _spelled(("fastapi_users_db_sqlmodel",), ("SQLModelBaseOAuthAccount", "SQLModelBaseUserDB")),
        BaseKind.TABLE_KEYWORD,
    ),
    **dict.fromkeys(_NAMED_BASES, BaseKind.BASE),
    **dict.fromkeys(_UNNAMED_BASES, BaseKind.BASE),
    **dict.fromkeys(_PLAIN_BASES + _ALCHEMICAL_MODELS + _DATABASE_OBJECT_MODELS, BaseKind.BASE),
    **dict.fromkeys(_NAMING_MIXINS, BaseKind.MIXIN),
    **dict.fromkeys(_ADVANCED_ALCHEMY_MIXINS, BaseKind.MIXIN),
    **dict.fromkeys(_USER_TABLES + _ACCOUNT_TABLES + _TOKEN_TABLES, BaseKind.MIXIN),
    **dict.fromkeys(_PLAIN_MIXINS, BaseKind.MIXIN),
}
"""Classes of libraries that a project's classes inherit from."""

METACLASSES: Final = frozenset(
    _spelled(("sqlalchemy.orm", "sqlalchemy.orm.decl_api", "sqlalchemy.ext.declarative"), ("DeclarativeMeta",))
    + _spelled(("sqlalchemy.ext.declarative.api",), ("DeclarativeMeta",))
    + _spelled(("flask_sqlalchemy.model",), ("DefaultMeta", "DefaultMetaNoName"))
)
"""`class Base(metaclass=DeclarativeMeta)`: the class that names one is a base, if it says `__abstract__ = True`."""

BASE_FACTORIES: Final = frozenset(
    _spelled(
        (
            "sqlalchemy.orm",
            "sqlalchemy.orm.decl_api",
            "sqlalchemy.ext.declarative",
            "sqlalchemy.ext.declarative.api",
        ),
        ("declarative_base",),
    )
    + _spelled(("sqlalchemy.orm", "sqlalchemy.orm.decl_api"), ("registry().generate_base",))
    + _spelled(("sqlalchemy.ext.automap",), ("automap_base",))
    + _spelled(("sqlalchemy_helpers", "sqlalchemy_helpers.manager"), ("get_base",))
    + _spelled(_ADVANCED_ALCHEMY_MODULES, ("create_registry().generate_base", "orm_registry.generate_base"))
)
"""Callables whose value is a declarative base. `automap_base` also makes models that no source text names."""

REGISTRIES: Final = frozenset(
    _spelled(("sqlalchemy.orm", "sqlalchemy.orm.decl_api"), ("registry()",))
    + _spelled(_ADVANCED_ALCHEMY_MODULES, ("create_registry()", "orm_registry"))
)
"""Values that are a `registry`: every entry here takes the methods of one."""

REGISTRY_DECORATORS: Final[Mapping[str, DecoratorKind]] = {
    "mapped": DecoratorKind.MAPPED,
    "mapped_as_dataclass": DecoratorKind.MAPPED,
    "as_declarative_base": DecoratorKind.BASE,
}
"""Methods of a `registry` that decorate a class; all but `mapped` are also written with a call."""

CLASS_DECORATORS: Final[Mapping[str, DecoratorKind]] = {
    **dict.fromkeys(
        _spelled(
            (
                "sqlalchemy.orm",
                "sqlalchemy.orm.decl_api",
                "sqlalchemy.ext.declarative",
                "sqlalchemy.ext.declarative.api",
            ),
            ("as_declarative",),
        ),
        DecoratorKind.BASE,
    ),
    **dict.fromkeys(
        _spelled(("sqlalchemy.orm", "sqlalchemy.orm.decl_api"), ("mapped_as_dataclass",)), DecoratorKind.MAPPED
    ),
    **{
        f"{registry}.{method}": kind
        for registry, (method, kind) in product(sorted(REGISTRIES), REGISTRY_DECORATORS.items())
    },
}
"""Decorators, without the call that most of them are written with."""

IMPERATIVE_MAPPERS: Final = frozenset(
    {
        "sqlalchemy.orm.mapper",
        *(f"{registry}.{method}" for registry in REGISTRIES for method in ("map_imperatively", "map_declaratively")),
    }
)
"""Callables that map the class given as their first argument."""

DEFAULT_TABLE_NAMES: Final[Mapping[str, DefaultTableName]] = {
    "sqlmodel.SQLModel": lower,
    "sqlmodel.main.SQLModel": lower,
    **dict.fromkeys(_NAMED_BASES + _NAMING_MIXINS, underscored),
    **dict.fromkeys(_DATABASE_OBJECT_MODELS, flask_sqlalchemy_name),
    **dict.fromkeys(_ALCHEMICAL_MODELS, alchemical_name),
}
"""Bases and mixins below which a model without a `__tablename__` gets one from its class's name."""

FIXED_TABLE_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(_USER_TABLES, "user"),
    **dict.fromkeys(_ACCOUNT_TABLES, "oauth_account"),
    **dict.fromkeys(_TOKEN_TABLES, "accesstoken"),
}
"""Mixins that bring a constant `__tablename__`, whatever the class is called."""
