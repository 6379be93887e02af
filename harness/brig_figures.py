"""The backend of matplotlib in a jail: figures that are shown, or still open at the end, become pictures of the answer.

Matplotlib imports it when MPLBACKEND names it; the harness imports it at the end of a script that has imported pyplot.
It is beside the standard library, so that its name is enough.

`show` draws figures at once and closes them, as the windows of a GUI are closed when it returns. Figures that are open
at the end are drawn after the report, because drawing can take long or fail, and the verdict is certain by then.
"""

from __future__ import annotations

import io

from matplotlib import rcParams
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from matplotlib.figure import Figure

# Maximum number of pictures kept until the end of a script; the host takes far fewer.
MOST_KEPT = 1000
MOST_DETAIL = 300
PAGE = 4096

#: Takes a figure and its picture at once, where a session does; None where they are kept for the end.
publish = None

#: Shown figures in order: a PNG, the exception if drawing failed, None beyond MOST_KEPT.
shown = []


class FigureManager(FigureManagerBase):
    is_shown = False

    def show(self) -> None:
        """Marks the figure as shown. It is drawn as it is when it is closed, or at the end."""
        self.is_shown = True

    @classmethod
    def start_main_loop(cls) -> None:
        """Draws and closes all figures; called when `show` waits for its windows to be closed."""
        for manager in open_managers():
            if publish is not None:
                publish(manager.canvas.figure, draw(manager.canvas.figure))
            elif _is_full():
                shown.append(None)
            else:
                # An error of drawing goes to the script, which called `show`.
                shown.append(draw(manager.canvas.figure))
            manager.is_shown = False
            Gcf.destroy(manager)

    def destroy(self) -> None:
        if self.is_shown:
            self.is_shown = False
            if publish is not None:
                _publish_closed(self.canvas.figure)
            else:
                shown.append(None if _is_full() else _try_to_draw(self.canvas.figure))
        super().destroy()


class FigureCanvas(FigureCanvasAgg):
    manager_class = FigureManager


def _publish_closed(figure: Figure) -> None:
    picture = _try_to_draw(figure)
    if publish is not None and isinstance(picture, bytes):
        publish(figure, picture)


def _is_full() -> bool:
    return len(shown) >= MOST_KEPT


def open_managers() -> list[FigureManagerBase]:
    return sorted(Gcf.get_all_fig_managers(), key=lambda manager: manager.num)


def draw(figure: Figure) -> bytes:
    """Returns the picture of a figure, whatever its backend is."""
    target = io.BytesIO()
    figure.savefig(target, format="png")
    return target.getvalue()


def _try_to_draw(figure: Figure) -> bytes | Exception:
    try:
        return draw(figure)
    except Exception as error:
        return error


def is_anything_drawn() -> bool:
    return bool(shown or Gcf.figs)


def send_all(collection: Any, memory: int) -> bool:
    """Sends as many pictures as there is room for: first those that were shown, then those that are open."""
    for picture in shown:
        _send(collection, picture)
    for manager in open_managers():
        figure = manager.canvas.figure
        if not collection.has_room():
            _send(collection, None)
        elif _pixel_bytes(figure) > memory - _resident_bytes():
            collection.omit_picture("too_large")
        else:
            _send(collection, _try_to_draw(figure))
    return True


def _send(collection: Any, picture: bytes | Exception | None) -> None:
    if picture is None:
        collection.omit_picture("too_many")
    elif isinstance(picture, bytes):
        collection.offer_picture(picture)
    else:
        collection.omit_picture("not_drawn", detail=f"{type(picture).__name__}: {picture}"[:MOST_DETAIL])


def _pixel_bytes(figure: Figure) -> float:
    """Returns the least memory that drawing takes. Without that much, the kernel would kill the process."""
    dpi = rcParams["savefig.dpi"]
    dpi = figure.dpi if dpi == "figure" else dpi
    width, height = figure.get_size_inches()
    return float(width) * float(height) * dpi * dpi * 4


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * PAGE
    except OSError:
        return 0
