"""Generated FastAPI projects: models, relationships, schemas, services and routes, in random styles.

They are what a person might have written: valid, small, and never twice the same. Everything is drawn by hypothesis, so
that what fails is made smaller.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

NAMES = ("Hero", "Guild", "Quest", "HabitDB", "Item", "UserModel")
FIELDS = ("name", "title", "power", "note")
FOLDERS = ("", "app", "src/app")
ENCODINGS = ("utf-8", "utf-8-sig", "latin-1")
BASES = {
    "class": "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n",
    "mixin": (
        "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n\n\n"
        "class Stamped:\n    created = None\n"
    ),
    "function": "from sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n",
}
NOISE = (
    "# a note: é, and a tab\there",
    "",
    "   ",
    "# lifeops is not meant here",
    "TEXT = 'Hero and \"Guild\"'",
    'LONG = """\n  Hero\n\tGuild  \n"""',
    "\x0c",
    "x = 1; y = 2",
    "if True: z = 3",
)

_KEY = "Column(Integer, primary_key=True)"


@dataclass(frozen=True)
class Style:
    """How a whole project is written."""

    indent: str
    quote: str
    newline: str
    encoding: str
    ends_in_newline: bool
    typed: bool
    imports: str
    base: str
    is_async: bool


styles = st.builds(
    Style,
    indent=st.sampled_from(("    ", "    ", "  ", "\t")),
    quote=st.sampled_from(('"', "'")),
    newline=st.sampled_from(("\n", "\n", "\r\n")),
    encoding=st.sampled_from(ENCODINGS),
    ends_in_newline=st.booleans(),
    typed=st.booleans(),
    imports=st.sampled_from(("from", "from as", "module", "module as", "package")),
    base=st.sampled_from(tuple(BASES)),
    is_async=st.booleans(),
)


@st.composite
def projects(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of a project, by path."""
    style = draw(styles)
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    folder = draw(st.sampled_from(FOLDERS))
    package = folder.rpartition("/")[2]
    texts = {
        "models": draw(_models(style, names)),
        "schemas": _schemas(names),
        "services": draw(_services(style, names, package)),
        "routes": draw(_routes(style, names, package)),
    }
    prefix = f"{folder}/" if folder else ""
    files = {f"{prefix}{name}.py": _encoded(draw, style, text) for name, text in texts.items()}
    if folder:
        files[f"{prefix}__init__.py"] = b""
    return files


def _encoded(draw: st.DrawFn, style: Style, text: str) -> bytes:
    """The text in the style, with noise between its statements."""
    lines = text.split("\n")
    places = [number for number, line in enumerate(lines) if line.startswith(("class ", "def ", "async def ", "@"))]
    places = [number for number in places if not lines[number - 1].startswith("@")]
    noisy: bool = draw(st.booleans())
    if places and noisy:
        lines.insert(places[draw(st.integers(0, len(places) - 1))], draw(st.sampled_from(NOISE)))
    out: list[str] = []
    for line in "\n".join(lines).split("\n"):
        bare = line.lstrip(" ")
        depth, rest = divmod(len(line) - len(bare), 4)
        out.append(style.indent * depth + " " * rest + bare if bare else line)
    text = "\n".join(out)
    text = text.rstrip("\n") + ("\n" if style.ends_in_newline else "")
    if style.encoding == "latin-1":
        text = f"# -*- coding: latin-1 -*-\n{text}"
    return text.replace("\n", style.newline).encode(style.encoding)


def _quoted(style: Style, text: str) -> str:
    return f"{style.quote}{text}{style.quote}"


@st.composite
def _models(draw: st.DrawFn, style: Style, names: list[str]) -> str:
    imports = ["from sqlalchemy import Column, ForeignKey, Integer, String"]
    imports += ["from sqlalchemy.orm import Mapped, mapped_column, relationship"]
    parts = ["\n".join(imports), BASES[style.base]]
    for number, name in enumerate(names):
        parts.append(draw(_model(style, name, names[:number], names[number + 1 :])))
    if draw(st.booleans()):
        parts.append(f"__all__ = [{', '.join(_quoted(style, name) for name in names)}]")
    return "\n\n".join(parts) + "\n"


