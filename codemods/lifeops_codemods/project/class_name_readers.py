"""The libraries that read a model's class name at run time: what they make of it, and what renaming the class asks for.

Each row was read from the library's source, in the version it gives. Where a name can be pinned, the formula is the
library's own, so that the written value is what the library computed from the old name. A name is written as in
`declarative_names`: by the path that code imports it from, `()` for a call.

`strictest` of the rows that a model meets decides: one refusal outweighs any pin.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias


class Seen(StrEnum):
    """How a model comes to a library, and so which models a use concerns."""

    CLASS_KEYWORD = "class_keyword"
    """`class UserAdmin(ModelView, model=User)`"""

    CLASS_ATTRIBUTE = "class_attribute"
    """`model = User` in the body of a subclass; `Meta.model` for one in the class `Meta` within it."""

    ARGUMENT = "argument"
    """An argument of a call or of a decorator's call; of a class's call, those of its subclasses as well."""

    TYPE_ARGUMENT = "type_argument"
    """`SQLAlchemyDTO[User]`, in an annotation or a base."""

    BASE = "base"
    """The model, or a base of it, inherits from the name or from its value."""

    VALUE = "value"
    """Instances of the model may be within what is handed over: `pickle.dumps(page)`."""

    EVERY_MODEL = "every_model"
    """Using the name at all concerns every model of the project."""


@dataclass(frozen=True, slots=True)
class Use:
    """How a use of the library is recognised.

    parameter: the keyword or attribute that holds the model. position: its place among positional arguments.
    only: the one class name that is concerned, for a default that names a class.
    """

    names: tuple[str, ...]
    seen: Seen
    parameter: str = ""
    position: int | None = None
    only: str = ""


Formula: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class PinnedValue:
    """A value to write where none is given.

    name: the keyword or attribute. position: where it may already be given without its name. later: from which version
    of the library it is called otherwise, and how. What the project gives itself stays: as this argument, or as an
    attribute of the same name in the body of the view's class.
    """

    name: str
    formula: Formula
    position: int | None = None
    later: tuple[str, str] | None = None


class Place(StrEnum):
    """Where a pinned value is written."""

    CLASS_BODY = "class_body"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Pin:
    """Keeps what the library made of the old name by writing it down.

    unless_related: not empty where pinning does not hold for a model that another model has a relationship to, and says
    why. It is true of a value that the project has already written as well.
    """

    place: Place
    values: tuple[PinnedValue, ...]
    unless_related: str = ""


@dataclass(frozen=True, slots=True)
class Follow:
    """The library looks the class up by its name: the call gets the new name, in place of the old or of a default."""

    keyword: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """The old name cannot be kept. only_seen: the program still works, but others see the new name."""

    reason: str
    only_seen: bool = False


@dataclass(frozen=True, slots=True)
class Harmless:
    """The name is read, or seems to be, and nothing depends on it."""

    reason: str


Remedy: TypeAlias = Pin | Follow | Refuse | Harmless


@dataclass(frozen=True, slots=True)
class ClassNameReader:
    """A library's reading of class names. `remedies`: one for each thing that it makes of the name."""

    library: str
    version: str
    uses: tuple[Use, ...]
    remedies: tuple[Remedy, ...]


def strictest(remedies: tuple[Remedy, ...]) -> Remedy:
    """The remedy that decides: a refusal that breaks the program, one that is only seen, a pin, nothing."""
    return min(remedies, key=_strictness)


def _strictness(remedy: Remedy) -> int:
    match remedy:
        case Refuse(only_seen=False):
            return 0
        case Refuse():
            return 1
        case Pin() | Follow():
            return 2
    return 3


def unchanged(name: str) -> str:
    """The name itself."""
    return name


def lower(name: str) -> str:
    """`flask_admin.model.base.BaseModelView._get_endpoint`."""
    return name.lower()


