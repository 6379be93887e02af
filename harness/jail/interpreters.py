"""Gives interpreters that a script creates its packages: they start with the options of the harness, without `site`."""

from __future__ import annotations

import sys

from .guard import attempt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

# Modules of CPython that create interpreters: since 3.13, and before.
CREATORS = ("_interpreters", "_xxsubinterpreters")
PREPARATION = "__import__('site').main()"


class CreatorFinder:
    """First in `sys.meta_path`, because such a module may be built in."""

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in CREATORS:
            return None
        for finder in [one for one in sys.meta_path if one is not cls]:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                spec.loader = CreatorLoader(spec.loader)  # ty: ignore[invalid-assignment]
                return spec
        return None


class CreatorLoader:
    """Loads such a module as its own loader does."""

    def __init__(self, own: Any) -> None:
        self.own = own

    def create_module(self, spec: Any) -> ModuleType:
        return self.own.create_module(spec)

    def exec_module(self, module: Any) -> None:
        module.__loader__ = module.__spec__.loader = self.own
        self.own.exec_module(module)
        create, run_string = module.create, module.run_string

        def create_with_packages(*arguments: Any, **keywords: Any) -> Any:
            interpreter = create(*arguments, **keywords)
            attempt(run_string, interpreter, PREPARATION)
            return interpreter

        create_with_packages.__name__ = create_with_packages.__qualname__ = "create"
        create_with_packages.__doc__ = create.__doc__
        module.create = create_with_packages
