"""`init`: write a commented configuration for a person to change."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lifeops_migrate.exit_code import Exit
from lifeops_migrate.failure import Failure
from lifeops_migrate.options import color_option, root_option
from lifeops_migrate.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifeops_codemods.plan.model import FilePlan
    from lifeops_migrate.terminal import ColorChoice, Terminal


@click.command()
@root_option
@color_option
@click.pass_obj
def init(terminal: Terminal, /, root: Path | None, color: ColorChoice) -> Exit:
    """Write a commented [tool.lifeops-migrate] table.

    It is added to the folder's pyproject.toml, whose bytes are kept; where there is none, it becomes a
    lifeops-migrate.toml. Every key is there, with its default. `undo` takes it back.
    """
    from lifeops_codemods.config import OWN_FILE, SHARED_FILE

    terminal.color = color
    folder = root or Path()
    own, shared = folder / OWN_FILE, folder / SHARED_FILE
    if own.exists():
        raise Failure(f"{own}: this folder is configured already; nothing was written")
    plan = _added_to(shared) if shared.exists() else _new(own)
    _write(folder, plan)
    what = "created" if plan.before_bytes is None else "added the table"
    terminal.out.line(visible(f"{folder / plan.path}: {what}", terminal.out.encoding))
    return Exit.DONE


def _new(own: Path) -> FilePlan:
    text = _table(())
    return _plan(own.name, None, text.encode())


def _added_to(shared: Path) -> FilePlan:
    """The file with our table at its end."""
    from lifeops_codemods.config import SHARED_TABLE

    try:
        before = shared.read_bytes()
        text = before.decode("utf-8-sig")
        found = tomllib.loads(text).get(SHARED_TABLE[0])
    except (OSError, ValueError) as error:
        raise Failure(f"{shared}: cannot be read as TOML: {error}; nothing was written") from error
    if isinstance(found, dict) and SHARED_TABLE[1] in found:
        raise Failure(f"{shared}: has a [{'.'.join(SHARED_TABLE)}] table already; nothing was written")
    added = _joint(text) + _table(SHARED_TABLE)
    if "\r\n" in text:
        added = added.replace("\n", "\r\n")
    _check(shared, text + added)
    return _plan(shared.name, before, before + added.encode())


def _joint(text: str) -> str:
    """What stands between the text and our table, so that a blank line does."""
    if not text.strip():
        return ""
    return "\n" if text.endswith("\n") else "\n\n"


def _check(shared: Path, text: str) -> None:
    """No table can be added to a `tool` that was closed where it was written: `tool = { … }`."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{shared}: a table cannot be added to its `tool`, which is written as a value; nothing was written"
        raise Failure(message) from error


def _table(where: Sequence[str]) -> str:
    from lifeops_codemods.config.table import commented_table
    from lifeops_codemods.rules import all_rules

    return commented_table(all_rules(), where)


def _plan(name: str, before: bytes | None, after: bytes) -> FilePlan:
    from lifeops_codemods.plan.model import FilePlan

    texts = ((before or b"").decode("utf-8-sig"), after.decode("utf-8-sig"))
    return FilePlan(path=name, before=texts[0], after=texts[1], before_bytes=before, after_bytes=after, steps=())


def _write(root: Path, plan: FilePlan) -> None:
    """By the same way as a migration, so that nothing is half-written and `undo` knows it."""
    from lifeops_codemods.apply import ApplyError, Refused, apply
    from lifeops_codemods.plan.model import Migration

    try:
        apply(Migration(root=root.resolve(), rules=(), files=(plan,)), allow_dirty=True)
    except Refused as refused:
        raise Failure(*refused.reasons, label="refused") from refused
    except ApplyError as error:
        raise Failure(f"{error}; nothing was written") from error
