"""What a worker of an executor runs: facts of texts, and rewritten texts; what comes and what goes back is bytes.

It needs nothing but this program: no disk of the machine that asks, and no file of the project. Who asks names the
program that it is, and a worker that is another one says so and does nothing, since its facts might differ.
"""

from __future__ import annotations

import marshal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lifeops_codemods import __version__
from lifeops_codemods.facts.collect import Collector
from lifeops_codemods.workers.forks import NOT_DONE
from lifeops_codemods.workers.gathering import read_text

_ONE_AT_A_TIME = threading.Lock()
"""Threads of one process share its limit of recursion, and could not parse at the same time anyway."""


def facts_of(program: str, packed_texts: bytes, collectors: Mapping[str, Collector]) -> bytes | str:
    """The answers about some texts, as `gathering.read_text` makes them, or the name of the program that this one is.

    packed_texts: a list, as `pack` makes it, of the texts. The answer is a list, made in the same way.
    """
    return _answers(program, packed_texts, partial(read_text, collectors))


def rewritten(program: str, packed_tasks: bytes) -> bytes | str:
    """As `facts_of`, of tasks of rewriting as `rewriting.to_data` makes them."""
    from lifeops_codemods.workers.rewriting import answer

    return _answers(program, packed_tasks, answer)


def _answers(program: str, packed: bytes, work: Callable[[Any], bytes]) -> bytes | str:
    if program != this_program():
        return this_program()
    with _ONE_AT_A_TIME:
        return pack([_answer(work, item) for item in marshal.loads(packed)])


def pack(values: Iterable[object]) -> bytes:
    """In the format that all supported versions of Python read."""
    return marshal.dumps(list(values), 4)


@cache
def this_program() -> str:
    """The version, the Python and LibCST that it runs with, a digest of its source: equal ones give equal answers."""
    python = f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}"
    return f"lifeops-migrate {__version__} ({_digest_of_source()}) under {python} with libcst {version('libcst')}"


def _digest_of_source() -> str:
    top = Path(__file__).parent.parent
    digest = sha256()
    for path in sorted(top.rglob("*.py")):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(top).as_posix()} {len(data)} ".encode() + data)
    return digest.hexdigest()[:12]


def _answer(work: Callable[[Any], bytes], item: Any) -> bytes:
    try:
        return work(item)
    except Exception:
        return NOT_DONE  # who asks meets it, too, and can raise it