@st.composite
def _model(draw: st.DrawFn, style: Style, name: str, before: list[str], after: list[str]) -> str:
    bases = "Stamped, Base" if style.base == "mixin" and draw(st.booleans()) else "Base"
    lines = [f"\nclass {name}({bases}):"]
    if draw(st.booleans()):
        lines.append(f'    """A {name}, and what it is for."""\n')
    table = name.lower()
    if draw(st.integers(0, 4)):
        lines.append(f"    __tablename__ = {_quoted(style, table)}  # the table")
    typed = style.typed
    lines.append("    id: Mapped[int] = mapped_column(primary_key=True)" if typed else f"    id = {_KEY}")
    for field in draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique=True)):
        lines.append(f"    {field}{': Mapped[str] = mapped_column(String(50))' if typed else ' = Column(String(50))'}")
    for other in before:
        key = f"ForeignKey({_quoted(style, other.lower() + '.id')})"
        column = f"mapped_column({key})" if typed else f"Column(Integer, {key})"
        lines.append(f"    {other.lower()}_id{': Mapped[int]' if typed else ''} = {column}")
        back = f"back_populates={_quoted(style, table + 's')}"
        target = draw(st.sampled_from((_quoted(style, other), other, f"lambda: {other}")))
        annotation = f": Mapped[{draw(st.sampled_from((other, _quoted(style, other))))}]" if typed else ""
        lines.append(f"    {other.lower()}{annotation} = relationship({target}, {back})")
    for other in after:
        back = f"back_populates={_quoted(style, table)}"
        annotation = f": Mapped[list[{_quoted(style, other)}]]" if typed else ""
        lines.append(f"    {other.lower()}s{annotation} = relationship({_quoted(style, other)}, {back})")
    if draw(st.booleans()):
        lines.append(f"\n    def __repr__(self):\n        return f{_quoted(style, '<' + name + ' {self.id}>')}")
    return "\n".join(lines)


def _schemas(names: list[str]) -> str:
    """Of each model, with those that belong to it."""
    parts = ["from pydantic import BaseModel, ConfigDict\n"]
    for number, name in reversed(list(enumerate(names))):
        lines = [
            f"\nclass {name}Out(BaseModel):",
            "    model_config = ConfigDict(from_attributes=True)\n",
            "    id: int",
        ]
        lines += [f"    {other.lower()}s: list[{other}Out]" for other in names[number + 1 :]]
        parts.append("\n".join(lines))
    return "\n".join(parts) + "\n"


def _importing(style: Style, package: str, names: list[str]) -> tuple[str, dict[str, str]]:
    """A way to import the models, and how each is named then."""
    where = f"{package}.models" if package else "models"
    match style.imports:
        case "from as":
            return f"from {where} import {', '.join(f'{name} as {name}Row' for name in names)}", {
                name: f"{name}Row" for name in names
            }
        case "module":
            return f"import {where}", {name: f"{where}.{name}" for name in names}
        case "module as":
            return f"import {where} as m", {name: f"m.{name}" for name in names}
        case "package" if package:
            return f"from {package} import models", {name: f"models.{name}" for name in names}
        case _:
            listed = ",\n    ".join(names)
            return f"from {where} import (\n    {listed},\n)", {name: name for name in names}


@st.composite
def _services(draw: st.DrawFn, style: Style, names: list[str], package: str) -> str:
    imported, spelled = _importing(style, package, names)
    parts = ["from sqlalchemy import select\n", f"{imported}\n"]
    for name in names:
        parts.append(draw(_service(style, name.lower(), spelled[name])))
    return "\n".join(parts) + "\n"


