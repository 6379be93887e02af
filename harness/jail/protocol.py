"""Frames between the host and this program: one tag byte, four bytes of length (big endian) and the payload.

From the host, on descriptor 0, in any order, ended by ``g``:
    ``m`` mode (``function`` or ``script``)   ``f`` the function's name   ``s`` the script, UTF-8
    ``a`` positional arguments, JSON          ``k`` keyword arguments, JSON
    ``v`` one element of sys.argv[1:]         ``e`` one environment variable, ``NAME=value``
    ``i`` standard input                      ``c`` the result's cap in bytes, decimal digits
    ``l`` look at the script and run nothing of it: preflight, with the memory limit in bytes, decimal digits
    ``p`` the path of a file, UTF-8           ``d`` the next bytes of that file
    ``j`` a result that is no JSON is made to be: sets become lists, what is not finite null
    ``w`` the directory of the script's own, JSON: its path, the working directory, whether other paths are refused
    ``n`` the file in the working directory that the script becomes; ``script.py``, which is none, where it is left out
    ``o`` the files to send after the report, JSON: patterns taken apart (src/core/files/globs.ts) and caps; with
          ``memory``, the memory limit in bytes, figures of matplotlib too
Only where another program than this interpreter runs the script:
    ``x`` one element of its command line, before those of ``v``
    ``t`` a file that the program makes, to be sent when it ended with status 0

To the host, on descriptor 4:
    ``y`` ready: the interpreter's version; before the request is read
    ``r`` the result, JSON text               ``e`` what went wrong, a JSON object with a ``kind``
    ``f`` before the report: figures follow it, also where no file was asked for
    ``n`` a file: its size in eight bytes, and its path   ``d`` its next 64 KiB, or the last bytes
    ``p`` a picture of a figure, as ``n``: a name instead of a path
    ``o`` the end of all files: a JSON object that says what was left out
    ``b`` the file of ``t``

At most one ``r``, ``e`` or ``b`` is sent. With it the execution is over: the files that were asked for and the figures
follow, then the process sleeps until the host ends it. The host treats all of it as the script's own claim: the script
shares this process and can write to the descriptor itself.
"""

from __future__ import annotations

from .descriptors import write_all
from .own import _exit, _len, _read
from .store import make_store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

REPORT_FD = 4


def send(tag: bytes, payload: bytes) -> None:
    """Writes one frame."""
    write_all(REPORT_FD, tag + _len(payload).to_bytes(4, "big") + payload)


def receive() -> dict[str, Any]:
    """Reads frames up to ``g``; an end of file before it means that the host has no work: the jail ends quietly."""
    data = bytearray()
    fields: dict[str, Any] = {"v": [], "e": [], "x": []}
    start = 0
    store = None
    while True:
        while _len(data) - start < 5 or _len(data) - start - 5 < int.from_bytes(data[start + 1 : start + 5], "big"):
            chunk = _read(0, 1 << 20)
            if not chunk:
                _exit(0)
            data += chunk
        tag = chr(data[start])
        end = start + 5 + int.from_bytes(data[start + 1 : start + 5], "big")
        payload = bytes(data[start + 5 : end])
        start = end
        if tag == "g":
            if store is not None:
                store(tag, b"")
            return fields
        if tag in "pd":
            # Files go to disk as they come.
            del data[:start]
            start = 0
            if store is None:
                store = make_store()
            store(tag, payload)
            continue
        if tag in "vex":
            fields[tag].append(payload)
        else:
            fields[tag] = payload