def spaced(name: str) -> str:
    """`prettify_class_name` of sqladmin, starlette-admin and flask-admin, which have the same."""
    return re.sub(r"(?<=.)([A-Z])", r" \1", name)


def spaced_plural(name: str) -> str:
    """The label in starlette-admin's menu."""
    return spaced(name) + "s"


def dashed(name: str) -> str:
    """`starlette_admin.helpers.slugify_class_name`: `UserDB` is `user-d-b`."""
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("-")


def dashed_words(name: str) -> str:
    """`sqladmin.helpers.slugify_class_name`: `UserDB` is `user-db`."""
    words = re.sub("(.)([A-Z][a-z]+)", r"\1-\2", name)
    return re.sub("([a-z0-9])([A-Z])", r"\1-\2", words).lower()


_ADMIN_PANELS = (
    ClassNameReader(
        "sqladmin",
        "0.1.12 to 0.32.0: sqladmin/models.py, ModelViewMeta.__new__",
        (Use(("sqladmin.ModelView", "sqladmin.models.ModelView"), Seen.CLASS_KEYWORD, "model"),),
        (
            # The plural follows from the name: f"{name}s".
            Pin(Place.CLASS_BODY, (PinnedValue("name", spaced),)),
            Refuse(
                "sqladmin makes the admin's URLs, and the names that stored permissions refer to, from the class's "
                "name; its metaclass sets `identity` after the class body, so that a value written there is lost",
                only_seen=True,
            ),
        ),
    ),
    ClassNameReader(
        "starlette-admin",
        "0.14.1 and 1.0.3: starlette_admin/contrib/sqla/view.py, ModelView.__init__; converters.py",
        (
            Use(
                (
                    "starlette_admin.contrib.sqla.ModelView",
                    "starlette_admin.contrib.sqla.view.ModelView",
                    "starlette_admin.contrib.sqlmodel.ModelView",
                    "starlette_admin.contrib.sqlmodel.view.ModelView",
                ),
                Seen.ARGUMENT,
                "model",
                0,
            ),
        ),
        (
            Pin(
                Place.CALL,
                (
                    PinnedValue("identity", dashed, 4, later=("1.0", "key")),
                    PinnedValue("name", spaced, 2, later=("1.0", "display_name")),
                    PinnedValue("label", spaced_plural, 3, later=("1.0", "menu_label")),
                ),
                unless_related="starlette-admin finds the view of a related model by the class's name alone, so that a "
                "view that keeps the old identity is not found",
            ),
        ),
    ),
    ClassNameReader(
        "flask-admin",
        "1.6.1 and 2.2.1: flask_admin/model/base.py, BaseModelView.__init__ and _get_endpoint",
        (
            Use(
                ("flask_admin.contrib.sqla.ModelView", "flask_admin.contrib.sqla.view.ModelView"),
                Seen.ARGUMENT,
                "model",
                0,
            ),
        ),
        (Pin(Place.CALL, (PinnedValue("name", spaced, 2), PinnedValue("endpoint", lower, 4))),),
    ),
    ClassNameReader(
        "fastapi-amis-admin",
        "0.7.3: admin/admin.py, ModelAdmin.router_prefix and LinkModelForm; crud/parser.py",
        (
            Use(
                (
                    "fastapi_amis_admin.admin.ModelAdmin",
                    "fastapi_amis_admin.admin.admin.ModelAdmin",
                    "fastapi_amis_admin.amis_admin.admin.ModelAdmin",
                ),
                Seen.CLASS_ATTRIBUTE,
                "model",
            ),
        ),
        (
            Refuse(
                "fastapi-amis-admin makes the paths of many-to-many links, and in some versions all of a model's "
                "paths, from the class's name, and names the model's schema after it",
                only_seen=True,
            ),
        ),
    ),
    ClassNameReader(
        "fastapi-amis-admin",
        "0.7.3: crud/_sqlalchemy.py, SqlalchemyCrud.router_prefix and schema_name_prefix",
        (
            Use(
                ("fastapi_amis_admin.crud.SqlalchemyCrud", "fastapi_amis_admin.crud.SQLAlchemyCrud"),
                Seen.ARGUMENT,
                "model",
                0,
            ),
        ),
        (
            Refuse(
                "fastapi-amis-admin makes the router's paths and its schemas' names from the class's name",
                only_seen=True,
            ),
        ),
    ),
    ClassNameReader(
        "crudadmin",
        "0.6: crudadmin/admin_interface/crud_admin.py, CRUDAdmin.add_view",
        (
            Use(
                ("crudadmin.CRUDAdmin().add_view", "crudadmin.admin_interface.crud_admin.CRUDAdmin().add_view"),
                Seen.ARGUMENT,
                "model",
                0,
            ),
        ),
        (
            Refuse(
                "crudadmin makes the admin's URLs from the class's name and stores it with each event of its log",
                only_seen=True,
            ),
        ),
    ),
    ClassNameReader(
        "fastadmin",
        "0.2: fastadmin/models/helpers.py, get_admin_model",
        (Use(("fastadmin.register", "fastadmin.models.decorators.register"), Seen.ARGUMENT, "", 0),),
        (Refuse("fastadmin makes the paths of its interface from the class's name", only_seen=True),),
    ),
)

