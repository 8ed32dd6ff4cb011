"""Which files of a project are its tests."""

from __future__ import annotations


def is_test_file(path: str) -> bool:
    """Whether a file is a test or what tests share, by the names that pytest goes by."""
    *folders, name = path.split("/")
    return (
        name.startswith("test_")
        or name.endswith("_test.py")
        or name in {"conftest.py", "tests.py"}
        or any(folder in {"tests", "test", "testing"} for folder in folders)
    )
