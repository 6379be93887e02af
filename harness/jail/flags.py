"""Shows the script the flags and the command line of an interpreter that was started as `python3 script.py`.

Modules that start children pass on the options that they find here, `multiprocessing` for example. The harness's own
options are wrong for them: a child without `site` would find no packages.
"""

from __future__ import annotations

import builtins
import sys
from _sitebuiltins import _Helper

from .own import _type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_real_flags = sys.flags
FLAG_NAMES: tuple[str, ...] = type(_real_flags).__match_args__
# Flags shown as off: -S, -s and -P of the harness.
OWN_OPTIONS = ("no_site", "no_user_site", "safe_path")


class Flags(tuple):
    """Replacement for `sys.flags`, whose own class cannot be instantiated."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name in OWN_OPTIONS:
            return False if name == "safe_path" else 0
        return getattr(_real_flags, name)

    def __repr__(self) -> str:
        return f"sys.flags({', '.join(f'{name}={getattr(self, name)!r}' for name in FLAG_NAMES)})"


def hide_own_options() -> None:
    flags = Flags(0 if name in OWN_OPTIONS else value for name, value in zip(FLAG_NAMES, _real_flags))
    Flags.__name__ = Flags.__qualname__ = "flags"
    Flags.__module__ = "sys"
    sys.flags = flags  # ty: ignore[invalid-assignment]
    builtins.help = _Helper()


def tell_command(arguments: list[str]) -> None:
    sys.argv = arguments
    sys.orig_argv = [sys.executable, *arguments]


def hide_own_depth(hidden: int) -> None:
    """Gives the script the depth of recursion that the harness takes, in calls down to the script's own."""
    read, write = sys.getrecursionlimit, sys.setrecursionlimit

    def getrecursionlimit() -> int:
        return read() - hidden

    def setrecursionlimit(limit: int, /) -> None:
        write(limit + hidden if _type(limit) is int and limit > 0 else limit)

    write(read() + hidden)
    sys.getrecursionlimit = getrecursionlimit  # ty: ignore[invalid-assignment]
    sys.setrecursionlimit = setrecursionlimit  # ty: ignore[invalid-assignment]