_SCHEMAS = (
    ClassNameReader(
        "fastcrud",
        "0.23.0: fastcrud/endpoint/endpoint_creator.py, EndpointCreator.add_routes_to_router",
        (
            Use(
                (
                    "fastcrud.crud_router",
                    "fastcrud.endpoint.crud_router.crud_router",
                    "fastcrud.EndpointCreator",
                    "fastcrud.endpoint.endpoint_creator.EndpointCreator",
                ),
                Seen.ARGUMENT,
                "model",
                1,
            ),
        ),
        (
            Refuse(
                "fastcrud makes the routes' names, and so their operation ids, from the class's name", only_seen=True
            ),
        ),
    ),
    ClassNameReader(
        "pydantic-sqlalchemy",
        "0.0.10: pydantic_sqlalchemy/main.py, sqlalchemy_to_pydantic",
        (
            Use(
                ("pydantic_sqlalchemy.sqlalchemy_to_pydantic", "pydantic_sqlalchemy.main.sqlalchemy_to_pydantic"),
                Seen.ARGUMENT,
                "db_model",
                0,
            ),
        ),
        (Refuse("the schema that is made of the model has its class's name, which the API documents", only_seen=True),),
    ),
    ClassNameReader(
        "advanced-alchemy",
        "1.12.0: extensions/litestar/dto.py; Litestar 2: litestar/dto/_backend.py, _create_transfer_model_name",
        (
            Use(
                (
                    "advanced_alchemy.extensions.litestar.SQLAlchemyDTO",
                    "advanced_alchemy.extensions.litestar.dto.SQLAlchemyDTO",
                    "litestar.contrib.sqlalchemy.dto.SQLAlchemyDTO",
                    "litestar.plugins.sqlalchemy.SQLAlchemyDTO",
                ),
                Seen.TYPE_ARGUMENT,
            ),
        ),
        (Refuse("Litestar names the schemas of the API's document after the model", only_seen=True),),
    ),
    ClassNameReader(
        "strawberry-sqlalchemy-mapper",
        "0.9.0: strawberry_sqlalchemy_mapper/mapper.py, model_to_type_name and _map_unmapped_relationships",
        (
            Use(
                (
                    "strawberry_sqlalchemy_mapper.StrawberrySQLAlchemyMapper",
                    "strawberry_sqlalchemy_mapper.mapper.StrawberrySQLAlchemyMapper",
                ),
                Seen.EVERY_MODEL,
            ),
            Use(
                tuple(
                    f"strawberry_sqlalchemy_mapper.{module}StrawberrySQLAlchemyMapper().{method}"
                    for module in ("", "mapper.")
                    for method in ("type", "interface")
                ),
                Seen.ARGUMENT,
                "model",
                0,
            ),
        ),
        (
            Refuse(
                "the mapper joins related models to GraphQL types by the class's name: a type that is called otherwise "
                "is not found, and a second one is made"
            ),
        ),
    ),
    ClassNameReader(
        "graphene-sqlalchemy",
        "2.3.0: graphene_sqlalchemy/utils.py, sort_enum_for_model",
        (
            Use(
                (
                    "graphene_sqlalchemy.utils.sort_enum_for_model",
                    "graphene_sqlalchemy.utils.sort_argument_for_model",
                ),
                Seen.ARGUMENT,
                "cls",
                0,
            ),
        ),
        (Refuse("graphene-sqlalchemy names the enumeration of sort orders after the model", only_seen=True),),
    ),
    ClassNameReader(
        "graphene-sqlalchemy",
        "2.3.0 and 3.0.0rc2: graphene_sqlalchemy/types.py, SQLAlchemyObjectType",
        (
            Use(
                ("graphene_sqlalchemy.SQLAlchemyObjectType", "graphene_sqlalchemy.types.SQLAlchemyObjectType"),
                Seen.CLASS_ATTRIBUTE,
                "Meta.model",
            ),
        ),
        (Harmless("the type has the name of its own class, and models are found by identity"),),
    ),
)

