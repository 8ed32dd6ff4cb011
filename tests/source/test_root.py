"""Which folder is the project: named, configured, a repository, or what the paths have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.source.root import RootError, find_configuration, find_root, relative_paths

if TYPE_CHECKING:
    from pathlib import Path

OURS = "[tool.lifeops-migrate]\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with two services; `find_*` must not see what lies above `tmp_path`, which has no configuration."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    for service in ("api", "stats"):
        (tmp_path / "repo" / "services" / service / "app").mkdir(parents=True)
        (tmp_path / "repo" / "services" / service / "app" / "main.py").write_text("")
    return tmp_path / "repo"


def test_the_named_root_wins_over_configuration_and_git(project: Path) -> None:
    (project / "services" / "api" / "pyproject.toml").write_text(OURS)
    assert find_root([project / "services" / "api" / "app"], project / "services") == project / "services"


def test_the_nearest_configuration_wins_over_git(project: Path) -> None:
    (project / "services" / "api" / "pyproject.toml").write_text(OURS)
    (project / "pyproject.toml").write_text(OURS)
    assert find_root([project / "services" / "api" / "app" / "main.py"]) == project / "services" / "api"


def test_a_pyproject_without_our_table_is_passed_by(project: Path) -> None:
    (project / "services" / "api" / "pyproject.toml").write_text("[project]\ndependencies = ['lifeops-migrate']\n")
    (project / "services" / "pyproject.toml").write_text(OURS)
    assert find_root([project / "services" / "api"]) == project / "services"


def test_the_repository_wins_over_the_common_parent(project: Path) -> None:
    assert find_root([project / "services" / "api" / "app"]) == project


def test_a_git_file_marks_a_repository_too(project: Path) -> None:
    (project / "services" / "api" / ".git").write_text("gitdir: elsewhere\n")
    assert find_root([project / "services" / "api" / "app"]) == project / "services" / "api"


def test_without_git_it_is_the_common_parent(project: Path) -> None:
    (project / ".git").rmdir()
    paths = [project / "services" / name / "app" / "main.py" for name in ("api", "stats")]
    assert find_root(paths) == project / "services"
    assert find_root(paths[:1]) == project / "services" / "api" / "app"


def test_without_paths_it_starts_at_the_current_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "services" / "api")
    assert find_root([]) == project


def test_a_path_that_does_not_exist_is_named(project: Path) -> None:
    with pytest.raises(RootError, match=r"gone\.py: no such file"):
        find_root([project / "gone.py"])


def test_a_loop_of_links_is_an_error(project: Path) -> None:
    (project / "loop").symlink_to(project / "loop")
    with pytest.raises(RootError, match="loop: "):
        find_root([project / "loop"])


def test_a_path_outside_the_root_is_an_error_with_the_remedy(project: Path, tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("")
    with pytest.raises(RootError, match=r"other\.py is outside the root.*--root"):
        find_root([project / "services", tmp_path / "other.py"])


def test_a_link_that_leaves_the_root_is_outside(project: Path, tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("")
    (project / "link.py").symlink_to(tmp_path / "other.py")
    with pytest.raises(RootError, match="outside"):
        find_root([project / "link.py"], project)


def test_the_named_root_must_be_a_folder(project: Path) -> None:
    with pytest.raises(RootError, match="not a folder"):
        find_root([project], project / "services" / "api" / "app" / "main.py")


def test_our_own_file_wins_in_the_same_folder(project: Path) -> None:
    (project / "pyproject.toml").write_text(OURS)
    assert find_configuration(project / "services") == project / "pyproject.toml"
    (project / "lifeops-migrate.toml").write_text("")
    assert find_configuration(project / "services") == project / "lifeops-migrate.toml"


def test_a_table_of_a_rule_alone_is_ours(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.lifeops-migrate.pagination]\n")
    assert find_configuration(project) == project / "pyproject.toml"


def test_the_search_ends_at_stop(project: Path) -> None:
    (project / "pyproject.toml").write_text(OURS)
    assert find_configuration(project / "services" / "api", stop=project / "services") is None
    assert find_configuration(project / "services" / "api", stop=project) == project / "pyproject.toml"


def test_a_broken_pyproject_matters_only_if_it_names_us(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.other\n")
    assert find_configuration(project) is None
    (project / "pyproject.toml").write_text("[tool.lifeops-migrate\n")
    with pytest.raises(RootError, match=r"pyproject\.toml: no valid TOML"):
        find_configuration(project)


@pytest.mark.parametrize("content", ["tool = 'lifeops-migrate'\n", "tool = ['lifeops-migrate']\n"])
def test_a_tool_that_is_no_table_is_not_ours(project: Path, content: str) -> None:
    (project / "pyproject.toml").write_text(content)
    assert find_configuration(project) is None


def test_relative_paths_are_posix_and_the_root_means_all(project: Path) -> None:
    api = project / "services" / "api"
    assert relative_paths([api / "app" / "main.py", api], project) == ("services/api/app/main.py", "services/api")
    assert relative_paths([api, project], project) == ()
    assert relative_paths([], project) == ()
