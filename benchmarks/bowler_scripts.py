"""Run the scripts of `benchmarks/scripts` on real projects, with the command `bowler` and with Bowler itself.

    python benchmarks/bowler_scripts.py [NAME...]

Prints what each changed, refused and said. Ends with 1 where a file that both wrote came out differently, where Bowler
wrote a file that the command did not, or where what was undone is not what it was.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from checks.environment import PINS
from checks.migration import published
from checks.places import REPO

PROJECTS = ("conda-store-server", "fmn")
SCRIPTS = sorted((REPO / "benchmarks" / "scripts").glob("*.py"))
COMMAND = [sys.executable, "-m", "lifeops_migrate"]
BY_ITSELF = """
import runpy, sys
from bowler import Query

execute = Query.execute
Query.execute = lambda query, **given: execute(query, **given | {"write": True, "silent": True, "interactive": False})
names = runpy.run_path(sys.argv[1])
if "main" in names:
    names["main"]()
for value in [*names.values(), *(names["query"](["."]) if callable(names.get("query")) else [])]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Query) and one.retcode is None:
            one.write()
"""


def main(arguments: list[str]) -> int:
    names = arguments or list(PROJECTS)
    if unknown := set(names) - set(PINS):
        sys.exit(f"bowler_scripts.py: unknown: {', '.join(sorted(unknown))}; known: {', '.join(PINS)}")
    return max(int(_differs(name, script)) for name in names for script in SCRIPTS)


def _differs(name: str, script: Path) -> bool:
    """Whether anything is wrong with what a script does to a project; what it does is printed."""
    with tempfile.TemporaryDirectory() as made:
        state = {**os.environ, "XDG_STATE_HOME": f"{made}/state", "PYTHONDONTWRITEBYTECODE": "1"}
        ours, theirs = (Path(made) / who / name for who in ("ours", "theirs"))
        for folder in (ours, theirs):
            folder.parent.mkdir()
            published(name, folder)
        before = _files(ours)
        words = [*COMMAND, "bowler", str(script), "--yes", "--root", ".", "--format", "json"]
        done = subprocess.run(words, cwd=ours, env=state, capture_output=True, text=True, check=False)
        subprocess.run(
            [sys.executable, "-c", BY_ITSELF, str(script)], cwd=theirs, env=state, capture_output=True, check=False
        )
        after, wanted = _files(ours), _files(theirs)
        different = sorted(path for path in before if after[path] != wanted[path])
        subprocess.run([*COMMAND, "undo", "--root", "."], cwd=ours, env=state, capture_output=True, check=False)
        undone = _files(ours) == before
    _print(f"{name}: {script.stem}", done.returncode, json.loads(done.stdout))
    for path in different:
        print(f"  DIFFERENT from Bowler's: {path}")
    if not undone:
        print("  NOT UNDONE")
    return bool(different) or not undone


def _print(title: str, code: int, said: dict[str, Any]) -> None:
    count = said["summary"]
    print(f"{title}: exit {code}, {count['edits']} edits in {count['files_changed']} files")
    for one in (*said["errors"], *said["findings"]):
        print(f"  {one['path']}:{one['line']}: {one['message']}")


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.py")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
