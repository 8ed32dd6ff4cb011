"""Nothing of the target runs, seen from inside: Python's own audit events of every command on a hostile project.

The hook sees each import with the file it would come from, each code object that is executed, each process, socket,
pickle and file opened to write. It is there before the first module of ours.
"""

from __future__ import annotations

import ast
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import lifeops_codemods
import lifeops_migrate

from .heroes import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator

HOOK = """\
import os, sys
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def hook(event, arguments, own=os.write, json=__import__("json")):
    if event in ("exec", "import", "open", "marshal.loads") or event.split(".")[0] in KINDS:
        if event == "exec":
            told = [getattr(arguments[0], "co_filename", "?")]
        else:
            told = [part if isinstance(part, (str, int, type(None))) else repr(part)[:200] for part in arguments]
        own(log, (json.dumps([event, *told]) + "\\n").encode())
KINDS = {"socket", "subprocess", "pickle", "ctypes", "urllib", "ftplib", "smtplib", "webbrowser", "pty", "code"}
KINDS |= {"os"}
sys.addaudithook(hook)
from lifeops_migrate.__main__ import main
main()
"""
LAUNCHED = {"os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.fork", "os.forkpty", "pty.spawn"}
MARK = "open({marker!r}, 'a').write(__file__)\n"
SHADOWS = [
    *("ast", "click", "rich", "libcst", "json", "os", "re", "typing", "sqlalchemy", "fastapi", "pydantic", "pathspec"),
    *("platformdirs", "conftest", "setup", "sitecustomize", "usercustomize", "lifeops_codemods", "lifeops_migrate"),
    *("noxfile", "tasks", "manage", "secrets", "tomllib", "graphlib", "token", "string", "codecs", "encodings"),
    *("git", "black", "ruff", "isort", "yaml", "pygments", "markdown_it", "typing_extensions", "this"),
]
CONFIGURATION = """\
[build-system]
requires = ["setuptools"]
build-backend = "backend"
backend-path = ["."]
[tool.black]
required-version = "1"
[tool.ruff]
extend = "../other.toml"
[tool.lifeops-migrate]
select = ["all"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of which every file leaves a mark when anything runs it, and a repository that runs programs."""
    root, marker = tmp_path / "project", tmp_path / "ran"
    root.mkdir()
    mark = MARK.format(marker=str(marker))
    for name in SHADOWS:
        (root / f"{name}.py").write_text(mark)
    for folder in ("tests", "app", "rich", "libcst"):
        (root / folder).mkdir()
        for name in ("__init__", "__main__", "conftest"):
            (root / folder / f"{name}.py").write_text(mark)
    for path, text in FILES.items():
        (root / path).write_text(text + mark)
    (root / "pyproject.toml").write_text(CONFIGURATION)
    (root / "evil.pth").write_text(f"import os; {mark}")
    bait = root / "bait.sh"
    bait.write_text(f"#!/bin/sh\necho bait >> '{marker}'\n")
    bait.chmod(0o755)
    for name in ("git", "ruff", "black", "sh", "python3", "less"):
        (root / name).write_bytes(bait.read_bytes())
        (root / name).chmod(0o755)
    _hostile(root, bait)
    return root


def _hostile(root: Path, bait: Path) -> None:
    """Commit everything, then let each setting that names a program name the bait."""
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]

    def git(*arguments: str) -> None:
        subprocess.run(["git", *author, *arguments], cwd=root, env={**os.environ, **settings}, check=True)

    git("init", "-q")
    (root / ".gitattributes").write_text("*.py filter=bad diff=bad ident\n")
    git("add", "-A")
    git("commit", "-q", "-m", "start")
    for key in (
        *("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy"),
        *("filter.bad.clean", "filter.bad.smudge", "filter.bad.process", "diff.bad.textconv", "diff.external"),
        *("diff.bad.command", "gpg.program", "credential.helper", "core.alternateRefsCommand"),
    ):
        git("config", key, str(bait))
    git("config", "core.hooksPath", str(root / "hooks"))
    (root / "hooks").mkdir()
    for name in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        (root / "hooks" / name).write_bytes(bait.read_bytes())
        (root / "hooks" / name).chmod(0o755)


def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_", "GIT_"))}
    own = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "COLUMNS": "100"}
    # The current folder on the search path is the user's mistake, which must not become the target's chance.
    return {**kept, **own, "PATH": f".{os.pathsep}{kept['PATH']}", "HOME": str(tmp_path)}


def audited(project: Path, *arguments: str, typed: str = "") -> tuple[int, list[list[Any]]]:
    """Run a command under the hook, on a terminal if something is typed; return its exit code and the events."""
    base = project.parent
    (base / "start.py").write_text(HOOK)
    log = base / "events"
    log.unlink(missing_ok=True)
    command = [sys.executable, str(base / "start.py"), str(log), *arguments]
    if typed:
        code = _on_a_terminal(project, command, typed)
    else:
        code = subprocess.run(
            command, cwd=project, env=environment(base), capture_output=True, check=False, timeout=120
        ).returncode
    return code, [json.loads(line) for line in log.read_text().split("\n") if line]


