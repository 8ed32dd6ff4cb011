from __future__ import annotations

import pytest

from lifeops_codemods.plan.style import Style, selectors_from, style_from


@pytest.mark.parametrize(
    ("pyproject", "expected"),
    [
        (None, Style()),
        ("not toml [", Style()),
        ("[project]\nname = 'x'\n", Style()),
        ("[tool.ruff]\nline-length = 120\n", Style(line_length=120, formatter="ruff")),
        ("[tool.black]\nline-length = 100\n", Style(line_length=100, formatter="black", quote='"')),
        ("[tool.black]\nskip-string-normalization = true\n", Style(formatter="black")),
        ("[tool.ruff.format]\nquote-style = 'single'\n", Style(formatter="ruff", quote="'")),
        ("[tool.ruff.lint]\nselect = ['ALL']\n", Style(formatter="ruff", sorts_imports=True)),
        ("[tool.ruff.lint]\nextend-select = ['I001']\n", Style(formatter="ruff", sorts_imports=True)),
        ("[tool.ruff]\nselect = ['E', 'I']\n", Style(formatter="ruff", sorts_imports=True)),
        ("[tool.ruff.lint]\nselect = ['ALL']\nignore = ['I']\n", Style(formatter="ruff")),
        ("[tool.ruff.lint]\nselect = ['I']\nignore = ['I001']\n", Style(formatter="ruff")),
        ("[tool.black]\nline-length = 90\n[tool.ruff.format]\n", Style(line_length=90, formatter="ruff", quote='"')),
        ("[tool.isort]\nprofile = 'black'\n", Style(sorts_imports=True)),
        (
            "[tool.isort]\nline_length = 79\nforce_single_line = true\n",
            Style(line_length=79, sorts_imports=True, force_single_line=True),
        ),
        (
            "[tool.ruff.lint]\nselect = ['I']\n[tool.ruff.lint.isort]\ncombine-as-imports = true\norder-by-type = false"
            "\ncase-sensitive = true\nforce-sort-within-sections = true\nknown-first-party = ['app']\n",
            Style(
                formatter="ruff",
                sorts_imports=True,
                combine_as_imports=True,
                order_by_type=False,
                case_sensitive=True,
                force_sort_within_sections=True,
                known_first_party=("app",),
            ),
        ),
    ],
)
def test_the_style_of_a_project(pyproject: str | None, expected: Style) -> None:
    assert style_from(pyproject) == expected


def test_ruffs_own_file_wins() -> None:
    pyproject = "[tool.ruff]\nline-length = 120\n[tool.black]\nline-length = 90\n"
    assert style_from(pyproject, "line-length = 99\n[lint]\nselect = ['I']\n") == Style(
        line_length=99, formatter="black", quote='"', sorts_imports=True
    )


def test_isorts_own_file_counts() -> None:
    style = style_from(
        None, isort_cfg="[settings]\nline_length = 79\nforce_single_line = True\nknown_first_party = a,b\n"
    )
    assert style == Style(line_length=79, sorts_imports=True, force_single_line=True, known_first_party=("a", "b"))


@pytest.mark.parametrize(
    ("pyproject", "checked"),
    [
        (None, False),
        ("[tool.ruff]\n", False),
        ("[tool.ruff]\nselect = ['B']\n", True),
        ("[tool.ruff.lint]\nselect = ['E']\nextend-select = ['B904']\n", True),
        ("[tool.ruff.lint]\nselect = ['ALL']\nignore = ['B9']\n", False),
        ("[tool.ruff.lint]\nselect = ['B904']\nignore = ['B']\n", True),
    ],
)
def test_what_the_linter_looks_for(pyproject: str | None, *, checked: bool) -> None:
    assert selectors_from(pyproject).checks("B904") is checked


@pytest.mark.parametrize(("selector", "checked"), [("F", False), ("FAST", True), ("FAST0", True), ("ALL", True)])
def test_a_selector_is_no_prefix_of_another_linter(selector: str, *, checked: bool) -> None:
    assert selectors_from(f"[tool.ruff.lint]\nselect = ['{selector}']\n").checks("FAST002") is checked
