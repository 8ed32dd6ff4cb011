"""What users get: the wheel holds both packages and nothing else, and runs in an environment of its own.

Needs no network: the new environment sees this one's packages through a path file, which does not lead to the editable
install of the project itself.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the source distribution and the wheel that was made from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT))
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    [wheel] = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment with the wheel in it."""
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", str(environment))
    python = environment / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    packages = run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    (Path(packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.parent


def run(*command: str, cwd: Path | None = None) -> str:
    """What the command prints. Neither paths nor settings of this process reach it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    ran = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_wheel_holds_both_packages_and_no_more(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].removesuffix("-0.1.0.dist-info") for name in names} == {
        "lifeops_codemods",
        "lifeops_migrate",
    }
    assert {"lifeops_codemods/py.typed", "lifeops_migrate/py.typed"} <= set(names)
    modules = {
        path.relative_to(ROOT / top).as_posix() for top in ("codemods", "cli") for path in (ROOT / top).rglob("*.py")
    }
    assert {name for name in names if name.endswith(".py")} == modules
    assert [name for name in names if "test" in Path(name).stem or "/tests/" in name] == []


def test_the_source_distribution_holds_what_is_needed_to_test_it(built: Path) -> None:
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "pyproject.toml",
        "tests/test_wheel.py",
        "cli/lifeops_migrate/run.py",
    }
    assert wanted <= names
    assert not any(name.startswith((".venv", ".git/", "dist")) for name in names)


def test_the_installed_command_runs(commands: Path, tmp_path: Path) -> None:
    command = str(commands / "lifeops-migrate")
    (tmp_path / "app.py").write_text("x = 1\n")
    assert run(command, "--version", cwd=tmp_path) == "lifeops-migrate, version 0.1.0\n"
    assert "model-db-suffix" in run(command, "rules", cwd=tmp_path)
    assert "## A case" in run(command, "explain", "model-db-suffix", cwd=tmp_path)
    run(command, "--dry-run", "--no-cache", cwd=tmp_path)
    assert "<style>" in run(command, "review", "--no-cache", "--format", "html", cwd=tmp_path)
    assert run(str(commands / "python"), "-m", "lifeops_migrate", "--version", cwd=tmp_path).endswith("0.1.0\n")


def test_what_runs_is_what_was_installed(commands: Path, tmp_path: Path) -> None:
    places = run(
        str(commands / "python"),
        "-c",
        "import lifeops_codemods, lifeops_migrate; print(lifeops_codemods.__file__); print(lifeops_migrate.__file__)",
        cwd=tmp_path,
    )
    assert all(place.startswith(str(commands.parent)) for place in places.splitlines())


def test_the_lock_pins_by_version_and_hash_and_names_no_place() -> None:
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").replace("\\\n", "")
    pinned = re.compile(r"[a-z0-9._-]+==[\w.+!-]+( ; [^/@]+?)?( +--hash=sha256:[0-9a-f]{64})+ *")
    assert [line for line in lock.splitlines() if not pinned.fullmatch(line)] == []
