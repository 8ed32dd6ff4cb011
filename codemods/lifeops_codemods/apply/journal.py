"""What a run writes down before it touches a file, so that the next start can finish it or put everything back.

The journal is a file of JSON lines. The first is the intent: every file with the hash before and after, the token that
names the staged files, the folders to make. Later lines name a phase. A line that a crash cut off does not count.
Beside it, `originals` holds the bytes of all files before, one after the other in the intent's order.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lifeops_codemods.apply.errors import ApplyError, Refused, naming
from lifeops_codemods.apply.paths import absolute, check_relative
from lifeops_codemods.apply.state import RUN_ID, Place

SCHEMA = 1
_TOKEN = re.compile(r"[0-9a-f]{16}")
_HASH = re.compile(r"[0-9a-f]{64}")


class Phase(StrEnum):
    """How far a run has come; before the first of them it only stages."""

    STAGING = "staging"
    RENAMING = "renaming"
    RETURNING = "returning"


class Kind(StrEnum):
    """What a run does."""

    APPLY = "apply"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Record:
    """One file of a run.

    path: relative to the root, no link in it. before, after: SHA-256 of the content, None where there is no file. size:
    bytes of it in `originals`. mode, uid, gid: of the file before, or of the new one where there was none.
    """

    path: str
    before: str | None
    after: str | None
    size: int
    mode: int
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Intent:
    """A run as its journal tells it.

    root: the real path. undoes: the run that an undo puts back. edits: how many, by rule. token: names staged files.
    folders: relative to the root, outermost first; an apply makes them, an undo removes those that are empty.
    """

    id: str
    kind: Kind
    undoes: str
    root: str
    time: datetime
    edits: dict[str, int]
    token: str
    files: tuple[Record, ...]
    folders: tuple[str, ...]

    def staged(self, index: int) -> str:
        """The absolute path at which the file of this index is staged: hidden, beside its target, ours alone."""
        target = absolute(self.root, self.files[index].path)
        return os.path.join(os.path.dirname(target), f".lifeops-{self.token}-{index}.tmp")


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def begin(place: Place, intent: Intent, originals: list[bytes]) -> None:
    """Write the originals and the intent to `active`, and wait until they are on the medium."""
    disk = place.disk
    with naming(place.active):
        disk.mkdir(place.active, 0o700)
    _write_new(place, _originals(place.active), b"".join(originals))
    _write_new(place, _journal(place.active), _encode(intent))
    for folder in (place.active, place.folder):
        with naming(folder):
            disk.flush(folder)


def mark(place: Place, phase: Phase) -> None:
    """Add a phase to the active journal, and wait until it is on the medium."""
    path = _journal(place.active)
    with naming(path):
        descriptor = place.disk.append(path)
        try:
            place.disk.write(descriptor, _line({"phase": phase}))
        finally:
            place.disk.close(descriptor)
        place.disk.flush(path)


def read_journal(place: Place, folder: str) -> tuple[Intent, Phase] | None:
    """The intent and the last phase in a run's folder, or None where no intent was ever completed.

    Raises Refused for a journal that is not one of ours or names a place where nothing may be written. Links are not
    looked at: whoever writes does that.
    """
    path = _journal(folder)
    try:
        with naming(path):
            lines = [line for line in map(_parse, place.disk.read(path).split(b"\n")) if line is not None]
    except ApplyError as error:
        if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
            return None
        raise
    if not lines or "files" not in lines[0]:
        return None
    try:
        return _decode(place, lines[0]), _phase(lines[1:])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(
            (f"{path}: is damaged or was tampered with ({error}): look at it, then remove {folder}",)
        ) from None


def read_originals(place: Place, folder: str, intent: Intent) -> list[bytes | None]:
    """The bytes of each file before, None where there was none. Raises ApplyError if they are not what was saved."""
    path = _originals(folder)
    with naming(path):
        data = place.disk.read(path)
    found: list[bytes | None] = []
    start = 0
    for record in intent.files:
        content = None if record.before is None else data[start : start + record.size]
        start += record.size
        if content is not None and digest(content) != record.before:
            raise ApplyError(path, f"the saved copy of {record.path} is damaged: it was not put back")
        found.append(content)
    return found


def _journal(folder: str) -> str:
    return os.path.join(folder, "journal")


def _originals(folder: str) -> str:
    return os.path.join(folder, "originals")


def _write_new(place: Place, path: str, data: bytes) -> None:
    with naming(path):
        descriptor = place.disk.create(path, 0o600)
        try:
            place.disk.write(descriptor, data)
        finally:
            place.disk.close(descriptor)
        place.disk.flush(path)


def _line(value: dict[str, Any]) -> bytes:
    """A line with a line break before it too: what a crash left unfinished does not swallow it."""
    return b"\n" + json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _encode(intent: Intent) -> bytes:
    files = [[r.path, r.before, r.after, r.size, r.mode, r.uid, r.gid] for r in intent.files]
    value = {
        "schema": SCHEMA,
        "id": intent.id,
        "kind": intent.kind,
        "undoes": intent.undoes,
        "root": intent.root,
        "time": intent.time.isoformat(),
        "edits": intent.edits,
        "token": intent.token,
        "files": files,
        "folders": intent.folders,
    }
    return _line(value)


def _decode(place: Place, value: dict[str, Any]) -> Intent:
    """The intent, believed only where it cannot do harm. Raises ValueError and its like."""
    if value["schema"] != SCHEMA:
        raise ValueError(f"schema {value['schema']} is of another version")
    if value["root"] != place.root:
        raise ValueError("it belongs to another folder")
    intent = Intent(
        id=_matching(RUN_ID, value["id"]),
        kind=Kind(value["kind"]),
        undoes=_matching(RUN_ID, value["undoes"]) if value["undoes"] else "",
        root=place.root,
        time=datetime.fromisoformat(value["time"]),
        edits={str(rule): int(count) for rule, count in value["edits"].items()},
        token=_matching(_TOKEN, value["token"]),
        files=tuple(_record(entry) for entry in value["files"]),
        folders=tuple(_safe(folder) for folder in value["folders"]),
    )
    if (intent.kind is Kind.UNDO) != bool(intent.undoes):
        raise ValueError("it does not say what it undoes")
    return intent


def _record(entry: list[Any]) -> Record:
    path, before, after, size, mode, uid, gid = entry
    if int(size) < 0:
        raise ValueError("a size is negative")
    return Record(
        path=_safe(path),
        before=None if before is None else _matching(_HASH, before),
        after=None if after is None else _matching(_HASH, after),
        size=int(size),
        mode=int(mode) & 0o7777,
        uid=int(uid),
        gid=int(gid),
    )


def _safe(path: str) -> str:
    check_relative(path)
    return path


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text!r} is not what belongs here")
    return text


def _phase(lines: list[dict[str, Any]]) -> Phase:
    phases = [Phase(line["phase"]) for line in lines if "phase" in line]
    return phases[-1] if phases else Phase.STAGING
