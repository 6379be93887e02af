"""Reports on failed look-ups: the missing name, and the names that exist."""

from __future__ import annotations

import builtins
import sys

from .calls import call, last_called
from .guard import attempt, text_of
from .own import _isinstance, _len, _listdir, _str, _traceback_of, _type
from .places import SITE_PACKAGES, WORK_DIR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType, TracebackType
    from typing import Any

MAX_CANDIDATES = 4_000


def describe_missing(error: BaseException, frames: list[TracebackType]) -> dict[str, Any] | None:
    if _isinstance(error, ModuleNotFoundError):
        return missing_module(error.name) if _type(error.name) is _str else None
    if _isinstance(error, ImportError):
        parts = text_of(error).split("'")
        if _len(parts) < 4 or not parts[0].startswith("cannot import name"):
            return None
        return missing("import", parts[1], parts[3], dir(sys.modules.get(parts[3])))
    if _isinstance(error, NameError) and frames:
        frame = frames[-1].tb_frame
        return missing("name", error.name, None, [*frame.f_locals, *frame.f_globals, *dir(builtins)])
    if _isinstance(error, KeyError) and frames:
        return missing_key(error, frames[-1].tb_frame)
    if _isinstance(error, TypeError):
        return missing_parameter(error)
    if _isinstance(error, AttributeError):
        of = error.obj.__name__ if _isinstance(error.obj, _type(sys)) else _type(error.obj).__name__
        return missing("attribute", error.name, of, dir(error.obj))
    return None


def missing_module(name: str) -> dict[str, Any] | None:
    """Reports a missing module; `of` is the package that lacks it, if that was imported."""
    parent = name.rpartition(".")[0]
    if parent in sys.modules:
        return missing("module", name, parent, modules_in(getattr(sys.modules[parent], "__path__", ())))
    return missing("module", name, None, [*sys.stdlib_module_names, *modules_in((SITE_PACKAGES, WORK_DIR))])


def modules_in(folders: Iterable[str]) -> list[str]:
    names = set()
    for entry in [entry for folder in folders for entry in attempt(_listdir, folder) or ()]:
        name, _, rest = entry.partition(".")
        if name.isidentifier() and (not rest or rest == "py" or rest.endswith("so")):
            names.add(name)
    return sorted(names - {"__init__", "__main__", "__pycache__"})


def missing_key(error: KeyError, frame: FrameType) -> dict[str, Any] | None:
    """Reports a missing key, with the keys of all local dictionaries: the error does not tell which one was meant."""
    wanted = error.args[0] if error.args else None
    if _type(wanted) is not _str:
        return None
    if module_that_raised(error).startswith("pandas."):
        # A list of columns is reported as `['a', 'b'] not in index`.
        name = wanted.split("'")[1] if wanted.endswith("not in index") and "'" in wanted else wanted
        return missing("key", name, "pandas", attempt(labels_in, frame) or ())
    pending: list[Any] = [*frame.f_locals.values()]
    keys: dict[str, None] = {}
    for value in pending:
        if _len(keys) > MAX_CANDIDATES or _len(pending) > MAX_CANDIDATES:
            break
        if _type(value) is dict:
            keys.update((key, None) for key in first(value, MAX_CANDIDATES) if _type(key) is _str)
            pending += first(value.values(), 100)
        elif _type(value) in (list, tuple):
            pending += value[:10]
    return missing("key", wanted, None, keys) if keys else None


def module_that_raised(error: BaseException) -> str:
    entry = _traceback_of(error)
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    name = None if entry is None else entry.tb_frame.f_globals.get("__name__")
    return name if _type(name) is _str else ""


def labels_in(frame: FrameType) -> list[Any]:
    """Returns columns and labels of the tables in a frame."""
    pandas = sys.modules["pandas"]
    labels = []
    for value in frame.f_locals.values():
        if _type(value) is pandas.DataFrame:
            labels += first(value.columns, MAX_CANDIDATES)
        if _type(value) in (pandas.DataFrame, pandas.Series):
            labels += first(value.index, MAX_CANDIDATES)
        if _len(labels) > MAX_CANDIDATES:
            break
    return labels


def first(items: Iterable[Any], most: int) -> list[Any]:
    """Returns the first items of a collection without a copy of it, which may not fit into memory."""
    return [item for _, item in zip(range(most), items)]


def missing_parameter(error: TypeError) -> dict[str, Any] | None:
    """Reports an unknown keyword, with the parameters of the function, which is found by its name in the caller."""
    name, found, rest = text_of(error).partition("() got an unexpected keyword argument '")
    if not found:
        return None
    entry = _traceback_of(error)
    functions = []
    if entry is None:
        functions.append(last_called())
    else:
        while entry.tb_next is not None:
            entry = entry.tb_next
        functions += (entry.tb_frame.f_locals.get(name), entry.tb_frame.f_globals.get(name))
    for function in functions:
        if _type(function) is _type(call):
            code = function.__code__
            keywords = code.co_varnames[code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount]
            return missing("parameter", rest.rstrip("'"), name, keywords)
    return None


def missing(what: str, name: object, of: object, candidates: Iterable[Any]) -> dict[str, Any] | None:
    if not _isinstance(name, _str):
        return None
    names = [item for item in candidates if _isinstance(item, _str)][:MAX_CANDIDATES]
    report: dict[str, Any] = {"what": what, "name": name, "candidates": names}
    if of is not None:
        report["of"] = _str(of)
    return report