@st.composite
def _service(draw: st.DrawFn, style: Style, name: str, model: str) -> str:
    keyword, wait = ("async def", "await ") if style.is_async else ("def", "")
    order = draw(st.sampled_from(("", f".order_by({model}.id)", f".where(\n        {model}.id > 0  # all\n    )")))
    lines = [
        f"\n{keyword} all_{name}(db):",
        f"    found = {wait}db.execute(select({model}){order})",
        "    return found.scalars().all()\n",
        f"\n{keyword} one_{name}(db, key: int):",
    ]
    if draw(st.booleans()):
        lines += ["    if key < 0:", f"        raise ValueError({_quoted(style, 'no such key')})"]
    lines.append(f"    found = {wait}db.get({model}, key)")
    missing = draw(st.sampled_from(("none", "key", "value")))
    if missing != "none":
        error = {"key": "KeyError(key)", "value": f"ValueError(f{_quoted(style, 'no {key}')})"}[missing]
        lines += ["    if found is None:", f"        raise {error}"]
    lines.append("    return found\n")
    lines += [f"\n{keyword} make_{name}(db, key: int):", f"    made = {model}(id=key)", "    db.add(made)"]
    lines += [f"    {wait}db.commit()", f"    {wait}db.refresh(made)", "    return made\n"]
    if draw(st.booleans()):
        done = draw(st.sampled_from(("pass", "return None", "raise", "print('x')  # hmm")))
        lines += [f"\n{keyword} quiet_{name}(db):", "    try:", f"        return {wait}all_{name}(db)", "    except:"]
        lines += [f"        {done}\n"]
    return "\n".join(lines)


@st.composite
def _routes(draw: st.DrawFn, style: Style, names: list[str], package: str) -> str:
    services = f"{package}.services" if package else "services"
    schemas = f"{package}.schemas" if package else "schemas"
    parts = [
        "from fastapi import APIRouter, Depends, HTTPException, Query\n",
        f"from {schemas} import {', '.join(f'{name}Out' for name in names)}",
        f"import {services} as services\n",
        "router = APIRouter()\n",
        "\ndef session():\n    yield None\n",
    ]
    for name in names:
        parts.append(draw(_route(style, name)))
    return "\n".join(parts) + "\n"


@st.composite
def _complex(draw: st.DrawFn, style: Style, low: str) -> list[str]:
    """An endpoint with branches, and statuses of its own, or none."""
    if not draw(st.booleans()):
        return []
    lines = [f"\n@router.put({_quoted(style, f'/{low}')})", f"def change_{low}(kind: str):"]
    for number in range(draw(st.integers(1, 7))):
        lines += [f"    if kind == {_quoted(style, str(number))}:"]
        lines += [f"        raise HTTPException({400 + number}, {_quoted(style, 'no')})  # {number}"]
    return [*lines, f"    return {{{_quoted(style, 'kind')}: kind}}\n"]


@st.composite
def _route(draw: st.DrawFn, style: Style, name: str) -> str:
    keyword, wait = ("async def", "await ") if style.is_async else ("def", "")
    low = name.lower()
    model = f", response_model=list[{name}Out]" if draw(st.booleans()) else ""
    query = draw(
        st.sampled_from(("", "limit: int = Query(10), ", "limit=10, ", "q: str | None, ", "limit: int = 10, "))
    )
    single = draw(st.sampled_from((f", response_model={name}Out", "")))
    returned = draw(st.sampled_from((f" -> {name}Out", "")))
    lines = [
        f"\n@router.get({_quoted(style, f'/{low}')}{model})",
        f"{keyword} list_{low}({query}db=Depends(session)):",
        f"    return {wait}services.all_{low}(db)\n",
        f"\n@router.post({_quoted(style, f'/{low}')}{single})",
        f"{keyword} make_{low}(data: {name}Out, db=Depends(session)){returned}:",
        f"    made = {wait}services.make_{low}(db, data.id)",
        f"    return {draw(st.sampled_from(('made', f'{name}Out.model_validate(made)')))}\n",
        *draw(_complex(style, low)),
        f"\n@router.get({_quoted(style, f'/{low}/{{{low}_id}}')}{single})",
        f"{keyword} get_{low}({low}_id: int, db=Depends(session)):",
    ]
    call = f"{wait}services.one_{low}(db, {low}_id)"
    match draw(st.sampled_from(("plain", "assigned", "500", "bare", "none"))):
        case "plain":
            lines.append(f"    return {call}")
        case "assigned":
            lines += [f"    found = {call}  # one", "    return found"]
        case "500":
            lines += ["    try:", f"        return {call}", "    except ValueError as error:"]
            lines += ["        raise HTTPException(status_code=500, detail=str(error))"]
        case "bare":
            lines += ["    try:", f"        found = {call}", "    except:", "        raise"]
            lines += ["    return found"]
        case "none":
            lines += [f"    found = {call}", "    if not found:", f"        return {{{_quoted(style, 'error')}: 1}}"]
            lines += ["    return found"]
    return "\n".join(lines) + "\n"
