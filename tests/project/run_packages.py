"""Run by the tests in a process of its own: imports packages and says what the names in their modules are.

Standard input: a JSON list of `[folder, [module names]]`. Standard output: for each the error, or a dictionary of
`module:name` to `module:qualified name` of the class, or `module` of the module, that the name is.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from types import ModuleType
from typing import Any

sys.dont_write_bytecode = True


def names(folder: str, modules: list[str]) -> dict[str, str] | str:
    before = set(sys.modules)
    sys.path.insert(0, folder)
    try:
        loaded = [importlib.import_module(module) for module in modules]
        return {f"{module.__name__}:{name}": said for module in loaded for name, said in _said(module)}
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - before:
            if not name.startswith("sqlalchemy"):
                del sys.modules[name]
        importlib.invalidate_caches()


def _said(module: ModuleType) -> list[tuple[str, str]]:
    members: dict[str, Any] = dict(vars(module))
    found = [(name, _what(thing)) for name, thing in members.items() if not name.startswith("__")]
    for name, thing in members.items():
        if getattr(thing, "__module__", "") != module.__name__:
            continue
        if name.startswith("Box") and inspect.isclass(thing):
            found += [(f"{name}.{inner}", _what(value)) for inner, value in vars(thing).items()]
            box: Any = thing()
            found.append((f"{name}.get", _what(box.get())))
        if name.startswith("use"):
            found.append((f"{name}.found", _what(thing())))
    return [(name, said) for name, said in found if said]


def _what(thing: Any) -> str:
    if isinstance(thing, ModuleType):
        return thing.__name__
    return f"{thing.__module__}:{thing.__qualname__}" if inspect.isclass(thing) else ""


if __name__ == "__main__":
    json.dump([names(folder, modules) for folder, modules in json.load(sys.stdin)], sys.stdout)
