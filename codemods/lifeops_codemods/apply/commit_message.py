"""The message of a rule's commit, from a template in which `{words}` stand for what the rule did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifeops_codemods.rule import Effect

if TYPE_CHECKING:
    from lifeops_codemods.plan.model import Migration

DEFAULT = "{rule}: {summary}\n\n{edits} in {files}, {effect}. Made by lifeops-migrate.\n\n{clients}"
WORDS = ("rule", "summary", "edits", "files", "effect", "clients")
_WORD = re.compile(r"\{(\w+)\}")


def message_of(part: Migration, template: str = DEFAULT) -> str:
    """The message for the commit of one rule. `part`: what this rule does alone. An unknown word stays as it is."""
    rule = part.rules[0]
    texts = {
        "rule": rule.name,
        "summary": rule.summary,
        "edits": _plural(len(part.edits), "edit"),
        "files": _plural(len(part.files), "file"),
        "effect": _effect(part),
        "clients": _clients(part),
    }
    return _WORD.sub(lambda found: texts.get(found[1], found[0]), template).strip() + "\n"


def unknown_words(template: str) -> list[str]:
    """The `{words}` of a template that stand for nothing."""
    return [word for word in _WORD.findall(template) if word not in WORDS]


def _effect(part: Migration) -> str:
    safe, unsafe = part.edits_with(Effect.SAFE), part.edits_with(Effect.UNSAFE)
    return ", ".join(f"{count:,} {kind}" for count, kind in ((safe, "safe"), (unsafe, "unsafe")) if count)


def _clients(part: Migration) -> str:
    """What clients will see, each thing once and on one line; nothing of a safe rule."""
    seen = dict.fromkeys(edit.edit.clients_see for edit in part.edits if edit.edit.clients_see)
    lines = [f"- {' '.join(text.split())}" for text in seen]
    return "\n".join(["What clients will see:", *lines]) if lines else ""


def _plural(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
