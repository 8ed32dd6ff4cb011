"""This tool as a contestant, and what a run of it says at its end."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from measure.contest import Contestant
from measure.section import counted

COMMAND = (sys.executable, "-m", "lifeops_migrate")
CODES = (0, 3)
"""3: a file could not be read; the rest was."""
SUMMARY = re.compile(r"^Would make ([\d,]+) edits? in ([\d,]+) files?", re.MULTILINE)
FINDINGS = re.compile(r"([\d,]+) findings?")
ERROR = re.compile(r"^error: \S+?:\d+", re.MULTILINE)


def cold(name: str, *options: str) -> Contestant:
    """With an empty cache folder each time."""
    return Contestant(name, lambda folder, scratch: _run(folder, scratch, options), accepted=CODES, seen=seen)


def warm(name: str, *options: str) -> Contestant:
    """With the cache that a run before it left; nothing changed since."""
    return cold(name, *options)._replace(filled=True)


def uncached(name: str, *options: str) -> Contestant:
    """Without a cache, in one process, and with JSON as the answer."""
    more = ("--no-cache", "-j1", "--format", "json", *options)
    return Contestant(name, lambda folder, scratch: [*COMMAND, *_where(folder), *more], accepted=CODES)


def selected(rule: str) -> tuple[str, str]:
    return ("--select", rule)


def _run(folder: Path, scratch: Path, options: Sequence[str]) -> list[str]:
    return [*COMMAND, *_where(folder), "--cache-dir", str(scratch), *options]


def _where(folder: Path) -> list[str]:
    return ["run", "--dry-run", "--root", str(folder)]


def seen(printed: str) -> list[str]:
    """What it would do, in its own figures."""
    last = printed[-4000:]
    told = []
    if found := SUMMARY.search(last):
        told.append(f"{counted(_number(found[1]), 'edit')} in {counted(_number(found[2]), 'file')}")
    if found := FINDINGS.search(last):
        told.append(counted(_number(found[1]), "finding"))
    if errors := len(ERROR.findall(last)):
        told.append(f"{counted(errors, 'file')} left out and named: newer syntax than the running Python's")
    return told


def _number(word: str) -> int:
    return int(word.replace(",", ""))
