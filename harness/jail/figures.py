"""Finds figures that a script drew with matplotlib."""

from __future__ import annotations

import sys

from .failures import import_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def find_figures() -> Any:
    """Returns the module that sends the figures, if there are any. Does not draw them yet."""
    pyplot = sys.modules.get("matplotlib._pylab_helpers")
    if pyplot is None or not (pyplot.Gcf.figs or "brig_figures" in sys.modules):
        return None
    program = import_own("brig_figures")
    return program if program.is_anything_drawn() else None


def keep_figures() -> None:
    """Keeps open figures, which matplotlib would close at the end of a program."""
    if "matplotlib._pylab_helpers" in sys.modules:
        sys.modules["atexit"].unregister(sys.modules["matplotlib._pylab_helpers"].Gcf.destroy_all)
