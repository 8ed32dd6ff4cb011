"""Random packages that import: modules that hand a few classes on to each other in every way that Python has."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from posixpath import dirname

CLASSES = ("Hero", "Item", "Villain")
ALIASES = ("Alias", "Other", "_Hidden")
ORDER = (
    "app/base.py",
    "app/one.py",
    "app/once.py",
    "app/sub/two.py",
    "app/sub/__init__.py",
    "app/sub/three.py",
    "app/four.py",
    "app/__init__.py",
    "app/web/five.py",
    "tools/__init__.py",
    "tools/six.py",
    "main.py",
)
"""In the order in which they are imported; each uses only what comes before it. `app/web` is a namespace package."""

BASE = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass
class Module:
    """A module as it is written: its lines, and the names that a star import would bring."""

    path: str
    lines: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    listed: list[str] | None = None
    starred: list[str] = field(default_factory=list)
    functions: int = 0

    @property
    def name(self) -> str:
        return module_name(self.path)

    @property
    def shown(self) -> list[str]:
        return [name for name in self.names if not name.startswith("_")] if self.listed is None else self.listed


class Package:
    """Modules written one after another."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.done: list[Module] = []
        for path in ORDER[1:]:
            self.done.append(self._module(path))
        self.files = {"app/base.py": BASE} | {module.path: "\n".join(module.lines) + "\n" for module in self.done}

    def _module(self, path: str) -> Module:
        module = Module(path)
        if self.done and self.random.random() < 0.4:
            self._star(module, self.random.choice(self.done))
        if path != "main.py" and self.random.random() < 0.7:
            module.lines += ["from app.base import Base", "", ""]
            for name in sorted({self._free(module, *CLASSES) for _ in "ab"}):
                module.lines += self._class(name)
                module.names.append(name)
        for _ in range(self.random.randint(1, 4)):
            self._statement(module)
        if self.random.random() < 0.3 and module.names:
            module.listed = sorted(set(self.random.sample(module.names, self.random.randint(1, len(module.names)))))
            module.lines.append(f"__all__ = {module.listed}")
        return module

    def _class(self, name: str) -> list[str]:
        table = f"{name.lower()}_{len(self.done)}_{self.random.randrange(10**6)}"
        return [f"class {name}(Base):", f'    __tablename__ = "{table}"', ""]

    def _statement(self, module: Module) -> None:
        kinds: list[Callable[[Module, Module], None]] = [
            self._from,
            self._from,
            self._from_as,
            self._import,
            self._import_as,
            self._from_package,
            self._alias,
            self._subclass,
            self._checking,
            self._tried,
            self._function,
            self._class_scope,
            self._comprehension,
        ]
        if self.done:
            self.random.choice(kinds)(module, self.random.choice(self.done))

    def _origin(self, module: Module, dotted: str) -> str:
        """A module as a `from` may write it: absolute, or relative where both are in one package."""
        here, there = dirname(module.path).split("/"), dotted.split(".")
        if here[0] != there[0] or self.random.random() < 0.5:
            return dotted
        common = 0
        while common < min(len(here), len(there)) and here[common] == there[common]:
            common += 1
        return "." * (len(here) - common + 1) + ".".join(there[common:])

    def _pick(self, other: Module) -> str | None:
        return self.random.choice(other.names) if other.names else None

    def _free(self, module: Module, *names: str) -> str:
        """One of the names, none that a star brought: what it means would depend on the line."""
        return self.random.choice([name for name in names if name not in module.starred] or [f"N{len(module.lines)}"])

    def _from(self, module: Module, other: Module) -> None:
        if (name := self._pick(other)) and name not in module.starred:
            module.lines.append(f"from {self._origin(module, other.name)} import {name}")
            module.names.append(name)

    def _from_as(self, module: Module, other: Module) -> None:
        if name := self._pick(other):
            alias = self._free(module, *ALIASES, *CLASSES)
            module.lines.append(f"from {self._origin(module, other.name)} import {name} as {alias}")
            module.names.append(alias)

    def _star(self, module: Module, other: Module) -> None:
        module.lines.append(f"from {self._origin(module, other.name)} import *")
        module.names += other.shown
        module.starred += other.shown

    def _import(self, module: Module, other: Module) -> None:
        module.lines.append(f"import {other.name}")
        self._use(module, other, other.name)

    def _import_as(self, module: Module, other: Module) -> None:
        alias = f"m{len(module.lines)}"
        module.lines.append(f"import {other.name} as {alias}")
        module.modules.append(alias)
        self._use(module, other, alias)

    def _from_package(self, module: Module, other: Module) -> None:
        package, _, last = other.name.rpartition(".")
        if package:
            alias = f"m{len(module.lines)}"
            module.lines.append(f"from {self._origin(module, package)} import {last} as {alias}")
            self._use(module, other, alias)

    def _use(self, module: Module, other: Module, prefix: str) -> None:
        if name := self._pick(other):
            alias = self._free(module, name, *ALIASES)
            module.lines.append(f"{alias} = {prefix}.{name}")
            module.names.append(alias)

    def _alias(self, module: Module, other: Module) -> None:
        if name := self._pick(module):
            alias = self._free(module, *(other for other in (*ALIASES, *CLASSES) if other != name))
            module.lines.append(f"{alias} = {name}")
            module.names.append(alias)

    def _subclass(self, module: Module, other: Module) -> None:
        if name := self._pick(module):
            made = self._free(module, *CLASSES)
            head, *body = self._class(made)
            module.lines += ["", "", head.replace("Base", name), *body]
            module.names.append(made)

    def _checking(self, module: Module, other: Module) -> None:
        if name := self._pick(other):
            module.lines += [
                "from typing import TYPE_CHECKING",
                "if TYPE_CHECKING:",
                f"    from {self._origin(module, other.name)} import {name} as Checked",
            ]

    def _tried(self, module: Module, other: Module) -> None:
        if (name := self._pick(other)) and name not in module.starred:
            module.lines += [
                "try:",
                f"    from {self._origin(module, other.name)} import {name}",
                "except ImportError:",
                f"    {name} = None",
            ]
            module.names.append(name)

    def _function(self, module: Module, other: Module) -> None:
        name, inner = self._pick(other), self._pick(module)
        if name and inner:
            module.functions += 1
            alias = self.random.choice((name, "Local"))
            module.lines += [
                f"def use{module.functions}():",
                f"    from {self._origin(module, other.name)} import {name} as {alias}",
                f"    found = {alias}",
                "    return found",
            ]

    def _class_scope(self, module: Module, other: Module) -> None:
        name, inner = self._pick(other), self._pick(module)
        if name and inner:
            module.lines += [
                f"class Box{len(module.lines)}:",
                f"    from {self._origin(module, other.name)} import {name}",
                f"    inner = {inner}",
                f"    own = {name}",
                "    def get(self):",
                f"        return {inner}",
            ]

    def _comprehension(self, module: Module, other: Module) -> None:
        if name := self._pick(module):
            module.lines += [f"listed{len(module.lines)} = [{name} for {name} in [{name}]]", "del_me = 0"]