_STORED_NAMES = (
    ClassNameReader(
        "SQLAlchemy-Utils",
        "0.43.0: sqlalchemy_utils/generic.py, GenericRelationship",
        (
            Use(
                ("sqlalchemy_utils.generic_relationship", "sqlalchemy_utils.generic.generic_relationship"),
                Seen.EVERY_MODEL,
            ),
        ),
        (Refuse("a generic relationship stores the class's name in the discriminator column of each row"),),
    ),
    ClassNameReader(
        "SQLAlchemy-Continuum",
        "2.0.0: plugins/transaction_changes.py, plugins/activity.py; sqlalchemy-history 2.2.1 has the same",
        (
            Use(
                tuple(
                    f"{package}.{module}"
                    for package in ("sqlalchemy_continuum.plugins", "sqlalchemy_history.plugins")
                    for module in (
                        "TransactionChangesPlugin",
                        "transaction_changes.TransactionChangesPlugin",
                        "ActivityPlugin",
                        "activity.ActivityPlugin",
                    )
                ),
                Seen.EVERY_MODEL,
            ),
        ),
        (Refuse("the plugin stores the class's name with each change of a row"),),
    ),
    ClassNameReader(
        "SQLAlchemy-Continuum",
        "2.0.0: sqlalchemy_continuum/__init__.py, make_versioned; sqlalchemy-history 2.2.1 has the same",
        (
            Use(
                ("sqlalchemy_continuum.make_versioned", "sqlalchemy_history.make_versioned"),
                Seen.EVERY_MODEL,
                "user_cls",
                only="User",
            ),
        ),
        (Follow("user_cls", 5),),
    ),
    ClassNameReader(
        "sqlalchemy-filters",
        "0.13: sqlalchemy_filters/models.py, get_model_from_spec",
        (
            Use(
                tuple(
                    f"sqlalchemy_filters.{name}"
                    for name in (
                        "apply_filters",
                        "apply_sort",
                        "apply_loads",
                        "apply_pagination",
                        "filters.apply_filters",
                    )
                ),
                Seen.EVERY_MODEL,
            ),
        ),
        (Refuse("filter specifications, which may come from clients, name models by their classes' names"),),
    ),
    ClassNameReader(
        "sqlalchemyseed",
        "1.0.0: the `model` key of a seed file",
        (Use(("sqlalchemyseed.Seeder", "sqlalchemyseed.HybridSeeder"), Seen.EVERY_MODEL),),
        (Refuse("seed files name models by the dotted paths of their classes"),),
    ),
    ClassNameReader(
        "oso",
        "0.27: polar/polar.py, Polar.register_class",
        (
            Use(("oso.Oso().register_class", "oso.oso.Oso().register_class"), Seen.ARGUMENT, "cls", 0),
            Use(("oso.polar_class", "polar.polar_class"), Seen.ARGUMENT, "_cls", 0),
        ),
        (Pin(Place.CALL, (PinnedValue("name", unchanged),)),),
    ),
    ClassNameReader(
        "sqlalchemy-oso",
        "0.27: sqlalchemy_oso/auth.py, register_models",
        (Use(("sqlalchemy_oso.register_models", "sqlalchemy_oso.auth.register_models"), Seen.EVERY_MODEL),),
        (Refuse("the policy files name models by their classes' names"),),
    ),
    ClassNameReader(
        "SQLAlchemy",
        "2.1: sqlalchemy/ext/automap.py, name_for_scalar_relationship and name_for_collection_relationship",
        (Use(("sqlalchemy.ext.automap.automap_base()",), Seen.BASE),),
        (Refuse("automap names the relationships that it makes after the classes"),),
    ),
    ClassNameReader(
        "pickle",
        "the standard library, and those that use it or keep class paths themselves",
        (
            Use(
                (
                    "pickle.dump",
                    "pickle.dumps",
                    "pickle.Pickler",
                    "shelve.open",
                    "cloudpickle.dump",
                    "cloudpickle.dumps",
                    "dill.dump",
                    "dill.dumps",
                    "joblib.dump",
                    "jsonpickle.encode",
                    "jsonpickle.dumps",
                    "sqlalchemy.PickleType",
                    "sqlalchemy.types.PickleType",
                    "sqlalchemy.ext.serializer.dumps",
                    "fastapi_cache.coder.PickleCoder",
                    "aiocache.serializers.PickleSerializer",
                ),
                Seen.VALUE,
            ),
        ),
        (Refuse("what was stored refers to the class by its path, and is not read back under a new one"),),
    ),
)

