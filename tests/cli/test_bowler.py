"""The command `bowler`: how scripts are found, run and refused, and what becomes of their queries."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .making import Command

RENAME = 'Query().select_function("old").rename("new")'
OLD = "def old(): ...\n"
NEW = "def new(): ...\n"


def script(root: Path, text: str) -> str:
    """A script beside the project, as it is typed from there."""
    (root.parent / "script.py").write_text("from bowler import Query\n" + textwrap.dedent(text))
    return "../script.py"


def write(root: Path, **texts: str) -> None:
    for name, text in texts.items():
        (root / f"{name}.py").write_text(text)


# -- the shapes of a script

SHAPES = {
    "a query": f"asked = {RENAME}",
    "a list": f"several = [{RENAME}]",
    "a function": f"def query(paths):\n    return Query(paths){RENAME[7:]}",
    "a function without paths": f"def query():\n    return {RENAME}",
    "a function that gives several": f"def query(paths):\n    return [{RENAME}]",
    "main that executes": f"def main():\n    {RENAME}.idiff()",
    "main that gives": f"def main():\n    return {RENAME}",
    "main under a guard": f"def main():\n    {RENAME}.write()\nif __name__ == '__main__':\n    main()",
    "a guard alone": f"if __name__ == '__main__':\n    {RENAME}.execute()",
    "a guard and sys.exit": f"import sys\nif __name__ == '__main__':\n    sys.exit({RENAME}.diff().retcode)",
    "a command": (
        f"import click\n@click.command()\n@click.argument('paths', nargs=-1)\ndef main(paths):\n    {RENAME}.write()\n"
        "if __name__ == '__main__':\n    main()"
    ),
    "a main with arguments": f"def main(name):\n    {RENAME}.write()\nif __name__ == '__main__':\n    main('x')",
    "a query and a guard for tests": f"asked = {RENAME}\nif __name__ == '__main__':\n    raise SystemExit(0)",
    "a list of files": f"Query(['a.py', 'lifeops-migrate.toml'][:1]){RENAME[7:]}.write()",
    "executed": f"{RENAME}.execute(write=True, silent=True)",
    "shown": f"{RENAME}.diff()",
    "shown and written": f"asked = {RENAME}\nasked.diff()\nasked.write()",
    "interactive": f"{RENAME}.idiff()",
    "silent": f"{RENAME}.silent()",
    "paths of sys.argv": f"import sys\nQuery(sys.argv[1:] or '.'){RENAME[7:]}.write()",
    "its own folder": f"import script_names\nassert script_names.x == 1\n{RENAME}.write()",
    "a matcher": f"Query(filename_matcher=lambda name: name == './a.py'){RENAME[7:]}.write()",
    "a print": f"import os\nprint('hello')\nos.system('echo hello')\n{RENAME}.write()",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_script_is_run(command: Command, root: Path, shape: str) -> None:
    write(root, a=OLD)
    (root.parent / "script_names.py").write_text("x = 1\n")
    done = command("bowler", script(root, SHAPES[shape]), "--yes", "--format", "json")
    assert done.code == 0, done.err
    assert (root / "a.py").read_text() == NEW
    assert json.loads(done.out)["summary"]["edits"] == 1
    assert not (root.parent / "__pycache__").exists()


def test_a_query_on_the_command_line_and_several_in_their_order(command: Command, root: Path) -> None:
    write(root, a=OLD)
    again = 'Query(paths).select_function("new").rename("newer")'
    assert command("bowler", "-e", RENAME, "-e", again, "--yes", ".").code == 0
    assert (root / "a.py").read_text() == "def newer(): ...\n"


def test_each_query_sees_what_the_former_left_and_what_the_script_made_of_it(command: Command, root: Path) -> None:
    write(root, a="def first(): ...\ndef second(): ...\n")
    text = """
        names = []
        collect = lambda node, capture, filename: names.append(capture["name"].value)
        Query().select("funcdef< 'def' name=NAME any* >").modify(collect).execute(write=False, silent=True)
        for name in names:
            Query().select_function(name).rename(f"the_{name}").write()
    """
    done = command("bowler", script(root, text), "--yes")
    assert (root / "a.py").read_text() == "def the_first(): ...\ndef the_second(): ...\n", done.err


def test_what_is_shown_after_something_was_written_is_not_made(command: Command, root: Path) -> None:
    write(root, a=OLD)
    text = f'{RENAME}.write()\nQuery().select_function("new").rename("newest").diff()'
    command("bowler", script(root, text), "--yes")
    assert (root / "a.py").read_text() == NEW


# -- scripts that cannot be run

FAILING = {
    "syntax": ("x = (\n", "script.py:2: SyntaxError"),
    "exception": ("x = 1\nx.y\n", "script.py:3: AttributeError: 'int' object has no attribute 'y'"),
    "no query": ("x = 1\n", "holds no query"),
    "exit": ("import sys\nsys.exit('no')\n", "ended itself with 'no'"),
    "pattern": ("Query().select('funcdef<').write()\n", "a query cannot be compiled"),
    "original function": ("Query().select_function('f').remove_argument('x')\n", "script.py:2: ValueError"),
    "path that is missing": ("Query('nowhere').select_root().write()\n", "nowhere: a query names this path"),
    "path outside": ("Query('..').select_root().write()\n", "outside the root"),
    "tool": (
        "from bowler import BowlerTool\nBowlerTool(Query().compile(), write=True).run(['.'])\n",
        "the script uses BowlerTool by itself",
    ),
}


@pytest.mark.parametrize("fault", FAILING)
def test_a_script_that_cannot_be_run_is_an_error_and_writes_nothing(command: Command, root: Path, fault: str) -> None:
    write(root, a=OLD)
    text, said = FAILING[fault]
    done = command("bowler", script(root, f"{RENAME}.write()\n" * (fault != "no query") + text), "--yes")
    assert done.code == 2
    assert said.replace("script.py:2", "script.py:3").replace("script.py:3: Attr", "script.py:4: Attr") in done.err
    assert "bug" not in done.err
    assert (root / "a.py").read_text() == OLD


def test_wrong_usage_is_said(command: Command) -> None:
    assert "Missing argument 'SCRIPT'" in command("bowler").err
    assert command("bowler", "missing.py").code == 2
    assert "missing.py: cannot be read" in command("bowler", "missing.py").err
    assert command("bowler", "-e", "1").code == 2
    assert "-e: '1' gives no query" in command("bowler", "-e", "1").err
    assert "SyntaxError" in command("bowler", "-e", "Query(").err
    assert "there is no such command, file or folder" in command("bowler", "-e", RENAME, "nowhere").err


# -- paths, filters, processors


def test_paths_limit_what_is_edited(command: Command, root: Path) -> None:
    for folder in ("one", "two"):
        (root / folder).mkdir()
        (root / folder / "a.py").write_text(OLD)
    command("bowler", "-e", RENAME, "--yes", "one")
    assert [(root / folder / "a.py").read_text() for folder in ("one", "two")] == [NEW, OLD]
    command("bowler", script(root, f"Query('one', 'two'){RENAME[7:]}.write()"), "--yes", "two/a.py")
    assert (root / "two" / "a.py").read_text() == NEW


def test_a_file_that_a_query_names_and_that_is_not_read_is_an_error(command: Command, root: Path) -> None:
    write(root, a=OLD)
    (root / "b.pyi").write_text(OLD)
    done = command("bowler", "-e", f"Query('a.py', 'b.pyi'){RENAME[7:]}", "--yes")
    assert (done.code, (root / "a.py").read_text()) == (3, NEW)
    assert "b.pyi: a query names it, and it is not read" in done.err


def test_many_queries_take_no_more_files_and_little_time(root: Path) -> None:
    write(root, **{f"f{number}": f"def f{number}(): ...\n" for number in range(150)})
    text = """
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))
        for number in range(150):
            Query().select_function(f"f{number}").rename(f"g{number}").write()
    """
    done = spawned(root, script(root, text), "--yes")
    assert done.returncode == 0, done.stderr
    assert {file.read_text()[:5] for file in root.glob("f*.py")} == {"def g"}


def test_filters_hear_the_names_that_bowler_would_use(command: Command, root: Path) -> None:
    (root / "app").mkdir()
    (root / "app" / "a.py").write_text(OLD)
    seen = "def note(node, capture, filename):\n    print('seen', filename)\n    return True\n"
    for paths, name in (("", "./app/a.py"), ("'app'", "app/a.py"), ("'app/'", "app/a.py"), ("'app/a.py'", "app/a.py")):
        text = f"{seen}\nQuery({paths}){RENAME[7:]}.filter(note).write()"
        assert f"seen {name}\n" in spawned(root, script(root, text), "--dry-run").stderr


def test_processors_refuse_hunks(command: Command, root: Path) -> None:
    write(root, a="old()\n" + "x = 1\n" * 12 + "old()\r\n")
    text = """
        def process(filename, hunk):
            assert hunk[0] == "--- ./a.py" and hunk[1] == "+++ ./a.py"
            assert hunk[2] in ("@@ -1,4 +1,4 @@", "@@ -11,4 +11,4 @@")
            return "+new()" in hunk and "@@ -1,4 +1,4 @@" != hunk[2]
    """
    done = command("bowler", script(root, f"{textwrap.dedent(text)}\n{RENAME}.process(process).write()"), "--yes")
    assert (root / "a.py").read_bytes() == b"old()\n" + b"x = 1\n" * 12 + b"new()\r\n", done.err


def test_python_2_is_read_as_far_as_python_3_reads_it_too(command: Command, root: Path) -> None:
    write(root, a="print = 1\nold()\n", b="print (old)\nold()\n")
    text = RENAME.replace("Query()", "Query(python_version=2)")
    done = command("bowler", "-e", text, "--yes")
    assert done.code == 3
    assert "a.py:1" in done.err
    assert (root / "b.py").read_text() == "print (old)\nnew()\n"


def test_a_character_that_the_files_encoding_lacks_is_an_error(command: Command, root: Path) -> None:
    (root / "a.py").write_bytes(b"# coding: latin-1\nx = '\xe9'\nold()\n")
    done = command("bowler", "-e", RENAME.replace("new", "n\u0119w"), "--yes")
    assert done.code == 3
    assert "a.py:3: iso8859-1 has no 'ę'" in done.err


# -- what is said of the result


def test_uses_that_are_left_are_said_unless_the_name_has_come_back(command: Command, root: Path) -> None:
    write(root, a="def old(): ...\nx = old\n'old'\n", b="import a\na.old()\n")
    done = command("bowler", "-e", RENAME, "--dry-run")
    assert "goes past 2 uses of it, in a.py, b.py" in done.out
    swap = 'Query().select_function("new").rename("old")'
    assert "uses of it" not in command("bowler", "-e", RENAME, "-e", swap, "--dry-run").out


def test_uses_in_files_that_were_refused_are_told_apart(command: Command, root: Path) -> None:
    write(root, a=OLD, b="import a\nold()  # lifeops: ignore[bowler]\n", c="old()\nfailing(old)\n", d="print(old)\n")
    failing = "Query().select_function('failing').modify(lambda *_: 1 / 0).write()"
    done = command("bowler", script(root, f"{failing}\n{RENAME}.write()"), "--dry-run")
    assert "leaves 2 uses of it, in b.py, c.py" in done.out, done.out
    assert "goes past 1 use of it, in d.py" in done.out


def test_uses_outside_the_paths_are_said_too(command: Command, root: Path) -> None:
    for folder in ("one", "two"):
        (root / folder).mkdir()
        (root / folder / "a.py").write_text(OLD)
    done = command("bowler", "-e", RENAME, "--dry-run", "one")
    assert "two/a.py:1:1: warning: bowler: the rename of old to new goes past 1 use of it, in two/a.py" in done.out


def test_a_command_of_the_users_own_has_the_last_word(command: Command, root: Path) -> None:
    write(root, a=OLD)
    done = command("bowler", "-e", RENAME, "--yes", "--verify", f"! grep -q new {root}/a.py")
    assert done.code == 5, done.err
    assert (root / "a.py").read_text() == OLD


def test_a_chain_that_would_go_on_is_said(command: Command, root: Path) -> None:
    write(root, a="def a(): ...\ndef b(): ...\n")
    swap = ("a", "t"), ("b", "a"), ("t", "b")
    queries = [f'Query().select_function("{old}").rename("{new}")' for old, new in swap]
    done = command("bowler", *(word for query in queries for word in ("-e", query)), "--dry-run")
    assert "a second run would change again a.py" in done.out


def test_the_next_command_can_be_typed(command: Command, root: Path) -> None:
    write(root, a=OLD)
    done = command("bowler", script(root, f"asked = {RENAME}"), ".", stdin="")
    assert done.code == 4
    assert "lifeops-migrate bowler ../script.py --yes . applies it" in done.err
    shown = command("bowler", "../script.py", "--format", "rich", "--dry-run").out
    assert "lifeops-migrate bowler ../script.py --yes" in shown
    assert "explain" not in shown
    assert "rename function old to new" in shown


def test_the_user_is_asked(command: Command, root: Path) -> None:
    write(root, a=OLD)
    assert command("bowler", "-e", RENAME, stdin="n\n", tty=True).code == 0
    assert (root / "a.py").read_text() == OLD
    assert command("bowler", "-e", RENAME, stdin="y\n", tty=True).code == 0
    assert (root / "a.py").read_text() == NEW


def test_rules_take_a_suppression_of_it_for_what_it_is(command: Command, root: Path) -> None:
    write(root, a="x = 1  # lifeops: ignore[bowler]\n")
    assert "bowler" not in command("--dry-run").out


# -- several processes

LONG = f"# {'long ' * 5000}\n"


def test_files_are_shared_out_and_the_result_is_the_same(command: Command, root: Path) -> None:
    write(
        root, **{f"f{number}": f"{OLD}{LONG}old({number})\n" for number in range(12)}, beyond=f"{LONG}old.exec(old)\n"
    )
    where = (
        "import os\nprint(f'here {os.getpid()}')\ndef where(*_): print(f'in {os.getpid()}', flush=True); return True"
    )
    text = f"{where}\n{RENAME}.filter(where).write()"
    one, two = (spawned(root, script(root, text), "--dry-run", "--jobs", jobs) for jobs in ("1", "3"))
    assert (one.returncode, one.stdout) == (two.returncode, two.stdout)
    for done, shared_out in ((one, False), (two, True)):
        [here] = re.findall("here ([0-9]+)", done.stderr)
        assert (here not in re.findall("in ([0-9]+)", done.stderr)) is shared_out


STATES = {
    "a global": "n = 0\ndef number():\n    global n\n    n += 1\n    return n",
    "a list": "seen = []\ndef number():\n    seen.append(1)\n    return len(seen)",
    "an attribute": "class Counter:\n    n = 0\ndef number():\n    Counter.n += 1\n    return Counter.n",
    "a counter": "from itertools import count\nnumbers = count(1)\ndef number():\n    return next(numbers)",
    "a closure": (
        "def make():\n    n = 0\n    def number():\n        nonlocal n\n        n += 1\n        return n\n"
        "    return number\nnumber = make()"
    ),
    "a default": "def number(seen=[]):\n    seen.append(1)\n    return len(seen)",
    "a generator": "numbers = (n for n in range(1, 99))\ndef number():\n    return next(numbers)",
    "a module": "import script_state\ndef number():\n    script_state.n += 1\n    return script_state.n",
}


@pytest.mark.parametrize("kind", STATES)
def test_a_script_that_keeps_something_between_files_runs_in_one_process(root: Path, kind: str) -> None:
    write(root, **{f"f{number}": f"old()\n{LONG}" for number in range(6)})
    (root.parent / "script_state.py").write_text("n = 0\n")
    text = (
        f"from fissix.fixer_util import Name\n{STATES[kind]}\n"
        "def modify(node, capture, filename):\n"
        "    capture['function_name'].replace(Name(f'old_{number()}'))\n"
        "Query().select_function('old').modify(modify).write()\n"
    )
    done = spawned(root, script(root, text), "--yes", "--jobs", "3")
    assert done.returncode == 0, done.stderr
    first = [(root / f"f{number}.py").read_text().partition("\n")[0] for number in range(6)]
    assert first == [f"old_{number}()" for number in range(1, 7)]


def test_a_process_that_dies_is_an_error(root: Path) -> None:
    write(root, **{f"f{number}": f"old()\n{LONG}" for number in range(6)})
    text = "import os\nQuery().select_function('old').modify(lambda *_: os._exit(7)).write()"
    done = spawned(root, script(root, text), "--yes", "--jobs", "2")
    assert done.returncode == 2
    assert "a process that ran the script's functions died" in done.stderr


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_an_interrupted_script_leaves_no_process_and_no_change(root: Path, jobs: str) -> None:
    write(root, **{f"f{number}": f"old()\n{LONG}" for number in range(6)})
    text = (
        "import os, time\ndef wait(*_):\n    open('../started', 'a').write(f'{os.getpid()}\\n')\n    time.sleep(60)\n"
        "Query().select_function('old').modify(wait).write()"
    )
    words = [sys.executable, "-m", "lifeops_migrate", "bowler", script(root, text), "--yes", "--jobs", jobs]
    process = subprocess.Popen(words, cwd=root, stderr=subprocess.PIPE, text=True)
    started = root.parent / "started"
    wait_for(lambda: started.exists() and started.read_text().endswith("\n"))
    process.send_signal(signal.SIGINT)
    assert "Interrupted. No file was left half-written." in process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert (root / "f0.py").read_text().startswith("old()")
    wait_for(lambda: not any(Path(f"/proc/{number}").exists() for number in started.read_text().split()))


def wait_for(happens: Callable[[], bool]) -> None:
    """Wait until it is so, for 20 seconds at most."""
    end = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.05)


# -- what is imported, and what is written


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_standard_output_holds_nothing_but_the_result(root: Path, jobs: str) -> None:
    write(root, **{f"f{number}": f"{OLD}{LONG}" for number in range(6)})
    text = f"""
        import os, click
        def say(*_):
            print("said")
            click.echo("said")
            os.system("echo said")
            return True
        say()
        {RENAME}.filter(say).write()
    """
    done = spawned(root, script(root, text), "--dry-run", "--format", "json", "--jobs", jobs)
    assert json.loads(done.stdout)["summary"]["edits"] == 6
    assert done.stderr.count("said") >= 3 * 7


def test_nothing_else_imports_bowler(root: Path) -> None:
    write(root, a=OLD)
    code = (
        "import sys; from lifeops_migrate.__main__ import run_command\n"
        "for words in (['--dry-run'], ['bowler', '--help'], ['rules'], ['explain', 'eager-load'], ['history']):\n"
        "    assert run_command(words, sys.stdin, sys.stdout, sys.stderr) == 0, words\n"
        "sys.exit(str([name for name in sys.modules if name.partition('.')[0] in ('bowler', 'fissix')] or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.stderr.strip() in {"", "Nothing to change: 1 file read."}, done.stderr


def test_the_target_is_not_imported(command: Command, root: Path) -> None:
    write(root, a=f"{OLD}raise SystemExit('imported')\n", bowler="raise SystemExit('imported')\n")
    write(root, fissix="raise SystemExit('imported')\n", click="raise SystemExit('imported')\n")
    (root / "queue.py").write_text("raise SystemExit('imported')\n")
    (root / "asked.py").write_text(f"from bowler import Query\nasked = {RENAME}\n")
    done = spawned(root, "asked.py", "--yes")
    assert (done.returncode, (root / "a.py").read_text()) == (0, f"{NEW}raise SystemExit('imported')\n"), done.stderr


def test_a_dry_run_writes_nothing_but_what_fissix_keeps_of_its_grammar(root: Path) -> None:
    write(root, a=OLD)
    before = set(root.parent.rglob("*"))
    assert spawned(root, "-e", RENAME, "--dry-run").returncode == 0
    new = {path.relative_to(root.parent).as_posix() for path in root.parent.rglob("*") if path not in before}
    assert all(path == "cache" or path.startswith("cache/fissix") for path in new)


def spawned(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: what scripts print does not come through the streams of a test."""
    words = [sys.executable, "-m", "lifeops_migrate", "bowler", *arguments]
    return subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
