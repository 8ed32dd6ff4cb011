"""The words of Python that have a colour of their own, as pygments knows them; and those that say what follows."""

from __future__ import annotations

from enum import Enum
from itertools import product

from lifeops_migrate.highlight.kinds import Kind


class Leading(Enum):
    """What a word says of what is around it."""

    DEFINITION = "a name follows"
    FROM = "a module follows"
    IMPORT = "modules follow"
    PATTERN = "a keyword, if it is the first word and a pattern or a subject follows"
    WILDCARD = "a keyword within a pattern"
    LAZY = "a keyword, if it is the first word and an import follows"
    BUILTIN = "a built-in name, if no dot is before it"
    PREFIX = "of a string, if quotes follow"


_KEYWORDS = (
    "and as assert async await break continue del elif else except finally for global if in is lambda nonlocal not or "
    "pass raise return try while with yield True False None"
)
_KEYWORDS_OF_EXPRESSIONS = "and await else for if in is lambda not or yield True False None"
_BUILTINS = (
    "__import__ abs aiter all any bin bool bytearray breakpoint bytes callable chr classmethod compile complex delattr "
    "dict dir divmod enumerate eval filter float format frozendict frozenset getattr globals hasattr hash hex id input "
    "int isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property "
    "range repr reversed round sentinel set setattr slice sorted staticmethod str sum super tuple type vars zip "
    "self cls Ellipsis NotImplemented"
)
_SPECIAL_METHODS = (
    "abs add aenter aexit aiter and anext await bool bytes call complex contains del delattr delete delitem dir divmod "
    "enter eq exit float floordiv format ge get getattr getattribute getitem gt hash iadd iand ifloordiv ilshift "
    "imatmul imod imul index init instancecheck int invert ior ipow irshift isub iter itruediv ixor le len length_hint "
    "lshift lt matmul missing mod mul ne neg new next or pos pow prepare radd rand rdivmod repr reversed rfloordiv "
    "rlshift rmatmul rmod rmul ror round rpow rrshift rshift rsub rtruediv rxor set setattr setitem str sub "
    "subclasscheck truediv xor"
)
_PREFIXES = "r u b f t rb br rf fr rt tr"


def _spellings(prefix: str) -> set[str]:
    """In small and in capital letters."""
    return {"".join(letters) for letters in product(*((letter, letter.upper()) for letter in prefix))}


WITHIN_EXPRESSIONS: dict[str, Kind | Leading] = {
    **dict.fromkeys(_BUILTINS.split(), Leading.BUILTIN),
    **{f"__{name}__": Kind.NAME for name in _SPECIAL_METHODS.split()},
    **{word: Leading.PREFIX for prefix in _PREFIXES.split() for word in _spellings(prefix)},
    **dict.fromkeys(_KEYWORDS_OF_EXPRESSIONS.split(), Kind.KEYWORD),
}
"""Those that count in the braces of an f-string."""

WORDS: dict[str, Kind | Leading] = {
    **WITHIN_EXPRESSIONS,
    **dict.fromkeys(_KEYWORDS.split(), Kind.KEYWORD),
    "def": Leading.DEFINITION,
    "class": Leading.DEFINITION,
    "from": Leading.FROM,
    "import": Leading.IMPORT,
    "match": Leading.PATTERN,
    "case": Leading.PATTERN,
    "_": Leading.WILDCARD,
    "lazy": Leading.LAZY,
}
