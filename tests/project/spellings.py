# ruff: noqa
# mypy: ignore-errors
# fmt: off
"""How public projects compute a table's name from the class's: each function is one spelling, shortened."""

import functools
import logging
import re
import re as regex
import string
from re import sub as replace

logger = logging.getLogger("spellings")
_BOUNDARY = re.compile(r"(?<!^)(?=[A-Z])")
FIRST_CAP = "(.)([A-Z][a-z]+)"
IRREGULAR = {"Category": "categories", "Address": "addresses"}
SEPARATOR = "_"


def lower(cls):
    return cls.__name__.lower()


def as_written(cls):
    return cls.__name__


def qualified(cls):
    return cls.__qualname__.lower()


def plural(cls) -> str:
    """Generate the name."""
    return cls.__name__.lower() + "s"


def local(cls):
    name: str = cls.__name__
    return name.casefold()


def f_string(cls):
    return f"{cls.__name__.lower()}s"


def f_string_slice(cls):
    return f"{cls.__name__.lower()[:-1]}_table"


def f_string_spec(cls):
    return f"{cls.__name__!s:>12}|{len(cls.__name__):03d}"


def percent(cls):
    return "%s_table" % cls.__name__.lower()


def percent_tuple(cls):
    return "%s_%s" % ("app", cls.__name__.lower())


def percent_dict(cls):
    return "%(name)s" % {"name": cls.__name__}


def formatted(cls):
    return "{}_{}".format("app", cls.__name__.lower())


def formatted_by_place(cls):
    return "{1}_{0}".format("app", cls.__name__.lower())


def formatted_by_name(cls):
    return "app_{name:>5}".format(name=cls.__name__)


def by_getattr(cls):
    return getattr(cls, "__name__").lower()


def lookahead(cls):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def not_first(cls):
    return re.sub("(?!^)([A-Z]+)", r"_\1", cls.__name__).lower()


def not_first_word(cls):
    return re.sub("(?!^)([A-Z][a-z]+)", r"_\1", cls.__name__).lower()


def two_steps(cls):
    s1 = re.sub(FIRST_CAP, r"\1_\2", cls.__name__)
    return re.sub("([a-z0-9])([A-Z])", r"\1_\2", s1).lower()


def flask(cls):
    name = re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", cls.__name__)
    return name.lower().lstrip("_")


def former_flask(cls):
    def _join(match):
        word = match.group()
        if len(word) > 1:
            return ("_%s_%s" % (word[:-1], word[-1])).lower()
        return "_" + word.lower()

    return re.compile(r"([A-Z]+)(?=[a-z0-9])").sub(_join, cls.__name__).lstrip("_")


def by_split(cls):
    return "_".join(re.split(r"(?<=\w)(?=[A-Z])", cls.__name__)).lower()


def by_findall(cls):
    return "_".join(x.lower() for x in re.findall(r"[A-Z][a-z]*", cls.__name__))


def by_words(cls):
    words = re.findall(r"[A-Z]+[^A-Z]*", cls.__name__.removesuffix("Model"))
    words.append(words.pop().lower() + "s")
    return "_".join(words)


def compiled(cls):
    pattern = re.compile(r"(?<!^)(?=[A-Z])")
    return pattern.sub("_", cls.__name__).lower()


def compiled_in_module(cls):
    return _BOUNDARY.sub(SEPARATOR, cls.__name__).lower()


