"""Which file an import names, in the layouts that repositories have."""

from __future__ import annotations

import pytest

from lifeops_codemods.project.modules import Ambiguous, External, Module, find_module, find_relative, source_roots

from .projects import made, meant

HERO = "class Hero: pass\n"


def found(paths: list[str], place: str, name: str, src: tuple[str, ...] = ()) -> str:
    project = made(dict.fromkeys(paths, HERO), src)
    return written(find_module(project, f"{place}/a_file.py" if place else "a_file.py", name))


def written(item: Module | External | Ambiguous) -> str:
    match item:
        case Module(path=path):
            return path
        case External(name=name):
            return f"external {name}"
    return f"ambiguous {item.name}"


SERVICES = ["services/api/app/__init__.py", "services/api/app/models.py", "services/api/main.py"]
SERVICES += ["services/stats/app/__init__.py", "services/stats/app/models.py", "tests/test_all.py"]


@pytest.mark.parametrize("service", ["services/api", "services/stats"])
def test_each_service_finds_its_own_package(service: str) -> None:
    for folder in (f"{service}/app", service):
        assert found(SERVICES, folder, "app.models") == f"{service}/app/models.py"


def test_from_outside_all_services_a_package_of_several_is_ambiguous() -> None:
    assert found(SERVICES, "tests", "app.models") == "ambiguous app.models"


def test_a_package_of_one_service_is_found_from_outside() -> None:
    paths = ["services/api/api/__init__.py", "services/stats/stats/__init__.py", "tests/test_a.py"]
    assert found(paths, "tests", "stats") == "services/stats/stats/__init__.py"


def test_the_configured_source_root_decides() -> None:
    assert found(SERVICES, "services/api", "app", ("services/api",)) == "services/api/app/__init__.py"
    assert found(SERVICES, "services/api/app", "app.models", ("services/api",)) == "services/api/app/models.py"


def test_the_configured_source_root_decides_for_tests_outside() -> None:
    assert found(SERVICES, "tests", "app.models", ("services/api",)) == "services/api/app/models.py"


def test_source_roots_are_where_packages_begin() -> None:
    project = made(dict.fromkeys(["a/b/__init__.py", "a/b/c/__init__.py", "d/src/e/__init__.py", "f/g.py"], ""))
    assert source_roots(project) == ("a", "d/src")


@pytest.mark.parametrize("place", ["", "tests", "src/shop", "scripts/deep"])
def test_a_src_folder_is_a_source_root_for_what_is_around_it(place: str) -> None:
    paths = ["src/shop/__init__.py", "src/shop/models.py", "tests/test_a.py", "scripts/deep/run.py"]
    assert found(paths, place, "shop.models") == "src/shop/models.py"


def test_a_namespace_package_is_its_folder() -> None:
    assert found(["company/shop/models.py", "main.py"], "", "company.shop") == "company/shop/"
    assert found(["company/shop/models.py", "main.py"], "", "company.shop.models") == "company/shop/models.py"


def test_a_module_in_a_namespace_package_finds_its_siblings_from_the_root() -> None:
    assert found(["company/shop/models.py", "company/web/views.py"], "company/web", "company.shop") == "company/shop/"


def test_the_library_alembic_is_not_the_folder_beside() -> None:
    paths = ["alembic/env.py", "alembic/versions/one.py", "app/__init__.py"]
    project = made(dict.fromkeys(paths, "from alembic import op\n"))
    assert meant(project, "alembic/versions/one.py", "op") == {"alembic.op"}


def test_a_module_of_the_migrations_is_still_found() -> None:
    paths = ["alembic/env.py", "alembic/tools.py", "app/__init__.py"]
    assert found(paths, "app", "alembic.tools") == "alembic/tools.py"


@pytest.mark.parametrize("name", ["logging", "types", "enum", "json"])
def test_a_module_called_like_one_of_the_standard_library_is_not_meant_by_its_name(name: str) -> None:
    assert found([f"app/{name}.py", "app/__init__.py", "app/a.py"], "app", name) == f"external {name}"
    assert found([f"app/{name}.py", "app/__init__.py", "app/a.py"], "app", f"app.{name}") == f"app/{name}.py"


def test_the_standard_librarys_submodules_are_not_looked_for_in_the_project() -> None:
    assert found(["app/__init__.py", "app/a.py"], "app", "logging.config") == "external logging.config"


def test_a_package_is_found_before_a_module_of_the_same_name() -> None:
    assert found(["app/__init__.py", "app.py", "main.py"], "", "app") == "app/__init__.py"


def test_a_module_has_no_submodules() -> None:
    assert found(["app.py", "main.py"], "", "app.models") == "external app.models"


@pytest.mark.parametrize(
    ("level", "name", "expected"),
    [
        (1, "models", "shop/web/models.py"),
        (1, "", "shop/web/__init__.py"),
        (2, "models", "shop/models.py"),
        (2, "", "shop/__init__.py"),
        (2, "web.models", "shop/web/models.py"),
        (3, "models", "external ...models"),
        (4, "", "external ...."),
    ],
)
def test_relative_imports_count_their_dots(level: int, name: str, expected: str) -> None:
    paths = ["shop/__init__.py", "shop/models.py", "shop/web/__init__.py", "shop/web/models.py", "shop/web/views.py"]
    assert written(find_relative(made(dict.fromkeys(paths, HERO)), "shop/web/views.py", level, name)) == expected


def test_dots_over_the_top_do_not_reach_back_down() -> None:
    paths = ["shop/__init__.py", "shop/models.py", "shop/views.py"]
    assert written(find_relative(made(dict.fromkeys(paths, HERO)), "shop/views.py", 3, "shop.models")).startswith("ext")


def test_a_package_and_its_own_initialiser_agree_on_one_dot() -> None:
    files = {"shop/__init__.py": "from . import models\nfrom .models import Hero\n", "shop/models.py": HERO}
    project = made(files)
    assert meant(project, "shop/__init__.py", "models") == {"shop/models.py"}
    assert meant(project, "shop/__init__.py", "Hero") == {"shop/models.py:Hero"}


def test_a_module_called_like_its_class_is_either_by_how_it_is_reached() -> None:
    files = {"shop/__init__.py": "", "shop/hero.py": "class hero: pass\n", "main.py": "import shop.hero\n"}
    project = made(files)
    assert meant(project, "main.py", "shop.hero") == {"shop/hero.py"}
    assert meant(project, "main.py", "shop.hero.hero") == {"shop/hero.py:hero"}


def test_a_class_that_hides_its_module_in_the_package_is_what_others_get() -> None:
    files = {
        "shop/__init__.py": "from shop.hero import hero\n",
        "shop/hero.py": "class hero: pass\n",
        "main.py": "from shop import hero\n",
    }
    assert meant(made(files), "main.py", "hero") == {"shop/hero.py:hero"}
