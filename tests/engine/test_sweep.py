"""The cache folder does not grow for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lifeops_codemods.store import sweep

_DAY = 24 * 60 * 60
_ROOT = "0123456789abcdef01234567"


def put(folder: Path, name: str, days: float) -> Path:
    """A file that was read and written so many days ago."""
    path = folder / name
    path.write_bytes(b"")
    then = time.time() - days * _DAY
    os.utime(path, (then, then))
    return path


@pytest.mark.parametrize(
    ("name", "days", "goes"),
    [
        (f"facts-{_ROOT}.bin", 31, True),
        (f"facts-{_ROOT}.bin", 29, False),
        (f"tree-{_ROOT}-01234567.bin", 31, True),
        (f"shown-{_ROOT}-0123.bin", 31, True),
        ("crash-12.txt", 31, True),
        ("crash-12.txt", 29, False),
        (f"plan-{_ROOT}-0123.bink2_x", 2, True),
        (f"plan-{_ROOT}-0123.bink2_x", 0.5, False),
        ("notes.txt", 400, False),
        ("facts-of-mine.bin", 400, False),
    ],
)
def test_what_nobody_has_used_for_long_goes(name: str, days: float, goes: bool, tmp_path: Path) -> None:
    path = put(tmp_path, name, days)
    sweep(tmp_path)
    assert path.exists() is not goes


def test_what_was_read_lately_stays(tmp_path: Path) -> None:
    path = put(tmp_path, f"facts-{_ROOT}.bin", 40)
    os.utime(path, (time.time(), path.stat().st_mtime))
    sweep(tmp_path)
    assert path.exists()


def test_a_link_and_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside", 40)
    cache = tmp_path / "cache"
    (cache / f"facts-{_ROOT}.bin").mkdir(parents=True)
    (cache / f"plan-{_ROOT}.bin").symlink_to(outside)
    sweep(cache)
    assert outside.exists()
    assert len(list(cache.iterdir())) == 3


def test_it_is_done_once_a_day(tmp_path: Path) -> None:
    sweep(tmp_path)
    path = put(tmp_path, f"facts-{_ROOT}.bin", 40)
    sweep(tmp_path)
    assert path.exists()
    put(tmp_path, "swept", 2)
    sweep(tmp_path)
    assert not path.exists()


def test_no_folder_is_no_error(tmp_path: Path) -> None:
    sweep(None)
    sweep(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_folder_that_others_can_write_is_left_alone(tmp_path: Path) -> None:
    path = put(tmp_path, f"facts-{_ROOT}.bin", 40)
    tmp_path.chmod(0o777)
    sweep(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
