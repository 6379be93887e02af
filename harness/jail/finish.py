"""Ends a script as the interpreter would."""

from __future__ import annotations

import sys
import time

from .figures import keep_figures
from .guard import attempt, is_a
from .own import _bases_of_class, _isinstance, _str, _type
from .places import WORK_DIR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

# Seconds that threads get to end after an exception. Waiting longer would turn the exception into a timeout.
THREADS_GRACE = 1.0
# Classes whose output is complete only after `close`.
PACKERS = (
    ("gzip", "GzipFile"),
    ("bz2", "BZ2File"),
    ("lzma", "LZMAFile"),
    ("zipfile", "ZipFile"),
    ("tarfile", "TarFile"),
)


def run_exit_handlers() -> None:
    """Does what CPython does at the end of a program: waits for its threads, then calls the handlers of atexit."""
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()
    attempt(keep_figures)
    if "atexit" in sys.modules:
        sys.modules["atexit"]._run_exitfuncs()


def has_lasting_threads() -> bool:
    """Tells whether threads that a program waits for are still running after THREADS_GRACE."""
    threading = sys.modules.get("threading")
    if threading is None:
        return False
    last = time.monotonic() + THREADS_GRACE
    me = threading.current_thread()
    for thread in [one for one in threading.enumerate() if one is not me and not one.daemon]:
        thread.join(max(0, last - time.monotonic()))
        if thread.is_alive():
            return True
    return False


def finalise(has_figures: bool) -> None:
    """Ends what a script left open: closes files, completes archives, runs `finally` and `__del__`."""
    import _thread
    import gc

    # Another thread, or the drawing of a figure, may still use the modules.
    if has_figures or _thread._count() > 0:
        complete_files(gc.get_objects())
    else:
        for module in own_modules():
            clear(module)
        gc.collect()
        # Modules of the interpreter and of packages may hold files as well.
        complete_files(gc.get_objects())
    flush_streams()


def complete_files(objects: list[Any]) -> None:
    """Flushes open files and closes archives."""
    import _io

    # By identity: isinstance() would run code of objects that have a `__class__` of their own, and a comparison code of
    # their classes' classes.
    own = {id(kind) for kind in (_io.TextIOWrapper, _io.BufferedWriter, _io.BufferedRandom)}
    files = [one for one in objects if id(_type(one)) in own]
    packers = {id(kind) for kind in [find_kind(*place) for place in PACKERS] if kind is not None}
    for file in files:
        attempt(file.flush)
    for packer in [one for one in objects if any(id(base) in packers for base in _bases_of_class(_type(one)))]:
        attempt(packer.close)
    for file in files:
        attempt(file.flush)


def find_kind(module: str, name: str) -> Any:
    return getattr(sys.modules.get(module), name, None)


def flush_streams() -> None:
    for stream in {id(one): one for one in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)}.values():
        attempt(lambda stream=stream: stream.flush())
    if "ctypes" in sys.modules:
        attempt(lambda: sys.modules["ctypes"].CDLL(None).fflush(None))


# Names of the modules that were loaded before the script; none of them is its own.
earlier: frozenset[str] = frozenset()


def remember_modules() -> None:
    global earlier
    earlier = frozenset(sys.modules)


def own_modules() -> list[ModuleType]:
    """Returns the script, and modules from its working directory; the script comes first, as in CPython."""
    module_type = _type(sys)
    # By their names: in the interpreter of a template, a look at a module copies the page that it is on.
    names = [name for name in sys.modules if _type(name) is _str and name not in earlier]
    modules = [sys.modules.get("__main__"), *(sys.modules.get(name) for name in names)]
    # When CPython refused the source, `__main__` is still the harness.
    unique = {id(one): one for one in modules}.values()
    return [one for one in unique if one is not None and is_a(one, module_type) and is_brought(one)]


def is_brought(module: Any) -> bool:
    file = module.__dict__.get("__file__")
    return _isinstance(file, _str) and file.startswith(WORK_DIR + "/")


def clear(module: ModuleType) -> None:
    """Clears a module in CPython's order: names with one underscore, then the others."""
    names = module.__dict__
    for is_private in (True, False):
        for name in [*names]:
            if _isinstance(name, _str) and name != "__builtins__" and is_private == (name[:1] == "_" != name[1:2]):
                names[name] = None
