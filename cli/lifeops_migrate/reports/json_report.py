"""The migration as JSON, exactly as docs and scripts know it: keys and their order change only with a major version."""

from __future__ import annotations

import json
from collections import Counter
from json.encoder import encode_basestring_ascii as quoted
from typing import TYPE_CHECKING, Any

from lifeops_codemods import __version__
from lifeops_migrate.diff.written import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lifeops_migrate.result import Result
    from lifeops_migrate.shown import Shown, ShownEdit, ShownFile, ShownFinding

SCHEMA = 1

_EDIT = ("rule", "effect", "path", "line", "column", "end_line", "message", "why")
_FILE = ("path", "rules", "added", "removed", "diff")
_FINDING = ("rule", "severity", "path", "line", "column", "message", "fix", "reason")


def report(result: Result) -> str:
    """The document of a run. Refusals stand among the errors, without a path of their own."""
    shown = result.shown
    errors = [{"path": error.path, "line": error.line, "message": error.message} for error in shown.errors]
    errors += _general(result.refusals)
    return _document(result.root, result.applied, shown, errors)


def failure(root: str, messages: Sequence[str]) -> str:
    """The document of a run that came to nothing: the same keys, empty, and the errors."""
    return _document(root, False, None, _general(messages))


def _document(root: str, applied: bool, shown: Shown | None, errors: list[dict[str, Any]]) -> str:
    """As `json.dumps` lays it out with two spaces; what there are thousands of is written by templates."""
    parts = {
        "schema": json.dumps(SCHEMA),
        "version": json.dumps(__version__),
        "root": json.dumps(root),
        "applied": json.dumps(applied),
        "edits": _records(_EDIT, map(_edit, shown.edits) if shown else ()),
        "files": _records(_FILE, map(_file, shown.files) if shown else ()),
        "findings": _records(_FINDING, map(_finding, shown.findings) if shown else ()),
        "errors": _indented(errors),
        "summary": _indented(_summary(shown, len(errors))),
    }
    return "{\n" + ",\n".join(f'  "{key}": {text}' for key, text in parts.items()) + "\n}\n"


def _records(keys: Sequence[str], rows: Iterable[tuple[str | int, ...]]) -> str:
    """A list of objects with these keys. rows: their values, strings as JSON spells them."""
    template = "    {\n" + ",\n".join(f'      "{key}": %s' for key in keys) + "\n    }"
    written = ",\n".join([template % row for row in rows])
    return f"[\n{written}\n  ]" if written else "[]"


def _strings(texts: Sequence[str]) -> str:
    """A list of strings, as the value of a key of a record."""
    return "[\n        " + ",\n        ".join(map(quoted, texts)) + "\n      ]" if texts else "[]"


def _indented(value: Any) -> str:
    """The value of a key of the document."""
    return json.dumps(value, indent=2).replace("\n", "\n  ")


def _general(messages: Sequence[str]) -> list[dict[str, Any]]:
    return [{"path": "", "line": 0, "message": message} for message in messages]


def _edit(edit: ShownEdit) -> tuple[str | int, ...]:
    rule, effect, path, line, column, end_line, message, why, *_ = edit
    return (
        *(quoted(rule), quoted(effect), quoted(path)),
        *(line, column, end_line),
        *(quoted(message), _strings(why)),
    )


def _file(file: ShownFile) -> tuple[str | int, ...]:
    rules = tuple(dict.fromkeys(step.rule for step in file.steps))
    return quoted(file.path), _strings(rules), file.added, file.removed, quoted(as_text(file))


def _finding(finding: ShownFinding) -> tuple[str | int, ...]:
    return (
        *(quoted(finding.rule), quoted(finding.severity), quoted(finding.path)),
        *(finding.line, finding.column),
        *(quoted(finding.message), quoted(finding.fix), quoted(finding.reason)),
    )


def _summary(shown: Shown | None, errors: int) -> dict[str, Any]:
    edits = Counter(edit.rule for edit in shown.edits) if shown else Counter()
    findings = Counter(finding.rule for finding in shown.findings) if shown else Counter()
    rules = sorted({*edits, *findings, *(rule.name for rule in (shown.rules if shown else ()))})
    return {
        "files_read": shown.files_read if shown else 0,
        "files_changed": len(shown.files) if shown else 0,
        "edits": edits.total(),
        "findings": findings.total(),
        "errors": errors,
        "by_rule": {rule: {"edits": edits[rule], "findings": findings[rule]} for rule in rules},
    }
