"""Stands in for modules that cannot be installed here: `ABSENT` names them, comma-separated, with all below them.

Python imports a module of this name when it starts, if its folder is on the path. What is taken from a module that is
stood in for answers to anything, so that the modules that need it can be imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from unittest.mock import MagicMock

NAMES = tuple(filter(None, os.environ.get("ABSENT", "").split(",")))


class StandIn(ModuleType):
    """A module that has whatever is asked of it."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        made = MagicMock(name=f"{self.__name__}.{name}")
        setattr(self, name, made)
        return made


class Finder(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        wanted = any(name == absent or name.startswith(f"{absent}.") for absent in NAMES)
        return ModuleSpec(name, self, is_package=True) if wanted else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


if NAMES:
    sys.meta_path.insert(0, Finder())
