"""The command as a process: what it imports, which signals and streams it survives, on a real project."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = sys.executable
MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Größe(Base):
    __tablename__ = "groessen"
    id: Mapped[int] = mapped_column(primary_key=True)
    name = "\u202e\x1b[31m"
"""


@pytest.fixture
def project(root: Path) -> Path:
    (root / "models.py").write_text(MODELS, "utf-8")
    (root / "café.py").write_text("from models import Größe\n", "utf-8")
    return root


def run(
    project: Path, *arguments: str, environment: dict[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [PYTHON, "-W", "error", "-m", "lifeops_migrate", *arguments],
        cwd=project,
        env={**os.environ, **(environment or {})},
        input=stdin.encode(),
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["rules"], ["rules", "--format", "json"], ["run", "--help"]]
)
def test_small_commands_import_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    code = (
        "import sys; from lifeops_migrate.__main__ import run_command\n"
        f"code = run_command({arguments!r}, sys.stdin, sys.stdout, sys.stderr)\n"
        "heavy = [name for name in ('libcst', 'rich', 'pygments') if name in sys.modules]\n"
        "sys.exit(f'imported: {heavy}' if heavy else code)"
    )
    done = subprocess.run([PYTHON, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_plain_preview_of_nothing_needs_neither(root: Path) -> None:
    (root / "a.py").write_text("x = 1\n")
    code = (
        "import sys; from lifeops_migrate.__main__ import run_command\n"
        "run_command(['--check'], sys.stdin, sys.stdout, sys.stderr)\n"
        "sys.exit(str([name for name in ('libcst', 'rich') if name in sys.modules] or ''))"
    )
    done = subprocess.run([PYTHON, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.stderr.endswith("Nothing to change: 1 file read.\n\n"), done.stderr


def test_exit_codes(project: Path) -> None:
    assert run(project, "--dry-run").returncode == 0
    assert run(project, "--check").returncode == 1
    assert run(project, "--nonsense").returncode == 2
    assert run(project).returncode == 4
    (project / "broken.py").write_text("from models import Größe\ndef (\n", "utf-8")
    assert run(project, "--dry-run").returncode == 3
    assert run(project, "--check").returncode == 3
    (project / "broken.py").unlink()
    assert run(project, "--yes").returncode == 0
    assert run(project, "--check").returncode == 0
    assert run(project, "undo").returncode == 0
    assert run(project, "undo").returncode == 4


def test_apply_then_undo_restores_every_byte(project: Path) -> None:
    before = {path.name: path.read_bytes() for path in project.iterdir()}
    assert b"Applied 2 edits in 2 files" in run(project, "--yes").stderr
    assert "class GrößeDB(Base)" in (project / "models.py").read_text("utf-8")
    run(project, "undo")
    assert {path.name: path.read_bytes() for path in project.iterdir()} == before


def test_a_file_name_that_is_no_text(project: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (project / name).write_text("from models import Größe\n", "utf-8")
    for kind, shown in (
        ("rich", b" caf\\xe9.py  +1"),
        ("concise", b'--- "a/caf\\351.py"'),
        ("json", b'"caf\\udce9.py"'),
    ):
        assert shown in run(project, "--dry-run", "--format", kind).stdout
    assert run(project, "--yes").returncode == 0
    assert (project / name).read_text("utf-8") == "from models import GrößeDB\n"


LOCALES = [
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C"},
    {"PYTHONIOENCODING": "ascii:strict"},
    {"PYTHONIOENCODING": "latin-1"},
    {"TERM": "dumb"},
    {"NO_COLOR": "1"},
    {"FORCE_COLOR": "1"},
    {"FORCE_COLOR": "1", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.mark.parametrize("environment", LOCALES, ids=lambda given: " ".join(f"{k}={v}" for k, v in given.items()))
@pytest.mark.parametrize("kind", ["rich", "concise", "json", "github"])
def test_every_locale_and_format(project: Path, environment: dict[str, str], kind: str) -> None:
    done = run(project, "--dry-run", "--format", kind, "-v", environment=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert (b"\x1b[1m" in done.stdout) is ("FORCE_COLOR" in environment and kind == "rich")
    if kind == "json":
        assert json.loads(done.stdout)["summary"]["edits"] == 2
    if "ascii" in environment.get("PYTHONIOENCODING", "") and kind == "rich":
        assert done.stdout.isascii()
        assert "class Gr<U+00F6><U+00DF>eDB(Base):" in done.stdout.decode()


def test_a_reader_that_goes_away_is_no_error(project: Path) -> None:
    (project / "many.py").write_text(MODELS.replace("Größe", "Other") + "x = Other\n\n\n\n\n\n\n\n\n" * 2_000, "utf-8")
    for arguments, code in (
        (["--dry-run"], 0),
        (["--check"], 1),
        (["--dry-run", "--format", "rich"], 0),
        (["rules"], 0),
    ):
        process = subprocess.Popen(
            [PYTHON, "-m", "lifeops_migrate", *arguments], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
        process.stderr.close()
        assert process.wait() == code, errors
        assert b"Traceback" not in errors
        assert b"Broken" not in errors


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals(tmp_path: Path, number: signal.Signals, code: int) -> None:
    script = (
        "import sys, time, lifeops_codemods.pipeline as pipeline\n"
        "def plan(request):\n"
        "    print('planning', file=sys.stderr, flush=True); time.sleep(30)\n"
        "pipeline.plan = plan\n"
        "sys.argv = ['lifeops-migrate', '--dry-run', '--format', 'json']\n"
        "from lifeops_migrate.__main__ import main; main()"
    )
    process = subprocess.Popen([PYTHON, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert process.stderr.readline() == b"planning\n"
    process.send_signal(number)
    out, errors = process.communicate(timeout=10)
    assert process.returncode == code
    assert out == b""
    assert errors == b"\nInterrupted. No file was left half-written.\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_while_a_deep_tree_is_worked_on(root: Path, number: signal.Signals, code: int) -> None:
    """That happens in a thread, which must neither hold the process nor end it in another way."""
    (root / "deep.py").write_text("x = a" + ".b(1)" * 1500 + "\n")
    script = (
        "import sys, libcst, lifeops_codemods.collecting as collecting\n"
        "def slow(*given, deep=False, usual=collecting.parse_error):\n"
        "    if deep: print('deep', file=sys.stderr, flush=True)\n"
        "    while deep: libcst.parse_module('x = a' + '.b(1)' * 400)\n"
        "    return usual(*given)\n"
        "import lifeops_codemods.workspace as workspace; workspace.parse_error = slow\n"
        "sys.argv = ['lifeops-migrate', '--check', '--no-cache', '--select', 'bare-except']\n"
        "from lifeops_migrate.__main__ import main; main()"
    )
    process = subprocess.Popen([PYTHON, "-c", script], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert process.stderr.readline() == b"deep\n"
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == code, errors
    assert errors == b"\nInterrupted. No file was left half-written.\n"


BUG = (
    "import sys, lifeops_codemods.pipeline as pipeline\n"
    "def plan(request):\n    raise ZeroDivisionError('oops \\x1b[31m')\n"
    "pipeline.plan = plan\n"
    "from lifeops_migrate.__main__ import main; main()"
)


def test_a_bug_is_one_screen_and_says_how_to_report_it(root: Path, tmp_path: Path) -> None:
    done = subprocess.run([PYTHON, "-c", BUG, "--dry-run"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.split("\n")) < 12
    assert "this is a bug in lifeops-migrate: ZeroDivisionError: oops \\x1b[31m" in done.stderr
    assert "Traceback" not in done.stderr
    [saved] = (tmp_path / "cache").rglob("crash-*.txt")
    assert "Traceback" in saved.read_text()
    assert saved.stat().st_mode & 0o777 == 0o600
    shown = subprocess.run([PYTHON, "-c", BUG, "-v"], cwd=root, capture_output=True, text=True, check=False)
    assert "Traceback" in shown.stderr


def on_a_terminal(
    project: Path, *arguments: str, keys: str, environment: dict[str, str] | None = None
) -> tuple[int, str]:
    """Run on a real pseudo-terminal and type `keys` once the question is there."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(project)
        os.execve(PYTHON, [PYTHON, "-m", "lifeops_migrate", *arguments], {**os.environ, **(environment or {})})
    seen = b""
    typed = False
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
        if not typed and b"[y/N/d]" in seen:
            os.write(terminal, keys.encode())
            typed = True
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode("utf-8", "replace").replace("\r\n", "\n")


def test_a_person_is_asked(project: Path) -> None:
    code, seen = on_a_terminal(project, "--color", "never", keys="d\ny\n")
    assert code == 0
    assert "This would make 2 edits in 2 files." in seen
    assert "you will be asked below" in seen
    assert "+ class GrößeDB(Base):" in seen
    assert "<U+202E>\\x1b[31m" in seen
    assert "Applied 2 edits to 2 files." in seen
    assert "lifeops_migrate undo" in seen
    assert "class GrößeDB" in (project / "models.py").read_text("utf-8")


def test_no_is_the_default(project: Path) -> None:
    code, seen = on_a_terminal(project, keys="\n", environment={"TERM": "dumb"})
    assert code == 0
    assert "Nothing was written." in seen
    assert "\x1b[" not in seen.replace("\\x1b[", "")
    assert "class Größe(Base)" in (project / "models.py").read_text("utf-8")


def test_interrupting_the_question(project: Path) -> None:
    code, seen = on_a_terminal(project, keys="\x03")
    assert code == 130
    assert "Interrupted. No file was left half-written." in seen


def test_start_up_is_fast(tmp_path: Path) -> None:
    def seconds() -> float:
        start = time.perf_counter()
        subprocess.run([PYTHON, "-m", "lifeops_migrate", "--version"], cwd=tmp_path, capture_output=True, check=True)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(3)) < 1


def test_an_output_that_cannot_be_written_is_an_error(project: Path) -> None:
    for arguments in (["--dry-run"], ["rules"], ["--help"]):
        with open("/dev/full", "wb") as full:
            command = [PYTHON, "-m", "lifeops_migrate", *arguments]
            done = subprocess.run(command, cwd=project, stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 2
        assert b"o space left on device" in done.stderr
        assert b"Traceback" not in done.stderr
        assert b"bug" not in done.stderr


def test_closed_streams_are_no_error(project: Path) -> None:
    command = f"{PYTHON} -m lifeops_migrate --check <&- >&- 2>&-"
    assert subprocess.run(["bash", "-c", command], cwd=project, check=False).returncode == 1
