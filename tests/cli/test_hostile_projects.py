"""Whatever lies in a project: one bad file never stops a run, each is named, and the exit code is never 0 then."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifeops_migrate.exit_code import Exit

from .making import Command, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

BARE = "try:\n    pass\nexcept:\n    pass\n"
FIXED = BARE.replace("except:", "except Exception:")

READ: dict[str, bytes] = {
    "latin-1 by a cookie": f"# -*- coding: latin-1 -*-\nx = 'é'\n{BARE}".encode("latin-1"),
    "cp1251 by a cookie in line 2": f"#!/bin/python\n# vim: set fileencoding=cp1251 :\nx = 'ы'\n{BARE}".encode(
        "cp1251"
    ),
    "a byte order mark": b"\xef\xbb\xbf" + BARE.encode(),
    "crlf": BARE.replace("\n", "\r\n").encode(),
    "carriage returns": BARE.replace("\n", "\r").encode(),
    "mixed line ends": BARE.replace("pass\n", "pass\r\n").encode(),
    "form feeds": f"\x0cx = 1\n\x0c\n{BARE}\x0c\n".encode(),
    "line separators": f"x = '\u2028\u2029\x85\x0b\x1c'  # \u2028 y = (\n{BARE}".encode(),
    "no line end at the end": BARE.rstrip().encode(),
    "tabs": BARE.replace("    ", "\t").encode(),
    "a line of 1 MB": f"x = '{'y' * 1_000_000}'\n{BARE}".encode(),
    "100,000 lines": ("x = 1\n" * 100_000 + BARE).encode(),
    "20,000 entries": f"x = {{{', '.join(f'{n}: {n}' for n in range(20_000))}}}\n{BARE}".encode(),
    "1,500 calls in a chain": f"x = a{'.b(1)' * 1500}\n{BARE}".encode(),
    "1,500 elif": ("if a: pass\n" + "elif a: pass\n" * 1500 + BARE).encode(),
    "a sum of 3,000": f"x = {' + '.join(['a'] * 3000)}\n{BARE}".encode(),
    "3,000 strings side by side": ("x = (" + "'a'\n" * 3000 + f")\n{BARE}").encode(),
    "150 brackets": f"x = {'(' * 150}a{')' * 150}\n{BARE}".encode(),
    "90 functions in each other": "".join(f"{'  ' * n}def f():\n" for n in range(45)).encode()
    + b"  " * 45
    + b"pass\n"
    + BARE.encode(),
    "names that are hardly names": f"ℌ = ª = 𝔘nico𝔡e = 1\n{BARE}".encode(),
}

REFUSED: dict[str, tuple[bytes, str]] = {
    "utf-16": (BARE.encode("utf-16"), "a NUL byte"),
    "utf-16 by a cookie": (f"# coding: utf-16\n{BARE}".encode(), "encoding"),
    "utf-7 by a cookie": (f"# coding: utf-7\n{BARE}".encode(), "refused"),
    "an unknown cookie": (f"# coding: klingon\n{BARE}".encode(), "unknown encoding 'klingon'"),
    "a codec that computes": (f"# coding: rot13\n{BARE}".encode(), "refused"),
    "a cookie against the mark": (b"\xef\xbb\xbf# coding: latin-1\n" + BARE.encode(), "byte order mark"),
    "invalid utf-8": (b"x = '\xff'\n" + BARE.encode(), "byte 0xff is not valid utf-8"),
    "a NUL byte": (b"x = '\0'\n" + BARE.encode(), "a NUL byte"),
    "binary": (bytes(range(256)) * 40, "NUL byte"),
    "a syntax error": (f"def (:\n{BARE}".encode(), "cannot parse"),
    "a conflict": (f"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n{BARE}".encode(), "cannot parse"),
    "a template": (f"{{% if x %}}\nx = {{{{ y }}}}\n{{% endif %}}\n{BARE}".encode(), "cannot parse"),
    "Python 2": (f"print 'x'\n{BARE}".encode(), "cannot parse"),
    "syntax of the future": (f"x = !@ y\n{BARE}".encode(), "cannot parse"),
    "inconsistent tabs": (f"if x:\n\ty = 1\n        z = 1\n{BARE}".encode(), "cannot parse"),
    "5,000 brackets": (f"x = {'(' * 5000}{')' * 5000}\n{BARE}".encode(), "nested"),
    "200,000 signs": (f"x = {'-' * 200_000}1\n{BARE}".encode(), "nested too deeply"),
    "more than 16 MB": (b"#" * (16 * 1024 * 1024) + b"\n" + BARE.encode(), "is larger than"),
}


def of(root: Path, *files: tuple[str, bytes]) -> Path:
    """The project with one good file, and these."""
    for name, content in (("good.py", BARE.encode()), *files):
        (root / name).write_bytes(content)
    return root


def run(command: Command, *arguments: str) -> Outcome:
    return command(*arguments, "--select", "bare-except,model-db-suffix,eager-load", "--no-cache")


def in_bytes(text: bytes) -> bytes:
    return text.replace(b"except:", b"except Exception:")


DEEP = {"1,500 calls in a chain", "1,500 elif", "a sum of 3,000"}
SHALLOW = sys.version_info[:2] == (3, 12)


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_and_python_is_migrated(root: Path, command: Command, name: str) -> None:
    if SHALLOW and name in DEEP:
        pytest.skip("this Python does not read it: it is named, as in the next test")
    of(root, ("odd.py", READ[name]))
    done = run(command, "--yes")
    assert (done.code, done.err.count("error")) == (Exit.DONE, 0), done.err
    assert (root / "good.py").read_text() == FIXED
    assert (root / "odd.py").read_bytes() == in_bytes(READ[name])
    assert run(command, "--check").code == Exit.DONE
    assert command("undo").code == Exit.DONE
    assert (root / "odd.py").read_bytes() == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_named_and_the_rest_is_migrated(root: Path, command: Command, name: str) -> None:
    content, reason = REFUSED[name]
    of(root, ("odd.py", content))
    for arguments in (["--dry-run"], ["--check"], ["--yes", "--format", "json"]):
        done = run(command, *arguments)
        assert done.code == Exit.INCOMPLETE, done.err
        assert "error: odd.py:" in done.err
        assert reason in done.err
    [error] = json.loads(done.out)["errors"]
    assert error["path"] == "odd.py"
    assert reason in error["message"]
    assert (root / "good.py").read_text() == FIXED
    assert (root / "odd.py").read_bytes() == content


def test_a_project_of_nothing_but_what_cannot_be_read(root: Path, command: Command) -> None:
    for number, (content, _) in enumerate(REFUSED.values()):
        (root / f"odd{number}.py").write_bytes(content)
    done = run(command, "--yes")
    assert done.code == Exit.INCOMPLETE
    assert done.err.count("error: odd") == len(REFUSED)


NAMES = ["new\nline", "esc\x1b[31m", "sp ace", "quo'te\"", "[red]", "bidi\u202e", "-n", "ü", "%s{0}", "a\\b", "x" * 250]


@pytest.mark.parametrize("name", [*NAMES, os.fsdecode(b"\xff\xfe")])
def test_names(root: Path, command: Command, name: str) -> None:
    of(root, (f"{name}.py", BARE.encode()))
    done = run(command, "--yes")
    assert done.code == Exit.DONE
    assert (root / f"{name}.py").read_text() == FIXED
    assert command("undo").code == Exit.DONE
    assert (root / f"{name}.py").read_text() == BARE


def folder(path: Path) -> None:
    path.mkdir()
    (path / "in.py").write_text(BARE)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as made:
        made.bind(f"{folder}/s")
        os.rename(f"{folder}/s", path)


ENTRIES: dict[str, Callable[[Path], object]] = {
    "a folder called .py": folder,
    "a FIFO": fifo,
    "a socket": unix_socket,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a broken link": lambda path: path.symlink_to("nothing.py"),
    "a link to a good file": lambda path: path.symlink_to("good.py"),
    "a link to the folder": lambda path: path.symlink_to("."),
    "a link to the root of all": lambda path: path.symlink_to("/"),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a hundred folders": lambda path: (path / "/".join(["d"] * 100)).mkdir(parents=True),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_no_file_does_no_harm(root: Path, command: Command, name: str) -> None:
    of(root)
    ENTRIES[name](root / "odd.py")
    done = run(command, "--yes")
    assert done.code == Exit.DONE, done.err
    assert (root / "good.py").read_text() == FIXED
    if name != "a hundred folders":
        assert "left out: odd.py: " in run(command, "--dry-run", "-v").err


def test_a_read_only_file_is_a_finding_and_the_rest_is_migrated(root: Path, command: Command) -> None:
    of(root, ("odd.py", BARE.encode()))
    (root / "odd.py").chmod(0o444)
    done = run(command, "--yes")
    assert done.code == Exit.DONE
    assert "odd.py is read-only" in done.out
    assert (root / "odd.py").read_text() == BARE
    assert (root / "good.py").read_text() == FIXED


def test_a_file_and_a_folder_that_may_not_be_read(command: Command) -> None:
    """As another user where this one may read everything."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "project"
        root.mkdir()
        of(root, ("odd.py", BARE.encode()), ("lifeops-migrate.toml", b""))
        (root / "closed").mkdir()
        (root / "closed/in.py").write_text(BARE)
        (root / "odd.py").chmod(0)
        (root / "closed").chmod(0)
        command.folder = root
        run(command, "--dry-run")  # imports what it needs, which the other user may not read
        child = os.fork()
        if child == 0:
            code = 99
            try:
                if os.geteuid() == 0:
                    for path in (root.parent, root, root / "good.py", root / "odd.py", root / "closed"):
                        os.chown(path, 12345, 12345)
                    os.environ["XDG_STATE_HOME"] = os.environ["XDG_CACHE_HOME"] = str(root.parent / "own")
                    os.setegid(12345)
                    os.seteuid(12345)
                done = run(command, "--yes")
                named = all(f"{name}: " in done.err for name in ("odd.py", "closed"))
                code = done.code if named and (root / "good.py").read_text() == FIXED else 98
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        (root / "closed").chmod(0o700)
    assert code == Exit.INCOMPLETE


def test_twenty_thousand_files(root: Path, command: Command) -> None:
    for folder in range(100):
        (root / f"p{folder}").mkdir()
        for number in range(200):
            (root / f"p{folder}/m{number}.py").write_text(f"def f():\n    return {folder * number}\n")
    of(root, ("odd.py", b"def ("))
    start = time.perf_counter()
    done = run(command, "--yes")
    assert done.code == Exit.INCOMPLETE
    assert (root / "good.py").read_text() == FIXED
    assert time.perf_counter() - start < 60


def test_limits_of_the_process_are_as_before(root: Path, command: Command) -> None:
    before = sys.getrecursionlimit()
    of(root, ("odd.py", READ["a sum of 3,000"]))
    run(command, "--dry-run")
    assert sys.getrecursionlimit() == before
