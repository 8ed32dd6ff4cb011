"""The whole change as one patch that `git apply` takes, byte for byte."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lifeops_codemods.apply.top import top
from lifeops_migrate.diff.written import as_patch

if TYPE_CHECKING:
    from lifeops_migrate.shown import Shown


def patch(shown: Shown) -> bytes:
    """The patch. Its names start at the top of the git repository, as `git apply` wants them, or else at the root."""
    prefix = below_top(shown.root)
    return b"".join(as_patch(file, prefix + file.path) for file in shown.files)


def below_top(root: Path) -> str:
    """The way from the top of the repository to the root, with a slash at its end; "" at the top or outside git."""
    found = top(root)
    if found is None:
        return ""
    below = Path(os.path.realpath(root)).relative_to(found).as_posix()
    return "" if below == "." else f"{below}/"
