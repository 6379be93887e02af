"""The run of a script in this interpreter."""

from __future__ import annotations

import builtins
import sys

from .calls import call, functions_of
from .failures import report_exception, report_refused_source
from .figures import keep_figures
from .guard import attempt, text_of
from .missing import MAX_CANDIDATES
from .own import _BaseException, _exit, _getpid, _isinstance, _type
from .places import PROGRAM_DIR, SCRIPT_NAME, name_script, script_name
from .results import encode, failure, parse_arguments, to_json
from .store import place_script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


def run(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    """Runs the request and gives the one frame to send: its tag and its payload."""
    if "script_file" in fields:
        path = fields["script_file"].decode()
        refused = place_script(path, fields["script"])
        if refused is not None:
            return refused
        name_script(path)
    in_script_mode = fields["mode"] == b"script"
    name = fields["function"].decode()
    source = fields["script"].decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    owner = _getpid()
    try:
        code = compile(source, script_name(), "exec", 0, True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        return failure(report_refused_source(error))
    module = make_module("__main__" if in_script_mode else "script", source)
    status, report, value = 0, None, None
    try:
        try:
            exec(code, module.__dict__)
            if not in_script_mode:
                function = module.__dict__.get(name)
                if not callable(function):
                    return failure(no_entry_point(module, name))
                arguments, keywords = (
                    parse_arguments(fields["arguments"].decode()),
                    parse_arguments(fields["keywords"].decode()),
                )
                value = call(function, arguments, keywords)
        finally:
            if in_script_mode or _getpid() != owner:
                run_exit_handlers()
    except SystemExit as error:
        status, words = exit_status(error)
        if words is not None:
            attempt(lambda: sys.stderr.write(words + "\n"))
        if status != 0 or not in_script_mode:
            report = {"kind": "exited", "code": status}
    except _BaseException as error:
        status, report = 1, report_exception(error, source)
    if _getpid() != owner:
        end_child(status, report)
    flush_streams()
    if report is not None:
        return failure(report)
    return encode(value, int(fields["result_cap"]), "lenient" in fields)


def end_child(status: int, report: dict[str, Any] | None) -> None:
    """A child that the script forked came back through here: it ends as a process of its own would."""
    if report is not None and report["kind"] == "runtime_error":
        attempt(lambda: sys.stderr.write(report.get("traceback", report["type"] + "\n")))
    flush_streams()
    _exit(status)


def preflight(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    """Looks at the script instead of running it; what that needs is imported while no file of the caller's can be."""
    sys.path[0] = PROGRAM_DIR
    import preflight as program

    sys.path.remove(PROGRAM_DIR)
    return program.check(fields)


class ScriptLoader:
    """Gives `inspect`, `linecache` and `traceback` the source of a module that lies in no file."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, _name: str) -> str:
        return self.source


def make_module(name: str, source: str) -> ModuleType:
    module = _type(sys)(name)
    module.__file__ = script_name()
    module.__loader__ = ScriptLoader(source)
    module.__dict__["__builtins__"] = builtins
    # `__main__` is the script in both modes: this program is nothing a script could import.
    sys.modules["__main__"] = sys.modules[name] = module
    return module


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


def run_exit_handlers() -> None:
    """What CPython does at the end of a program: waits for its threads, then calls what atexit holds."""
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()
    attempt(keep_figures)
    if "atexit" in sys.modules:
        sys.modules["atexit"]._run_exitfuncs()


def flush_streams() -> None:
    for stream in {id(one): one for one in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)}.values():
        attempt(lambda stream=stream: stream.flush())
    if "ctypes" in sys.modules:
        attempt(lambda: sys.modules["ctypes"].CDLL(None).fflush(None))


def rehearse() -> None:
    """Does once what every request needs and what is slow the first time.

    CPython makes the classes of its syntax trees with the first `compile`, in a millisecond. A jail that waits has done
    it before its request comes.
    """
    compile("0", SCRIPT_NAME, "eval", 0, True)
    to_json(parse_arguments("[]"))