def _on_a_terminal(project: Path, command: list[str], typed: str) -> int:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(project)
        os.execve(command[0], command, environment(project.parent))
    os.write(terminal, typed.encode())
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def of_kind(events: list[list[Any]], *kinds: str) -> list[list[Any]]:
    return [event for event in events if event[0] in kinds or event[0].partition(".")[0] in kinds]


def inside(path: object, folder: Path) -> bool:
    if not isinstance(path, str) or path.startswith("<"):  # what dataclasses and named tuples are made of
        return False
    return os.path.realpath(os.path.join(folder, path)).startswith(f"{folder}/")


COMMANDS: dict[str, tuple[list[str], int]] = {
    "dry run": (["--dry-run"], 0),
    "dry run, rich": (["--dry-run", "--format", "rich", "--color", "always", "-v"], 0),
    "check": (["--check"], 1),
    "json": (["--dry-run", "--format", "json"], 0),
    "github": (["--dry-run", "--format", "github"], 0),
    "patch": (["--dry-run", "--patch", "-"], 0),
    "since": (["--dry-run", "--since", "HEAD"], 0),
    "many processes": (["--check", "--jobs", "2"], 1),
    "apply": (["--yes"], 0),
    "review": (["review", "--fail-on", "never"], 0),
    "review, html": (["review", "--fail-on", "never", "--format", "html"], 0),
    "rules": (["rules"], 0),
    "explain": (["explain", "model-db-suffix"], 0),
    "history": (["history"], 0),
    "init": (["init"], 2),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_runs_anything_of_the_target(project: Path, name: str) -> None:
    arguments, expected = COMMANDS[name]
    code, events = audited(project, *arguments)
    assert code == expected
    check(project, events, may_ask_git=name in {"apply", "since"})
    writes = [event for event in of_kind(events, "open") if is_to_write(event) and inside(event[1], project)]
    assert bool(writes) is (name == "apply")
    assert ("class HeroDB" in (project / "models.py").read_text()) is (name == "apply")


def test_choosing_on_a_terminal_and_undoing_run_nothing(project: Path) -> None:
    code, events = audited(project, "--interactive", "--select", "model-db-suffix", typed="s\ny\ny\ny\ny\ny\n")
    assert code == 0
    check(project, events, may_ask_git=True)
    assert "class HeroDB" in (project / "models.py").read_text()
    code, events = audited(project, "undo")
    assert code == 0
    check(project, events, may_ask_git=False)
    assert "class HeroDB" not in (project / "models.py").read_text()


def is_to_write(event: list[Any]) -> bool:
    _, _, mode, flags = event
    return bool(mode and set(str(mode)) & set("wax+")) or bool(int(flags or 0) & (os.O_WRONLY | os.O_RDWR))


def check(project: Path, events: list[list[Any]], *, may_ask_git: bool) -> None:
    """No import of the target's, no code of its files, no socket, no pickle, no process but git from where it is."""
    assert not (project.parent / "ran").exists(), (project.parent / "ran").read_text()
    assert of_kind(events, "exec"), "the hook saw nothing"
    assert of_kind(events, "import")
    assert [event for event in of_kind(events, "exec") if inside(event[1], project)] == []
    assert [event for event in of_kind(events, "import") if inside(event[2], project)] == []
    assert of_kind(events, "socket", "pickle", "urllib", "webbrowser", "code") == []
    assert [event for event in events if event[0] in LAUNCHED] == []
    started = [event[1] for event in of_kind(events, "subprocess")]
    assert all(os.path.isabs(program) and os.path.basename(program) == "git" for program in started), started
    assert not any(inside(program, project) for program in started)
    assert bool(started) is may_ask_git


def test_the_hook_sees_what_it_is_there_for(project: Path) -> None:
    """Otherwise the other tests would prove nothing: code of the target's, a process, a socket, a pickle."""
    script = project.parent / "start.py"
    deeds = "import socket, pickle, subprocess; socket.socket(); pickle.loads(pickle.dumps(socket.socket)); "
    deeds += "subprocess.run(['true']); import runpy, sys; sys.path.insert(0, '.'); import noxfile"
    script.write_text(HOOK.replace("from lifeops_migrate.__main__ import main\nmain()\n", deeds + "\n"))
    log = project.parent / "events"
    subprocess.run([sys.executable, script, log], cwd=project, check=True)
    events = [json.loads(line) for line in log.read_text().split("\n") if line]
    assert (project.parent / "ran").exists()
    for kind in ("socket", "pickle", "subprocess"):
        assert of_kind(events, kind)
    assert [event for event in of_kind(events, "exec") if inside(event[1], project)]


RUNS_TEXT = {"eval", "exec", "compile", "__import__", "pickle", "shelve", "runpy", "ctypes", "importlib.util"}


def test_nothing_of_ours_can_run_a_text_or_read_a_pickle() -> None:
    """What is kept is marshal, in folders nobody else may write (tests/engine/test_replay.py); journals are JSON.

    A Bowler script is the user's own program, named on the command line, and is run as such.
    """
    for package in (lifeops_codemods, lifeops_migrate):
        for path in Path(str(package.__file__)).parent.rglob("*.py"):
            if path.parent.name != "bowler":
                assert RUNS_TEXT.isdisjoint(_reached(ast.parse(path.read_text("utf-8")))), path


def _reached(tree: ast.Module) -> Iterator[str]:
    """The builtins that are called and the modules that are imported."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module)):
                yield module
