"""Shell completion, asked as bash asks it: the words are read, the function called, the replies printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """\
source <(_LIFEOPS_MIGRATE_COMPLETE=bash_source lifeops-migrate)
complete -p lifeops-migrate
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_lifeops_migrate_completion lifeops-migrate
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completions(*words: str) -> set[str]:
    """What bash offers for the last word."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "--norc", "-c", ASK, "bash", "lifeops-migrate", *words]
    ran = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=True)
    registered, *replies = ran.stdout.splitlines()
    assert ran.stderr == ""
    assert registered.endswith("-F _lifeops_migrate_completion lifeops-migrate")
    return set(replies)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("",), {"run", "rules", "explain", "undo", "history", "bowler", "init"}),
        (("exp",), {"explain"}),
        (("bow",), {"bowler"}),
        (("bowler", "--ex"), {"--expression"}),
        (("bowler", "--dr"), {"--dry-run"}),
        (("--sel",), {"--select"}),
        (("run", "--diff-style", ""), {"unified", "side-by-side"}),
        (("--select", "nam"), {"naming"}),
        (("run", "--ignore", "model-"), {"model-db-suffix"}),
        (("--select", "errors,model-"), {"errors,model-db-suffix"}),
        (("explain", "model-"), {"model-db-suffix"}),
    ],
)
def test_bash_offers(words: tuple[str, ...], expected: set[str]) -> None:
    assert expected <= completions(*words)


def test_what_does_not_begin_so_is_not_offered() -> None:
    assert all(name.startswith("u") for name in completions("u"))
