"""The names of declarative bases: those of SQLAlchemy exist, and default table names are the libraries' own.

The expected table names were computed with the libraries themselves.
"""

from __future__ import annotations

import importlib

import pytest

from lifeops_codemods.project.declarative_names import (
    BASE_FACTORIES,
    CLASS_DECORATORS,
    DEFAULT_TABLE_NAMES,
    FIXED_TABLE_NAMES,
    MODEL_BASES,
    REGISTRIES,
    BaseKind,
    DecoratorKind,
)

FORMER = ("sqlalchemy.ext.declarative.api.",)
OF_SQLALCHEMY = sorted(
    name
    for name in {*MODEL_BASES, *BASE_FACTORIES, *CLASS_DECORATORS}
    if name.startswith("sqlalchemy.") and "()" not in name and not name.startswith(FORMER)
)


@pytest.mark.parametrize("name", OF_SQLALCHEMY)
def test_what_is_said_to_be_in_sqlalchemy_is_there(name: str) -> None:
    module, _, attribute = name.rpartition(".")

    if attribute == "mapped_as_dataclass":
        pytest.importorskip("sqlalchemy", minversion="2.1")
    assert hasattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize(
    ("base", "class_name", "expected"),
    [
        ("sqlmodel.SQLModel", "TaskNote", "tasknote"),
        ("advanced_alchemy.base.UUIDBase", "TaskNote", "task_note"),
        ("advanced_alchemy.base.CommonTableAttributes", "HTTPServer", "http_server"),
        ("litestar.plugins.sqlalchemy.base.BigIntAuditBase", "OAuth2Token", "o_auth2_token"),
        ("flask_sqlalchemy.SQLAlchemy().Model", "TaskNote", "task_note"),
        ("flask_sqlalchemy.SQLAlchemy().Model", "HTTPServer", "http_server"),
        ("flask_sqlalchemy.SQLAlchemy().Model", "_Private", "private"),
        ("flask_sqlalchemy.SQLAlchemy().Model", "HTTP2", None),
        ("alchemical.Model", "_Private", "private"),
    ],
)
def test_default_table_names(base: str, class_name: str, expected: str | None) -> None:
    assert DEFAULT_TABLE_NAMES[base](class_name) == expected


def test_what_names_a_table_is_a_base_or_a_mixin() -> None:
    assert {*DEFAULT_TABLE_NAMES, *FIXED_TABLE_NAMES} <= set(MODEL_BASES)
    assert all(MODEL_BASES[name] is BaseKind.MIXIN for name in FIXED_TABLE_NAMES)


def test_every_registry_decorates() -> None:
    assert all(CLASS_DECORATORS[f"{registry}.mapped"] is DecoratorKind.MAPPED for registry in REGISTRIES)
