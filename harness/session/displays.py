"""Shows values as results of a cell: as text, and in the richer forms that their classes offer.

A class offers them as for a notebook of Jupyter: `_repr_html_`, `_repr_mimebundle_` and their kin.
"""

from __future__ import annotations

import _thread
import binascii
import sys

import __main__ as harness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMS = (
    ("text/html", "_repr_html_"),
    ("text/markdown", "_repr_markdown_"),
    ("text/latex", "_repr_latex_"),
    ("image/svg+xml", "_repr_svg_"),
    ("image/png", "_repr_png_"),
    ("image/jpeg", "_repr_jpeg_"),
    ("application/pdf", "_repr_pdf_"),
    ("application/json", "_repr_json_"),
    ("application/javascript", "_repr_javascript_"),
)
MAX_FORMS = 20
MAX_TYPE = 100
MAX_JSON = 256 * 1024
# An object that has this attribute too has every attribute, and means nothing by those above.
CANARY = "_ipython_canary_method_should_not_exist_"

Parts = dict[str, tuple[bytes, bool]]


class Displays:
    """Sends the results of one cell, as far as the host takes them."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self.most, self.bytes_left = most, most_bytes
        self.lock = _thread.allocate_lock()
        self.process = harness._getpid()

    def send(self, parts: Parts, is_main: bool) -> None:
        # A process that the cell forked shows nothing: its results would come among those of another cell.
        if harness._getpid() != self.process:
            return
        with self.lock:
            if self.most < 0:
                return
            self.most -= 1
            if self.most < 0:
                # Says that there were more.
                self.write([], [], is_main)
                return
            heads, bodies = [], []
            for kind, (body, is_json) in parts.items():
                head: dict[str, Any] = {"type": kind, "bytes": len(body), "json": is_json}
                if len(body) > self.bytes_left or (is_json and len(body) > MAX_JSON):
                    head["omitted"] = True
                else:
                    self.bytes_left -= len(body)
                    bodies.append(body)
                heads.append(head)
            self.write(heads, bodies, is_main)

    def write(self, heads: list[dict[str, Any]], bodies: list[bytes], is_main: bool) -> None:
        head = harness.to_json({"main": is_main, "parts": heads})
        harness.send(harness.DISPLAY, len(head).to_bytes(4, "big") + head + b"".join(bodies))


_displays = Displays(-1, 0)


def begin_displays(most: int, most_bytes: int) -> None:
    global _displays
    _displays = Displays(most, most_bytes)


def end_displays() -> None:
    """Shows nothing from here on: what threads go on to display belongs to no cell."""
    with _displays.lock:
        _displays.most = -1


def send_parts(parts: Parts, is_main: bool = False) -> None:
    if parts:
        harness.flush_streams()
        _displays.send(parts, is_main)


def display(
    *objects: object,
    include: object = None,
    exclude: object = None,
    metadata: object = None,
    transient: object = None,
    display_id: object = None,
    raw: bool = False,
    clear: bool = False,
    **more: object,
) -> None:
    """Shows objects as results of the cell, each in the forms that it offers."""
    for one in objects:
        send_parts(read_bundle(one) if raw else forms_of(one))


def forms_of(value: Any) -> Parts:
    """Returns all forms of a value. Errors of its own methods are the script's: they leave a form out."""
    parts = read_bundle(forms_of_figure(value)) if is_figure(value) else {}
    if not isinstance(value, type) and getattr(value, CANARY, None) is None:
        bundle = ask(value, "_repr_mimebundle_", include=None, exclude=None)
        parts.update(read_bundle(bundle[0] if isinstance(bundle, tuple) and bundle else bundle))
        for kind, method in FORMS:
            if kind not in parts:
                parts.update(read_bundle({kind: ask(value, method)}))
    if "text/plain" not in parts:
        parts = {**read_bundle({"text/plain": text_of_value(value)}), **parts}
    return parts


def is_figure(value: object) -> bool:
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def forms_of_figure(figure: Any) -> dict[str, object]:
    picture = harness.import_own("brig_figures").draw(figure)
    return {"image/png": picture, "text/plain": repr(figure)}


def ask(value: Any, method: str, **keywords: object) -> Any:
    function = getattr(value, method, None)
    if not callable(function):
        return None
    try:
        form = function(**keywords)
    except NotImplementedError:
        return None
    except Exception as error:
        complain(error)
        return None
    # The second part is about how to show it.
    return form[0] if isinstance(form, tuple) and method != "_repr_mimebundle_" and form else form


def text_of_value(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:
        complain(error)
        return f"<{type(value).__name__} whose text cannot be made>"


def complain(error: Exception) -> None:
    words = harness.attempt(harness.render, error) or f"{type(error).__name__}\n"
    harness.attempt(lambda: sys.stderr.write(words))


def read_bundle(bundle: Any) -> Parts:
    """Reads forms by their media types: text, bytes, or a value of JSON."""
    parts: Parts = {}
    if not isinstance(bundle, dict):
        return parts
    for kind, form in [*bundle.items()][:MAX_FORMS]:
        if not isinstance(kind, str) or not kind.isascii() or not 0 < len(kind) <= MAX_TYPE or form is None:
            continue
        if isinstance(form, str):
            parts[kind] = form.encode("utf-8", "replace"), False
        elif isinstance(form, (bytes, bytearray)):
            parts[kind] = binascii.b2a_base64(form, newline=False), False
        else:
            encoded = harness.attempt(harness.to_json, form)
            if encoded is not None:
                parts[kind] = encoded, True
    return parts
