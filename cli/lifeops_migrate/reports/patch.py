"""The whole change as one patch that `git apply` takes, byte for byte."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from lifeops_codemods.apply.git import top
from lifeops_migrate.diff.file_diff import git_patch

if TYPE_CHECKING:
    from lifeops_codemods.plan.model import Migration


def patch(migration: Migration) -> bytes:
    """The patch. Its names start at the top of the git repository, as `git apply` wants them, or else at the root."""
    prefix = _below_top(migration.root)
    return b"".join(git_patch(file, prefix + file.path) for file in migration.files)


def write_patch(path: Path, content: bytes) -> None:
    """Write the whole patch or nothing. A pipe or device, as `>(…)` makes one, is written to as it is."""
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        path.write_bytes(content)
        return
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{token_hex(4)}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _below_top(root: Path) -> str:
    """The way from the top of the repository to the root, with a slash at its end; "" at the top or outside git."""
    found = top(root)
    if found is None:
        return ""
    below = Path(os.path.realpath(root)).relative_to(found).as_posix()
    return "" if below == "." else f"{below}/"
