"""What an endpoint is about, in the words of an answer: `Journal entry not found`."""

from __future__ import annotations

import ast
import re

from lifeops_codemods.project import Project
from lifeops_codemods.project.classes import definition
from lifeops_codemods.project.exceptions.escapes import Place, chain
from lifeops_codemods.project.exceptions.leaving import Items, Raised
from lifeops_codemods.project.exceptions.queries import selected
from lifeops_codemods.project.exchanges import full_path
from lifeops_codemods.project.functions import FunctionRef, function_around, owner
from lifeops_codemods.project.routes import Route
from lifeops_codemods.project.trees import call_tree

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PARAMETER = re.compile(r"\{(\w+?)_(?:id|uuid|pk|key|slug|name|code|no|number)(?::\w+)?\}")
_ENDINGS = (
    "DB", "Model", "ORM", "Schema", "Table", "Row", "Entity", "Response", "Read", "Out", "Detail", "Details", "Public",
    "Base", "Dto", "DTO", "Record", "With",
)  # fmt: skip
_PREFIXES = ("DB", "Db", "SQL", "Sql", "ORM", "Orm")
_VALUE = "\0"
"""Stands for what an f-string puts in."""
_NOT_FOUND = re.compile(
    r"(?:(?:the|an?) )?([a-z]+(?: [a-z]+)??)(?: with [a-z]+(?: [a-z]+)?)?\W*\0?\W*"
    r"(?:(?:was|is|could|can) ?)?(?:not (?:be )?found|does not exist|doesn't exist|unknown)\W*"
    r"(?:(?:for|in|of|with)\b.*)?",
    re.IGNORECASE,
)
_NO_SUCH = re.compile(
    r"(?:no such|no|unknown) ([a-z]+(?: [a-z]+)??)\W*\0?\W*(?:found|exists)?\W*(?:(?:for|in|of|with)\b.*)?",
    re.IGNORECASE,
)
_WHAT = frozenset({"id", "uuid", "pk", "key", "slug", "name", "code", "no", "number"})
_ANYTHING = frozenset({"key", "item", "id", "value", "name", "object", "entry", "record", "row", "it", "this", "that"})
_ONE = frozenset({"one", "scalar_one"})
_HOLDERS = ("Service", "Repository", "Manager", "Repo", "Store", "Crud", "CRUD", "DAO")


def subject_of_class(name: str) -> str:
    """`JournalEntryORM` as `Journal entry`; `""` where nothing is left."""
    stem = name
    while ending := next((end for end in _ENDINGS if stem.endswith(end) and stem != end), ""):
        stem = stem.removesuffix(ending)
    prefix = next((one for one in _PREFIXES if stem.startswith(one) and stem[len(one) : len(one) + 1].isupper()), "")
    return _spaced(stem.removeprefix(prefix))


def subject_of_holder(name: str) -> str:
    """`QuestService` as `Quest`; `""` for a class that is called otherwise."""
    ending = next((end for end in _HOLDERS if name.endswith(end) and name != end), "")
    return _spaced(name.removesuffix(ending)) if ending and not name.startswith("Base") else ""


def subject_of_path(path: str | None) -> str:
    """`/quests/{quest_id}/start` as `Quest`: the last parameter that names what it identifies."""
    found = _PARAMETER.findall(path or "")
    return _spaced("".join(part.capitalize() for part in found[-1].split("_"))) if found else ""


def subject_of_raise(project: Project, ref: FunctionRef | None) -> str:
    """What the class is about whose method raises."""
    holder = owner(project, ref) if ref is not None else None
    return subject_of_holder(definition(project, holder).name) if holder is not None else ""


def variable_for(subject: str) -> str:
    """`Journal entry` as `journal_entry`."""
    return subject.lower().replace(" ", "_")


def not_found(subject: str) -> str:
    """The text of a 404."""
    return f"{subject} not found" if subject else "Not found"


def subject_of(project: Project, routes: tuple[Route, ...], items: Items) -> str:
    """What is missing when a `KeyError` leaves an endpoint: what the `raise` says, else what the address is about.

    What a service is called counts if the address says it too. `""` where several things may be missing.
    """
    told = {_told(project, item) for item in items}
    if told and told != {""}:
        return told.pop() or "" if len(told) == 1 else ""
    named = {subject_of_path(route.path) for route in routes}
    raised = {subject_of_raise(project, item.through.ref if item.through else None) for item in items}
    in_path = named.pop() if len(named) == 1 else ""
    of_row = _row_missing(project, items)
    if of_row and not _is_about(in_path, of_row):
        return of_row
    of_holder = raised.pop() if len(raised) == 1 else ""
    addresses = {word for route in routes for word in _words_of(full_path(project, route) or "")}
    return in_path or (of_holder if of_holder and set(of_holder.lower().split()) <= addresses else "")


def _is_about(one: str, other: str) -> bool:
    """Whether two subjects may be the same, as `Execution` and `Workflow execution`."""
    words, others = set(one.lower().split()), set(other.lower().split())
    return bool(words) and (words <= others or others <= words)


def _row_missing(project: Project, items: Items) -> str:
    """What the one model is about whose row `.one()` does not find."""
    names = {_selected(project, chain(project, item)[-1]) for item in items}
    return subject_of_class(names.pop()) if len(names) == 1 else ""


def _selected(project: Project, place: Place) -> str:
    call = call_tree(project, place.path, (place.start, place.end))
    ref = function_around(project, place.path, place.start)
    if call is None or ref is None or not isinstance(call.func, ast.Attribute) or call.func.attr not in _ONE:
        return ""
    return selected(project, ref, call)


def _told(project: Project, item: Raised) -> str | None:
    """What is missing in the words of the `raise` or the lookup that an exception comes from.

    `""` where it does not say, None where it is something else than the address may be about.
    """
    place = chain(project, item)[-1]
    try:
        body = ast.parse(project.text(place.path)[place.start : place.end]).body
    except SyntaxError:
        return ""
    match body:
        case [ast.Raise(exc=ast.Call(args=[told]))]:
            return subject_of_text(_text(told))
        case [ast.Expr(value=ast.Subscript(slice=ast.Name(id=key)))]:
            return subject_of_path(f"{{{key}}}") or (None if key not in _WHAT else "")
    return ""


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(one) if isinstance(one, ast.Constant) else _VALUE for one in parts)
    return ""


def subject_of_text(text: str) -> str:
    """`User 'x' not found` and `no such user: x` as `User`; `""` for what names nothing, and for another text."""
    found = _NOT_FOUND.fullmatch(text) or _NO_SUCH.fullmatch(text)
    noun = found[1] if found is not None else ""
    return "" if noun.lower() in _ANYTHING else noun[:1].upper() + noun[1:]


def _words_of(address: str) -> set[str]:
    """The words of an address, the plural ones in the singular too."""
    words = set(re.findall(r"[a-z]+", address.lower()))
    return (
        words | {word.removesuffix("s") for word in words} | {f"{word[:-3]}y" for word in words if word[-3:] == "ies"}
    )


def _spaced(name: str) -> str:
    words = _WORDS.findall(name)
    return " ".join([words[0], *(word if word.isupper() else word.lower() for word in words[1:])]) if words else ""
