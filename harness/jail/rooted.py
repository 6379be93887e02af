"""A directory of the script's own."""

from __future__ import annotations

import posix
import sys

from .guard import attempt
from .own import _isinstance, _len, _str

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Audit events of Python that name paths, and how many of their first arguments are paths.
PATH_EVENTS = {"open": 1, "os.rename": 2, "os.link": 2, "os.symlink": 2} | {
    f"os.{name}": 1
    for name in (
        *("listdir", "scandir", "mkdir", "remove", "rmdir", "chdir"),
        *("truncate", "chmod", "chown", "utime", "lockf"),
    )
}


def enter_root(order: dict[str, Any]) -> None:
    """Changes to the working directory within the script's own directory; refuses other paths if the order says so.

    The refusal only gives a clear message: the mounts of the jail decide which paths exist.
    """
    folder = order["work_dir"]
    for index in range(_len(order["path"]), _len(folder)):
        if folder[index] == "/":
            attempt(posix.mkdir, folder[:index])
    attempt(posix.mkdir, folder)
    posix.chdir(folder)
    sys.path[0] = folder
    if order["confined"]:
        sys.addaudithook(make_hook(order["path"]))


def make_hook(root: str) -> Callable[[str, tuple[Any, ...]], None]:
    resolve, fspath, path_type = __import__("os").path.realpath, __import__("os").fspath, (_str, bytes)
    # The folder in which matplotlib keeps its list of fonts.
    fonts = posix.environ.get(b"MPLCONFIGDIR", b"/tmp/.matplotlib").decode("utf-8", "surrogateescape")
    readable = (
        *(f"{sys.prefix}/lib/python", fonts, "/dev/null", "/dev/urandom", "/dev/random", "/proc/self/fd"),
        # The standard library reads these for its caller.
        *("/usr/share/zoneinfo/", "/etc/mime.types"),
    )

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        count = PATH_EVENTS.get(event)
        if count is None:
            return
        for path in arguments[:count]:
            if not _isinstance(path, path_type):
                if not hasattr(path, "__fspath__"):
                    continue
                path = fspath(path)
            place = resolve(path)
            if _isinstance(place, bytes):
                place = place.decode("utf-8", "surrogateescape")
            if place != root and not place.startswith((root + "/", *readable)):
                raise PermissionError(f"Path access outside allowed root: {place}")

    return hook
