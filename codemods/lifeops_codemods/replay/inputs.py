"""What a plan was made of besides the request, and whether all of it is as it was."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from lifeops_codemods.apply.checks import unwritable
from lifeops_codemods.replay.index import FileIndex
from lifeops_codemods.source.looked import Discovery
from lifeops_codemods.source.reading import ReadError, read_file


class Inputs(NamedTuple):
    """digests: of every file. styles: of each formatter configuration that was looked for, None where there is none.
    writable: why each file that an edit is for cannot be written, "" where it can."""

    digests: Mapping[str, str]
    styles: Mapping[str, str | None]
    writable: Mapping[str, str]

    def plain(self) -> tuple[dict[str, str], dict[str, str | None], dict[str, str]]:
        """As `marshal` takes it."""
        return dict(self.digests), dict(self.styles), dict(self.writable)


def are_as_they_were(root: Path, found: Discovery, index: FileIndex, inputs: Inputs) -> bool:
    """Whether the project holds these inputs. found: what it holds now. index: has looked at its files.

    Raises TypeError, ValueError, LookupError or AttributeError for inputs of another shape.
    """
    return (
        not found.errors
        and tuple(sorted(inputs.digests)) == found.files
        and all(index.digest(path) == digest for path, digest in inputs.digests.items())
        and all(_digest_in(root, path) == digest for path, digest in inputs.styles.items())
        and _reasons(root, inputs.writable) == inputs.writable
    )


def _reasons(root: Path, paths: Mapping[str, str]) -> dict[str, str]:
    return dict.fromkeys(paths, "") | unwritable(root, paths)


def _digest_in(root: Path, path: str) -> str | None:
    if not os.path.lexists(os.path.join(root, path)):  # most are not there, and this is the quicker question
        return None
    try:
        return hashlib.sha256(read_file(root, path)).hexdigest()
    except ReadError:
        return None
