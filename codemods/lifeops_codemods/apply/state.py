"""Where a root's journal, lock and undo copies live: the user's state directory, readable by nobody else.

    <state>/roots/<key>/lock         held while something is written
    <state>/roots/<key>/active/      the run being written or, if nobody holds the lock, interrupted
    <state>/roots/<key>/runs/<id>/   finished runs, the last 20

Moving `active` to `runs/<id>` is what makes a run done: one rename, which needs no space.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_codemods.apply.errors import Refused, naming

if TYPE_CHECKING:
    from lifeops_codemods.apply.disk import Disk

KEPT_RUNS = 20
RUN_ID = re.compile(r"\d{8}-\d{6}(-\d{3})?")
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Place:
    """One root and its folder of state. `root` is a real path; `state` and `folder` are absolute."""

    disk: Disk
    root: str
    state: str
    folder: str

    @property
    def active(self) -> str:
        return os.path.join(self.folder, "active")

    @property
    def runs(self) -> str:
        return os.path.join(self.folder, "runs")

    def run(self, identifier: str) -> str:
        return os.path.join(self.runs, identifier)


def state_directory() -> Path:
    """The platform's state directory for this tool."""
    import platformdirs  # late: only a run that writes or undoes needs it

    return Path(platformdirs.user_state_dir("lifeops-migrate", appauthor=False))


def place_of(disk: Disk, root: Path, state_dir: Path | None) -> Place:
    """The place of `root`, made or not. Writes nothing."""
    real = disk.real(os.fspath(root))
    state = disk.real(os.fspath(state_dir or state_directory()))
    key = hashlib.sha256(os.fsencode(real)).hexdigest()[:32]
    return Place(disk, real, state, os.path.join(state, "roots", key))


def prepare(place: Place) -> None:
    """Make the folders of `place`. Raises Refused if the state directory is somebody else's, ApplyError on failure."""
    with naming(place.state):
        _make_path(place.disk, os.path.dirname(place.state))
        _make(place.disk, place.state)
        _keep_private(place)
    for folder in (os.path.dirname(place.folder), place.folder, place.runs):
        with naming(folder):
            _make(place.disk, folder)


def exists(disk: Disk, path: str) -> bool:
    """Whether there is anything at `path`, a broken link included."""
    return lstat(disk, path) is not None


def interrupted(place: Place) -> bool:
    """Whether a run is being written or was interrupted."""
    with naming(place.active):
        return exists(place.disk, place.active)


def lstat(disk: Disk, path: str) -> os.stat_result | None:
    """What is at `path`, or None."""
    try:
        return disk.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def run_ids(place: Place) -> list[str]:
    """The finished runs, oldest first. Raises ApplyError if they cannot be listed."""
    with naming(place.runs):
        try:
            return sorted(name for name in place.disk.listdir(place.runs) if RUN_ID.fullmatch(name))
        except FileNotFoundError:
            return []


def remove_run(disk: Disk, folder: str) -> None:
    """Remove a run's folder, its journal first: what has no journal is no run, however much of it is left.

    Where a link was put in its place, or inside, only the link goes.
    """
    if not stat.S_ISDIR(disk.lstat(folder).st_mode):
        disk.unlink(folder)
        return
    for name in sorted(disk.listdir(folder), key=lambda name: name != "journal"):
        remove_run(disk, os.path.join(folder, name))
    disk.rmdir(folder)


def _make_path(disk: Disk, path: str) -> None:
    if not exists(disk, path):
        _make_path(disk, os.path.dirname(path))
        _make(disk, path)


def _make(disk: Disk, path: str) -> None:
    if not exists(disk, path):
        try:
            disk.mkdir(path, _PRIVATE)
        except FileExistsError:
            return  # another run made it at the same moment
        disk.flush(os.path.dirname(path))


def _keep_private(place: Place) -> None:
    info = place.disk.lstat(place.state)
    user = os.geteuid()
    if not stat.S_ISDIR(info.st_mode) or (info.st_uid != user and user != 0):
        raise Refused((f"{place.state}: is not a folder of yours: remove it or set XDG_STATE_HOME to one that is",))
    if stat.S_IMODE(info.st_mode) != _PRIVATE:
        place.disk.chmod(place.state, _PRIVATE)