_TESTS = (
    ClassNameReader(
        "pytest-factoryboy",
        "2.5: pytest_factoryboy/fixture.py, make_declaration_fixturedef",
        (Use(("pytest_factoryboy.register", "pytest_factoryboy.fixture.register"), Seen.EVERY_MODEL),),
        (Refuse("pytest-factoryboy finds the fixture for a SubFactory by the name of its model's class"),),
    ),
    ClassNameReader(
        "factory_boy",
        "3.3.3: factory/alchemy.py",
        (
            Use(
                (
                    "factory.alchemy.SQLAlchemyModelFactory",
                    "async_factory_boy.factory.sqlalchemy.AsyncSQLAlchemyFactory",
                ),
                Seen.CLASS_ATTRIBUTE,
                "Meta.model",
            ),
        ),
        (Harmless("the model is found by identity, and a factory's name is its own class's"),),
    ),
    ClassNameReader(
        "polyfactory",
        "3.5.0: polyfactory/factories/base.py, create_factory",
        (
            Use(
                ("polyfactory.factories.sqlalchemy_factory.SQLAlchemyFactory",),
                Seen.CLASS_ATTRIBUTE,
                "__model__",
            ),
            Use(("polyfactory.factories.sqlalchemy_factory.SQLAlchemyFactory",), Seen.TYPE_ARGUMENT),
        ),
        (Harmless("only factories that are made on the fly are named after the model"),),
    ),
)

