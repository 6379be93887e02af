"""Shows the figures of matplotlib that a cell drew, as notebooks do: at `show`, and all that are open at its end."""

from __future__ import annotations

import sys

import __main__ as harness
from session.displays import read_bundle, send_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def follow_figures() -> Any:
    """Returns the backend once pyplot was imported, and has it show figures at once."""
    if "matplotlib._pylab_helpers" not in sys.modules:
        return None
    backend = harness.import_own("brig_figures")
    backend.publish = publish
    return backend


def publish(figure: Any, picture: bytes) -> None:
    send_parts(read_bundle({"image/png": picture, "text/plain": repr(figure)}))


def show_open_figures(shown: object) -> None:
    """Draws and closes what a cell left open, but for the figure that is its value."""
    backend = follow_figures()
    if backend is None:
        return
    for manager in backend.open_managers():
        figure = manager.canvas.figure
        manager.is_shown = False
        try:
            if figure is not shown:
                publish(figure, backend.draw(figure))
        finally:
            backend.Gcf.destroy(manager)
