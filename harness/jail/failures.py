"""Reports on exceptions of a script, and on sources that CPython refuses."""

from __future__ import annotations

import sys

from .guard import attempt, is_a, text_of, type_name
from .missing import describe_missing
from .own import _isinstance, _len, _str, _traceback_of, _type
from .places import CELL_NAME, WORK_DIR, is_own, script_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

MAX_TRACEBACK = 16_000


def report_exception(error: BaseException, source: str) -> dict[str, Any]:
    frames = own_frames(error)
    places = [entry for entry in frames if is_of_source(entry.tb_frame.f_code.co_filename)]
    attempt(remember_source, source)
    report = {
        "kind": "runtime_error",
        "type": type_name(error),
        "message": text_of(error),
        "memory": is_a(error, MemoryError),
        "location": attempt(locate, places[-1], source) if places else None,
        "traceback": attempt(render, error),
        "missing": attempt(describe_missing, error, frames),
    }
    return {name: value for name, value in report.items() if value is not None}


def report_refused_source(error: BaseException) -> dict[str, Any]:
    """Reports a script that CPython did not compile: a SyntaxError, or an error of its compiler for extreme sources."""
    report: dict[str, Any] = {
        "kind": "syntax_error",
        "type": _type(error).__name__,
        "message": _str(error.msg) if _isinstance(error, SyntaxError) else text_of(error),
        "python": sys.version.split()[0],
    }
    if _isinstance(error, SyntaxError) and error.lineno:
        report["location"] = {"line": error.lineno}
        if error.offset and error.offset > 0:
            report["location"]["column"] = error.offset
    error.__traceback__ = None
    rendered = attempt(render, error)
    if rendered is not None:
        report["traceback"] = rendered
    return report


def own_frames(error: BaseException) -> list[TracebackType]:
    """Returns the entries of the traceback that are in the script, outermost first."""
    entry, frames = _traceback_of(error), []
    while entry is not None:
        if is_own(entry.tb_frame.f_code.co_filename):
            frames.append(entry)
        entry = entry.tb_next
    return frames


def is_of_source(filename: str) -> bool:
    """Tells a frame whose line means something to the caller from one in an earlier cell of a session."""
    return filename == script_name() or not filename.startswith(CELL_NAME)


def locate(entry: TracebackType, source: str) -> dict[str, int] | None:
    """Returns the line and column of the expression that raised, from 1 and in characters.

    None where a signal came between two lines: the end of a loop is on none.
    """
    if entry.tb_lineno is None:
        return None
    location = {"line": entry.tb_lineno}
    code = entry.tb_frame.f_code
    if code.co_filename != script_name():
        return location
    for index, (line, _, offset, _) in enumerate(code.co_positions()):
        if index * 2 == entry.tb_lasti and line == entry.tb_lineno and offset is not None:
            text = source.split("\n")[line - 1].encode()
            location["column"] = _len(text[:offset].decode("utf-8", "replace")) + 1
            break
    return location


def render(error: BaseException) -> str:
    """Renders the traceback with the script's own frames only, also in causes and groups."""
    summary = import_own("traceback").TracebackException(_type(error), error, _traceback_of(error), compact=True)
    pending = [summary]
    while pending:
        part = pending.pop()
        if part is None:
            continue
        part.stack[:] = [frame for frame in part.stack if is_own(frame.filename)]
        pending += [part.__cause__, part.__context__, *(getattr(part, "exceptions", None) or ())]
    text = "".join(summary.format())
    if _len(text) > MAX_TRACEBACK:
        half = MAX_TRACEBACK // 2
        text = f"{text[:half]}\n  ... {_len(text) - 2 * half} characters left out ...\n{text[-half:]}"
    return text


def import_own(name: str) -> Any:
    """Imports a module of the interpreter, even if a file in the working directory has its name."""
    path = sys.path
    sys.path = [entry for entry in path if entry not in ("", WORK_DIR)]
    try:
        return __import__(name)
    finally:
        sys.path = path


def remember_source(source: str) -> None:
    """Lets tracebacks show the lines of the script, even if another file has its name."""
    # Carets are set as if every line had an end, which linecache sees to for files.
    lines = source.splitlines(True) if source.endswith("\n") else f"{source}\n".splitlines(True)
    import_own("linecache").cache[script_name()] = (_len(source), None, lines, script_name())
