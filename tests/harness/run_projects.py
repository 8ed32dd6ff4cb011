"""Run by the tests in a process of its own: imports projects and says what their mappings are, in terms of tables.

Standard input: a JSON list of `[project folder, [modules], check file or ""]`. Standard output: for each the same
account, in which no class name occurs, so that it must be equal before and after a rename.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import Mapper, RelationshipProperty, configure_mappers
from sqlalchemy.schema import CreateTable


def main() -> None:
    print(json.dumps([in_child(partial(account, *job)) for job in json.load(sys.stdin)]))


def in_child(say: Callable[[], str]) -> str:
    """Fork, so that each project starts with the libraries imported and with nothing of another project."""
    reader, writer = os.pipe()
    if not (child := os.fork()):
        try:
            text = say()
        except BaseException:
            text = f"{ERROR}{traceback.format_exc()}"
        with os.fdopen(writer, "w") as stream:
            stream.write(text)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return text


ERROR = "ERROR "


def account(project: str, modules: list[str], check: str) -> str:
    sys.dont_write_bytecode = True
    sys.path.insert(0, project)
    for module in modules:
        importlib.import_module(module)
    configure_mappers()
    alive = gc.get_objects()
    mappers = [thing for thing in alive if isinstance(thing, Mapper)]
    lines = {str(CreateTable(table)) for thing in alive if isinstance(thing, MetaData) for table in thing.sorted_tables}
    lines |= {line for mapper in mappers for line in mapping(mapper)}
    if check:
        mapped = {table_of(mapper): mapper.class_ for mapper in mappers if mapper.inherits is None}
        lines.add(f"check: {runpy.run_path(check)['check'](mapped)!r}")
    return "\n".join(sorted(lines))


def mapping(mapper: Mapper[Any]) -> list[str]:
    name = f"{table_of(mapper)} {mapper.polymorphic_identity}"
    return [name, *(f"{name}.{key}: {relation(found)}" for key, found in mapper.relationships.items())]


def relation(found: RelationshipProperty[Any]) -> str:
    order = [str(column) for column in found.order_by or ()]
    remote = sorted(str(column) for column in found.remote_side)
    return (
        f"{table_of(found.mapper)} {found.direction.name} on {found.primaryjoin} second {found.secondaryjoin}"
        f" through {found.secondary} ordered {order} remote {remote} list {found.uselist}"
    )


def table_of(mapper: Mapper[Any]) -> str:
    return str(mapper.local_table)


if __name__ == "__main__":
    main()
