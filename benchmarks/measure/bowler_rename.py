"""Rename one class with Bowler, in this process, without writing.

python bowler_rename.py FOLDER NAME NEW
"""

from __future__ import annotations

import sys

from bowler import Query


def main(folder: str, name: str, new: str) -> None:
    query = Query([folder]).select_class(name).rename(new)
    query.execute(interactive=False, write=False, silent=False, in_process=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