def module_under_another_name(cls):
    return regex.sub("(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


def function_under_another_name(cls):
    return replace("(?!^)([A-Z])", r"_\1", cls.__name__).lower()


def imported_in_the_body(cls):
    import re as expressions
    from re import sub

    return sub("(?!^)([A-Z])", r"_\1", expressions.sub("a", "b", cls.__name__)).lower()


def ignoring_case(cls):
    return re.sub("model$", "", cls.__name__, flags=re.IGNORECASE | re.ASCII)


def by_lambda(cls):
    name = cls.__name__
    return name[0].lower() + re.sub(r"(?!^)[A-Z]", lambda x: "_" + x.group(0).lower(), name[1:])


def by_lambda_groups(cls):
    return re.sub(r"([A-Z])", lambda m: "_" + m.groups()[0].lower(), cls.__name__).lstrip("_")


def by_lambda_item(cls):
    return re.sub(r"([A-Z])", lambda m: f"_{m[1]}" if m.start() else m[1], cls.__name__).lower()


def by_match(cls):
    found = re.match(r"(?P<first>_?[A-Z][a-z]*)(.*)", cls.__name__)
    return found.group("first").lower() + found.group(2) if found else "none"


def loop(cls):
    name = cls.__name__[0].lower()
    for char in cls.__name__[1:]:
        if (char.isupper()):
            name += "_"
        name += char.lower()
    return name


def loop_with_list(cls):
    chars: list[str] = []
    for char in cls.__name__:
        if char.isupper() and chars:
            chars.append("_")
        chars.append(char.lower())
    return "".join(chars) + "s"


def loop_with_numbers(cls):
    out = []
    for i, ch in enumerate(cls.__name__):
        if i and ch.isupper():
            out.append("_")
        out.append(ch.lower())
    return "".join(out)


def loop_with_elif(cls):
    cls_name = ''
    for i,x in enumerate(cls.__name__):
        if i > 0 and x.isupper():
            cls_name += f'_{x.lower()}'
        elif i == 0:
            cls_name += x.lower()
        else:
            cls_name += x
    return cls_name


def loop_with_multiplication(cls):
    name = ""
    for char in cls.__name__:
        name += "_" * int(char.isupper()) + char.lower()
    return name[1:]


def loop_with_last_item(cls):
    chars = [cls.__name__[0].lower()]
    for char in cls.__name__[1:]:
        charl = char.lower()
        if charl != char:
            chars.append('_')
        chars.append(charl)
    chars.append('es' if chars[-1] == 's' else 's')
    return ''.join(chars)


def loop_with_text_of_text(cls):
    table_name = str()
    table_name += cls.__name__[0].lower()
    for char in cls.__name__[1:]:
        if char.istitle():
            table_name += '_' + char.lower()
        else:
            table_name += char
    table_name = (table_name[:-1] + "ie") if str(table_name).endswith('y') else table_name
    table_name += "s" if cls.__name__[-1] != "s" else "es"
    return table_name


def loop_with_continue(cls):
    name = ""
    for char in cls.__name__:
        if char == "_":
            continue
        if char.isdigit():
            break
        name += char
    else:
        name += "!"
    return name


def while_loop(cls):
    name, i = "", 0
    while i < len(cls.__name__):
        name += cls.__name__[i].lower()
        i += 1
        if i == 4:
            break
    return name


def comprehension(cls):
    return "".join(f"_{c.lower()}" if c.isupper() and i > 0 else c.lower() for i, c in enumerate(cls.__name__))


def comprehension_list(cls):
    return "".join(["_" + c.lower() if c.isupper() else c for c in cls.__name__]).lstrip("_")


def comprehension_filter(cls):
    return "".join([c for c in cls.__name__ if c not in "aeiou"]).lower()


def reduce(cls):
    return functools.reduce(lambda x, y: x + ("_" if y.isupper() else "") + y, cls.__name__).lower()


def by_map(cls):
    return "-".join(map(str.lower, re.findall("[A-Z][a-z]+", cls.__name__)))


def by_zip(cls):
    name = cls.__name__
    return "".join(b + ("_" if a.islower() and b.isupper() else "") for a, b in zip(" " + name, name))


def by_ending(cls):
    name = cls.__name__.lower()
    if name.endswith("y"):
        return name[:-1] + "ies"
    elif name.endswith(("s", "x")):
        return name + "es"
    else:
        return name + "s"


def conditional(cls):
    snake_case_name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
    if not snake_case_name.endswith("s"):
        snake_case_name += "s"
    logger.debug("Generated table name '%s' for model '%s'", snake_case_name, cls.__name__)
    return snake_case_name


def suffix_by_if(cls):
    name = cls.__name__
    if name.endswith("Model"):
        name = name[: -len("Model")]
    return name.lower()


def suffix(cls):
    return cls.__name__.removesuffix("Model").removeprefix("_").lower() + "s"


def replaced(cls):
    return cls.__name__.replace("Model", "").replace("User", "account").lower()


def stripped(cls):
    return cls.__name__.strip("_").rstrip("s").title().swapcase()


def capitals(cls):
    return "".join(x if x in string.ascii_uppercase else "_" for x in cls.__name__)


def irregular(cls):
    return IRREGULAR.get(cls.__name__, cls.__name__.lower() + "s")


def irregular_by_item(cls):
    return IRREGULAR[cls.__name__] if cls.__name__ in IRREGULAR else cls.__name__


def camel_to_snake(s):
    if not s:
        return s
    if "_" in s:
        words = [camel_to_snake(w) for w in s.split("_")]
        s = "_".join(words)
    else:
        s = _BOUNDARY.sub("_", s)
    return s.lower()


def by_function(cls):
    return camel_to_snake(cls.__name__)


def pluralized(name: str, ending: str = "s", *, separator: str = SEPARATOR) -> str:
    return name + separator + ending


def by_function_with_defaults(cls):
    return pluralized(cls.__name__.lower())


def by_function_with_keywords(cls):
    return pluralized(ending="es", name=cls.__name__.lower(), separator="")


def tried(cls):
    try:
        return cls.__name__.lower()
    except AttributeError:
        return "x"


def walrus(cls):
    return n if (n := cls.__name__.lower()) != "user" else "users"


def chained(cls):
    n = cls.__name__
    return n.lower() if 1 < len(n) <= 4 else n.upper()


def counted(cls):
    return cls.__name__.lower() + str(cls.__name__.count("e")) + str(cls.__name__.find("r"))


def nothing(cls):
    return None


def falling_off(cls):
    if cls.__name__ == "User":
        return "users"
