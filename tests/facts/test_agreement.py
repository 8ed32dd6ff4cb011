"""Facts agree with the text that they were collected from, and with what Python itself makes of it."""

from __future__ import annotations

import json
import marshal
import os
import re
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifeops_codemods.facts.collect import collect

from . import samples
from .checks import forgotten, misjudged, misplaced

CHUNKS = range(4)
FILES_EACH = 12


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Files of the standard library hold escapes that newer Pythons warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def chunk(number: int) -> list[str]:
    own = [path.read_text(encoding="utf-8") for path in sorted(samples.LIBRARY.rglob("*.py"))]
    return [*samples.stdlib(FILES_EACH, f"agreement {number}"), *own[number :: len(CHUNKS)]]


@pytest.mark.parametrize("number", CHUNKS)
def test_every_span_is_the_text_that_it_tells_of(number: int) -> None:
    assert [wrong for text in chunk(number) for wrong in misplaced(text)] == []


@pytest.mark.parametrize("number", CHUNKS)
def test_no_identifier_is_forgotten_or_told_twice(number: int) -> None:
    assert [wrong for text in chunk(number) for wrong in forgotten(text)] == []


@pytest.mark.parametrize("number", CHUNKS)
def test_scopes_are_those_of_the_compiler(number: int) -> None:
    assert [wrong for text in chunk(number) for wrong in misjudged(text)] == []


def test_all_of_it_holds_for_the_fixtures() -> None:
    texts = samples.fixtures()
    assert len(texts) > 300
    assert [wrong for text in texts for wrong in (*misplaced(text), *forgotten(text), *misjudged(text))] == []


@pytest.mark.parametrize("number", CHUNKS)
def test_facts_are_the_same_after_marshal(number: int) -> None:
    for text in chunk(number):
        raw = collect(text)
        assert marshal.loads(marshal.dumps(raw)) == raw


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_move_no_span(ending: str) -> None:
    for text in chunk(0):
        if "\r" not in text:
            assert misplaced(text.replace("\n", ending)) == []


@pytest.mark.parametrize("name", ["sélf", "ßelf", "自己"])
def test_columns_count_characters_and_not_bytes(name: str) -> None:
    texts = [re.sub(r"\bself\b", name, text) for text in chunk(1)]
    assert sum(name in text for text in texts) > 5
    assert [wrong for text in texts for wrong in (*misplaced(text), *forgotten(text))] == []


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_another_python_collects_the_same(version: str) -> None:
    if samples.is_running(version):
        pytest.skip("is the running one")
    program = samples.other_python(version)
    if not program:
        pytest.skip(f"no Python {version} on this machine")
    texts = [text for text in [*samples.stdlib(20, "versions"), *samples.fixtures()[::4]] if "\r" not in text]
    texts += [text for text in samples.stdlib(200, "formatted") if 'f"{' in text or "f'{" in text][:40]
    different = []
    for text, (raw, *complaints) in zip(texts, there(program, texts), strict=True):
        different += [text[:80]] if raw not in {"", repr(collect(text))} else []
        different += complaints
    assert different == []


def there(program: str, texts: list[str]) -> list[list[str]]:
    """What another Python says of each text; an empty one where it cannot parse it."""
    checks = Path(__file__).with_name("checks.py")
    environment = {**os.environ, "PYTHONPATH": str(samples.LIBRARY)}
    done = subprocess.run(
        [program, str(checks)], input=json.dumps(texts), capture_output=True, text=True, check=True, env=environment
    )
    return [list(map(str, answer)) or [""] for answer in json.loads(done.stdout)]


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("3.12", "class A[T: Hero]: ...\n"),
        ("3.12", "class A[*Ts, **P]: ...\n"),
        ("3.12", "type A[T: (int, Hero)] = list[Hero]\n"),
        ("3.12", "def f[T: 'Hero'](x: T = Hero) -> T: return [T for T in x]\n"),
        ("3.12", "x = f'{y['z']}{f'{a:{b}}'}'\n"),
        ("3.13", "def f[T = Hero](x: T) -> T: ...\n"),
        ("3.13", "class A[*Ts = Hero, **P = [Hero]]: ...\n"),
    ],
)
def test_newer_syntax_is_collected_as_well(version: str, text: str) -> None:
    if not samples.other_python(version):
        pytest.skip(f"no Python {version} on this machine")
    ((raw, *complaints),) = there(samples.other_python(version), [text])
    assert raw, "does not parse"
    assert complaints == []
