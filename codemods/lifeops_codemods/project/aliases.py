"""The aliases that a schema's `alias_generator` makes of its fields' names, for the generators that are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from lifeops_codemods.project import Project
from lifeops_codemods.project.constants import Given
from lifeops_codemods.project.modules import External
from lifeops_codemods.project.names import evaluate


class Generated(Enum):
    """An alias that code computes."""

    UNKNOWN = "unknown"


def generated_aliases(project: Project, generator: Given | None, name: str) -> str | Generated | None:
    """The alias by which a field is read; None if none is generated."""
    if generator is None or generator.expression[:1] == ("constant",):
        return None
    match generator.expression:
        case ("call", _, _, called, arguments, keywords):
            if called[-1] != "AliasGenerator":
                return Generated.UNKNOWN
            named = dict(keywords)
            given = named.get("validation_alias") or named.get("alias") or (arguments[0] if arguments else None)
            return None if given is None else generated_aliases(project, generator._replace(expression=given), name)
        case ("name" | "attribute", start, *_):
            for item in evaluate(project, generator.path, generator.scope, generator.expression, start):
                make = _KNOWN.get(item.name) if isinstance(item, External) else None
                if make is not None:
                    return make(name)
    return Generated.UNKNOWN


def to_pascal(name: str) -> str:
    """`pydantic.alias_generators.to_pascal`."""
    return re.sub("([0-9A-Za-z])_(?=[0-9A-Z])", lambda match: match[1], name.title())


def to_camel(name: str) -> str:
    """`pydantic.alias_generators.to_camel`."""
    if re.match("^[a-z]+[A-Za-z0-9]*$", name) and not re.search(r"\d[a-z]", name):
        return name
    return re.sub("(^_*[A-Z])", lambda match: match[1].lower(), to_pascal(name))


def _camelized(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


_KNOWN: dict[str, Callable[[str], str]] = {
    "pydantic.alias_generators.to_camel": to_camel,
    "pydantic.alias_generators.to_pascal": to_pascal,
    "humps.camelize": _camelized,
    "humps.main.camelize": _camelized,
    "humps.camel.case": _camelized,
    "builtins.str.upper": str.upper,
    "builtins.str.lower": str.lower,
}
