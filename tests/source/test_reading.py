"""Files are read only if they are what discovery saw."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from lifeops_codemods.outcome import FileError
from lifeops_codemods.source.reading import ReadError, read_file, read_files

if TYPE_CHECKING:
    from pathlib import Path


def reason(root: Path, path: str, **options: int) -> str:
    with pytest.raises(ReadError) as caught:
        read_file(root, path, **options)
    assert caught.value.path == path
    return caught.value.message


def test_the_bytes_come_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").write_bytes(b"x\r\n\xff\0")
    assert read_file(tmp_path, "a/b.py") == b"x\r\n\xff\0"


def test_a_name_that_is_no_utf8_is_read(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9\n.py")
    (tmp_path / name).write_bytes(b"x")
    assert read_file(tmp_path, name) == b"x"


def test_a_link_that_took_the_files_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "a.py").symlink_to(tmp_path / "secret")
    assert "symbolic link" in reason(tmp_path, "a.py")


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert reason(tmp_path, "a.py") == "is not a regular file"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    assert "directory" in reason(tmp_path, "a.py") or "regular" in reason(tmp_path, "a.py")


def test_the_limit_is_inclusive(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"12345")
    assert read_file(tmp_path, "a.py", limit=5) == b"12345"
    assert "larger than 4 bytes" in reason(tmp_path, "a.py", limit=4)


@pytest.mark.parametrize("path", ["../a.py", "b/../../a.py", "/etc/hostname"])
def test_a_path_that_leaves_the_root_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "a.py").write_bytes(b"")
    (tmp_path / "root" / "b").mkdir(parents=True)
    assert reason(tmp_path / "root", path) == "is outside the project"


def test_a_name_with_nul_is_an_error_and_no_crash(tmp_path: Path) -> None:
    assert "null byte" in reason(tmp_path, "a\0.py")


def test_many_files_come_in_order_with_their_errors(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_bytes(b"b")
    (tmp_path / "a.py").write_bytes(b"a")
    found = list(read_files(tmp_path, ["b.py", "gone.py", "a.py"]))
    assert found == [
        ("b.py", b"b"),
        ("gone.py", FileError("gone.py", 0, "no such file or directory")),
        ("a.py", b"a"),
    ]
