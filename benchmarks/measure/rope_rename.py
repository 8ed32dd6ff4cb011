"""Rename one class with rope, without writing: the changes are computed and described.

python rope_rename.py FOLDER FILE NAME NEW ROOT...

Each ROOT is a folder with packages. Without them rope takes the first that it finds, and renames in one file alone.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rope.base.project import Project
from rope.refactor.rename import Rename


def main(folder: str, file: str, name: str, new: str, *roots: str) -> None:
    found = re.search(rf"^class ({name})\b", Path(folder, file).read_text(), re.MULTILINE)
    assert found, f"{file} has no class {name}"
    project = Project(folder, ropefolder=None, ignore_syntax_errors=True, source_folders=list(roots))
    changes = Rename(project, project.get_resource(file), found.start(1)).get_changes(new)
    print(changes.get_description())
    project.close()


main(*sys.argv[1:])