_HARMLESS = (
    ClassNameReader(
        "SQLAlchemy-Continuum",
        "2.0.0: sqlalchemy_continuum/model_builder.py, build_model; sqlalchemy-history 2.2.1 has the same",
        (Use(("sqlalchemy_continuum.version_class", "sqlalchemy_history.version_class"), Seen.ARGUMENT, "model", 0),),
        (Harmless("the version class is found by identity, and its table is named after the model's table"),),
    ),
    ClassNameReader(
        "advanced-alchemy",
        "1.12.0: repository/_async.py, service; cache/serializers.py",
        (
            Use(
                (
                    "advanced_alchemy.repository.SQLAlchemyAsyncRepository",
                    "advanced_alchemy.repository.SQLAlchemySyncRepository",
                ),
                Seen.CLASS_ATTRIBUTE,
                "model_type",
            ),
        ),
        (
            Harmless(
                "the name goes into error messages; an entry that is cached under the old name is dropped and read anew"
            ),
        ),
    ),
    ClassNameReader(
        "fastcrud",
        "0.23.0: fastcrud/crud/fast_crud.py",
        (Use(("fastcrud.FastCRUD", "fastcrud.crud.fast_crud.FastCRUD"), Seen.ARGUMENT, "model", 0),),
        (Harmless("the name goes into error messages only"),),
    ),
    ClassNameReader(
        "fastapi-crudrouter",
        "0.8.6: fastapi_crudrouter/core/sqlalchemy.py",
        (Use(("fastapi_crudrouter.SQLAlchemyCRUDRouter",), Seen.ARGUMENT, "db_model", 1),),
        (Harmless("the prefix is the table's name"),),
    ),
    ClassNameReader(
        "marshmallow-sqlalchemy",
        "1.6.0: marshmallow_sqlalchemy/schema.py",
        (
            Use(
                ("marshmallow_sqlalchemy.SQLAlchemySchema", "marshmallow_sqlalchemy.SQLAlchemyAutoSchema"),
                Seen.CLASS_ATTRIBUTE,
                "Meta.model",
            ),
        ),
        (Harmless("a schema's name is its own class's"),),
    ),
    ClassNameReader(
        "fastapi-filter",
        "3.0.0: fastapi_filter/contrib/sqlalchemy/filter.py",
        (Use(("fastapi_filter.contrib.sqlalchemy.Filter",), Seen.CLASS_ATTRIBUTE, "Constants.model"),),
        (Harmless("the model is only used for its columns"),),
    ),
    ClassNameReader(
        "fastapi-users",
        "fastapi-users-db-sqlalchemy 7.0.0",
        (
            Use(
                ("fastapi_users_db_sqlalchemy.SQLAlchemyUserDatabase", "fastapi_users.db.SQLAlchemyUserDatabase"),
                Seen.ARGUMENT,
                "user_table",
                1,
            ),
        ),
        (Harmless("the model is only used for its columns"),),
    ),
    ClassNameReader(
        "casbin",
        "casbin-sqlalchemy-adapter 1.4.0, casbin-async-sqlalchemy-adapter 1.17.0",
        (
            Use(
                ("casbin_sqlalchemy_adapter.Adapter", "casbin_async_sqlalchemy_adapter.Adapter"),
                Seen.ARGUMENT,
                "db_class",
                1,
            ),
        ),
        (Harmless("the model is only used for its columns"),),
    ),
    ClassNameReader(
        "sqlalchemy-mixins",
        "2.0.5: sqlalchemy_mixins/repr.py, activerecord.py",
        (
            Use(
                tuple(
                    f"sqlalchemy_mixins.{name}"
                    for name in (
                        "ActiveRecordMixin",
                        "AllFeaturesMixin",
                        "ReprMixin",
                        "SerializeMixin",
                        "SmartQueryMixin",
                    )
                ),
                Seen.BASE,
            ),
        ),
        (Harmless("the name goes into error messages and `__repr__` only"),),
    ),
)

READERS: Final[tuple[ClassNameReader, ...]] = (*_ADMIN_PANELS, *_SCHEMAS, *_STORED_NAMES, *_TESTS, *_HARMLESS)
"""Every row. A library that reads no class name, such as fastapi-pagination, sqlalchemy-file, sqlalchemy-searchable,
eralchemy and alembic-utils, needs none."""
