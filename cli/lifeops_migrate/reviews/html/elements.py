"""HTML elements as values. Text in them is always text: only `Raw`, our own files, is left as it is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from lifeops_migrate.visible import visible

_VOID = frozenset({"meta", "input"})


class Raw(NamedTuple):
    """The text of a style sheet or script that this program brings with it."""

    text: str


@dataclass(frozen=True, slots=True)
class Element:
    """A tag with attributes and children. Attributes are `class_` for `class`, `data_x` for `data-x`."""

    tag: str
    attributes: dict[str, str | int | bool | None]
    children: tuple[Child, ...]

    def __str__(self) -> str:
        out: list[str] = []
        self.written(out)
        return "".join(out)

    def written(self, out: list[str]) -> None:
        out.append(f"<{self.tag}{''.join(_attribute(*item) for item in self.attributes.items())}>")
        for child in self.children:
            _write(child, out)
        if self.tag not in _VOID:
            out.append(f"</{self.tag}>")


Child = str | Element | Raw | None


def element(tag: str, *children: Child, **attributes: str | int | bool | None) -> Element:
    """An element. Attributes that are None or False are left out."""
    return Element(tag, attributes, children)


def _write(child: Child, out: list[str]) -> None:
    match child:
        case None:
            return
        case Element():
            child.written(out)
        case Raw(text=text):
            assert "</" not in text
            out.append(text)
        case str():
            out.append(escape(visible(child), quote=False))


def _attribute(name: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    spelled = name.rstrip("_").replace("_", "-")
    return f" {spelled}" if value is True else f' {spelled}="{escape(visible(str(value)))}"'
