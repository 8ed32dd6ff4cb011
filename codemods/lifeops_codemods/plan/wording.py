"""Code that a rule wrote, made to look like the file it goes into: indent, line endings, quotes."""

from __future__ import annotations

import io
import re
import tokenize
from contextlib import suppress

from lifeops_codemods.plan.document import NEWLINE, Document
from lifeops_codemods.plan.style import Style

_PLAIN_STRING = re.compile(r"""([rRbBuU]*)(['"])([^'"\\\n]*)\2""")
_RULE_INDENT = "    "


def block(code: str, indent: str, document: Document, style: Style) -> str:
    """Return statements `code`, written from column 0, as lines of `document` under `indent`.

    Each line ends with the file's line ending. Lines within a string are left as they are.
    """
    lines = NEWLINE.split(requoted(code.strip("\r\n"), document, style))
    inside = _lines_inside_strings("\n".join(lines))
    unit = document.indent_unit if any(line.startswith((" ", "\t")) for line in lines) else ""
    written = (
        line if number in inside or not line.strip() else indent + _reindented(line, unit)
        for number, line in enumerate(lines, 1)
    )
    return "".join(line + document.newline for line in written)


def requoted(code: str, document: Document, style: Style) -> str:
    """Return `code` with the quotes of its plain strings as they are in the file, else as the style wants them."""
    if "'" not in code and '"' not in code:
        return code
    wanted = document.quote or style.quote
    if wanted is None or (other := {"'": '"', '"': "'"}[wanted]) not in code:
        return code
    lines = code.split("\n")
    for token in reversed(_tokens(code)):
        if token.type == tokenize.STRING and (match := _PLAIN_STRING.fullmatch(token.string)) and match[2] == other:
            row, (start, end) = token.start[0] - 1, (token.start[1], token.end[1])
            lines[row] = f"{lines[row][:start]}{match[1]}{wanted}{match[3]}{wanted}{lines[row][end:]}"
    return "\n".join(lines)


def _reindented(line: str, unit: str) -> str:
    body = line.lstrip(" ")
    levels, rest = divmod(len(line) - len(body), len(_RULE_INDENT))
    return unit * levels + " " * rest + body


def _lines_inside_strings(code: str) -> set[int]:
    """Return the numbers of lines that begin within a string."""
    inside: set[int] = set()
    for token in _tokens(code):
        if token.type == tokenize.STRING or token.type == getattr(tokenize, "FSTRING_MIDDLE", -1):
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
    return inside


def _tokens(code: str) -> list[tokenize.TokenInfo]:
    """Return the tokens of `code`, up to where it stops making sense."""
    tokens: list[tokenize.TokenInfo] = []
    with suppress(tokenize.TokenError, SyntaxError):
        tokens.extend(tokenize.generate_tokens(io.StringIO(code).readline))
    return tokens
