"""What a call is called, and whether it only writes a message for people."""

from __future__ import annotations

import ast
from typing import Final


def is_log_call(call: ast.Call) -> bool:
    """Whether a call only writes a message for people: `logger.info(…)`, `self._log.debug(…)`, `print(…)`."""
    name = dotted(call.func)
    if name in ("print", "warnings.warn", "click.echo", "typer.echo", "sys.stderr.write"):
        return True
    owner, _, method = name.rpartition(".")
    return method in _LOG_METHODS and owner.rpartition(".")[2].strip("_").lower() in _LOGGERS


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain on a name; empty for anything else."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            owner = dotted(node.value)
            return f"{owner}.{node.attr}" if owner else ""
    return ""


_LOGGERS: Final = frozenset({"log", "logger", "logging", "logfire"})
_LOG_METHODS: Final = frozenset(
    [
        "bind",
        "contextualize",
        "critical",
        "debug",
        "error",
        "exception",
        "fatal",
        "info",
        "log",
        "success",
        "trace",
        "warn",
        "warning",
    ]
)
