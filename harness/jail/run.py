"""Runs a script in this interpreter."""

from __future__ import annotations

import builtins
import posix
import sys

from .calls import call, functions_of
from .failures import own_frames, report_exception, report_refused_source
from .finish import finalise, flush_streams, has_lasting_threads, run_exit_handlers
from .flags import hide_own_depth
from .guard import attempt, text_of
from .missing import MAX_CANDIDATES
from .own import _BaseException, _exit, _getpid, _isinstance, _type
from .places import PROGRAM_DIR, SCRIPT_NAME, WORK_DIR, name_script, script_name, script_path
from .results import encode, failure, parse_arguments, to_json
from .store import place_script, put_script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any


def run(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    """Runs a job; returns the tag and payload of the report."""
    refused = place(fields)
    if refused is not None:
        return refused
    source = fields["script"].decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    try:
        code = compile(source, script_name(), "exec", 0, True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        return failure(report_refused_source(error))
    return execute(fields, code, make_module("__main__" if fields["mode"] == b"script" else "script", source), source)


# The module of the harness, `main`, `run`, `execute`, and the call of `exec`, which counts as well in CPython 3.11.
OWN_DEPTH = 5


def execute(fields: dict[str, Any], code: CodeType, module: ModuleType, source: str) -> tuple[bytes, bytes]:
    """Runs the script, or the function that it defines, up to its end."""
    in_script_mode = fields["mode"] == b"script"
    owner = _getpid()
    status, report, value, found = 0, None, None, True
    try:
        hide_own_depth(OWN_DEPTH)
        exec(code, module.__dict__)
        if not in_script_mode:
            name = fields["function"].decode()
            function = module.__dict__.get(name)
            found = callable(function)
            if found:
                arguments = parse_arguments(fields["arguments"].decode())
                keywords = parse_arguments(fields["keywords"].decode())
                value = call(function, arguments, keywords)
    except SystemExit as error:
        status, words = exit_status(error)
        if words is not None:
            attempt(lambda: sys.stderr.write(words + "\n"))
        if status != 0 or not in_script_mode:
            report = {"kind": "exited", "code": status}
            if words is not None:
                report["message"] = words
    except _BaseException as error:
        status, report = 1, report_exception(error, source)
        if in_script_mode:
            attempt(call_hook, error)
    is_child = _getpid() != owner
    # Waiting for threads that never end would turn the exception into a timeout.
    if (in_script_mode or is_child) and not (status == 1 and report_is_exception(report) and has_lasting_threads()):
        attempt(run_exit_handlers)
    if is_child:
        end_child(status, report)
    if not found:
        return failure(no_entry_point(module, name))
    flush_streams()
    if report is not None:
        return failure(report)
    return encode(value, int(fields["result_cap"]), "lenient" in fields)


def report_is_exception(report: dict[str, Any] | None) -> bool:
    return report is not None and report["kind"] == "runtime_error"


def call_hook(error: BaseException) -> None:
    """Calls `sys.excepthook`, if the script replaced it."""
    if sys.excepthook is not sys.__excepthook__:
        frames = own_frames(error)
        sys.excepthook(_type(error), error, frames[0] if frames else None)


def place(fields: dict[str, Any]) -> tuple[bytes, bytes] | None:
    """Writes the script to the working directory; returns the report of a failure."""
    if "script_file" in fields:
        path = fields["script_file"].decode()
        name_script(path)
        return place_script(path, fields["script"])
    if "root" not in fields:
        # A file of the caller with the same name stays. Without room for its file, the script runs all the same.
        attempt(put_script, SCRIPT_NAME, fields["script"], posix.O_EXCL)
    return None


def end_child(status: int, report: dict[str, Any] | None) -> None:
    """Ends a child that the script forked and that returned to the harness, as a process of its own would end."""
    if report is not None and report["kind"] == "runtime_error":
        attempt(lambda: sys.stderr.write(report.get("traceback", report["type"] + "\n")))
    attempt(finalise, False)
    flush_streams()
    _exit(status)


def preflight(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    """Checks the script instead of running it. Imports the checker while no file of the caller can be imported."""
    # CPython shows the lines of a source in its messages only if they are in a file.
    place(fields)
    sys.path[0] = PROGRAM_DIR
    import preflight as program

    sys.path.remove(PROGRAM_DIR)
    return program.check(fields)


def load_session() -> ModuleType:
    """Loads the program that runs one job after the other, as long as no file of the caller can be imported."""
    sys.path[0] = PROGRAM_DIR
    import session as program

    # A script may have modules of these names.
    for name in [name for name in sys.modules if name.partition(".")[0] == "session"]:
        del sys.modules[name]
    sys.path[0] = WORK_DIR
    return program


class ScriptLoader:
    """Gives `inspect`, `linecache` and `traceback` the source of a module that has no file."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, _name: str) -> str:
        return self.source


def make_module(name: str, source: str) -> ModuleType:
    module = _type(sys)(name)
    module.__file__ = script_path()
    module.__loader__ = ScriptLoader(source)  # ty: ignore[invalid-assignment]
    module.__dict__["__builtins__"] = builtins
    if name == "__main__":
        module.__dict__.update(start_names())
    # `__main__` is the script in both modes, so that no script can import the harness.
    sys.modules["__main__"] = sys.modules[name] = module
    return module


def start_names() -> dict[str, Any]:
    """Returns names that CPython gives to the module of a program; later versions have neither."""
    names: dict[str, Any] = {}
    if sys.version_info < (3, 15):
        names["__cached__"] = None
    if sys.version_info < (3, 14):
        names["__annotations__"] = {}
    return names


def no_entry_point(module: ModuleType, name: str) -> dict[str, Any]:
    flush_streams()
    report = {"kind": "missing_main", "functions": functions_of(module)[:MAX_CANDIDATES]}
    if name in module.__dict__:
        report["found"] = _type(module.__dict__[name]).__name__
    return report


def exit_status(error: SystemExit) -> tuple[int, str | None]:
    """Status and last words of a SystemExit, as CPython's own start-up code reads it."""
    code = error.code
    if code is None:
        return 0, None
    if _isinstance(code, int):
        return code & 0xFF, None
    return 1, text_of(code)


def rehearse() -> None:
    """Does once what every request needs and what is slow the first time.

    CPython makes the classes of its syntax trees with the first `compile`, in a millisecond. A jail that waits has done
    it before its request comes.
    """
    compile("0", SCRIPT_NAME, "eval", 0, True)
    to_json(parse_arguments("[]"))
