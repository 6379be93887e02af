"""Runs one job after the other in this interpreter: a session, whose names stay.

The harness loads this for the first job of a session. What a script breaks here breaks its own session: the host
believes nothing of it, and ends a session that does not answer.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import __main__ as harness
from session.cells import MissingFunction, Space
from session.displays import begin_displays, end_displays
from session.figures import follow_figures
from session.inspection import inspect_source
from session.interrupts import allow_interrupts, hold_interrupts
from session.listing import list_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Report = tuple[bytes, bytes]


def serve(fields: dict[str, Any]) -> NoReturn:
    hold_interrupts()
    # The module of the harness, `main`, `serve`, `work`, `run_guarded`, `run`, `run_code` and the call of `eval`.
    harness.hide_own_depth(8)
    sys.argv = [""]
    space = Space()
    failed = None
    while True:
        harness.send(*(work(space, fields) if failed is None else failed))
        if failed is None and "return_files" in fields:
            harness.attempt(harness.send_files, harness.parse_arguments(fields["return_files"].decode()), None)
        try:
            failed, fields = None, harness.receive()
        except OSError as error:  # no room for its files; the rest of the job was read
            failed = harness.failure(harness.report_exception(error, ""))


def work(space: Space, fields: dict[str, Any]) -> Report:
    """Does one job; returns the tag and payload of its report."""
    if fields["mode"] == b"files":
        return harness.RESULT, harness.to_json(list_files())
    if fields["mode"] == b"inspect":
        return harness.RESULT, harness.to_json(inspect_source(space, decode_source(fields)))
    terms = harness.parse_arguments(fields["session"].decode())
    provide(fields)
    begin_displays(terms["displays"], int(fields["result_cap"]))
    harness.attempt(follow_figures)
    source = decode_source(fields)
    name = harness.name_cell(terms["number"])
    owner = harness._getpid()
    report = run_guarded(space, fields, source, name)
    if harness._getpid() != owner:
        harness.end_child(report[2], report[1])
    end_displays()
    harness.flush_streams()
    found, failure, _ = report
    return harness.failure(failure) if failure is not None else found


def decode_source(fields: dict[str, Any]) -> str:
    return fields["script"].decode("utf-8", "surrogatepass").removeprefix("\ufeff")


def provide(fields: dict[str, Any]) -> None:
    """Gives the script its input, arguments and variables."""
    content = fields.get("stdin", b"")
    harness.provide_stdin(content)
    # The old one may hold what was left unread.
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["", *(argument.decode() for argument in fields["argument"])]
    import os

    for variable in fields.get("variable", ()):
        name, _, value = variable.partition(b"=")
        os.environb[name] = value


def run_guarded(
    space: Space, fields: dict[str, Any], source: str, name: str
) -> tuple[Report, dict[str, Any] | None, int]:
    """Runs a source; returns its report, that of its failure, and the status with which a process would end."""
    nothing: Report = harness.RESULT, b"null"
    harness.attempt(harness.remember_source, source)
    try:
        cell = space.compile(source, name, fields["mode"] == b"cell")
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        return nothing, harness.report_refused_source(error), 1
    try:
        try:
            allow_interrupts()
            harness.send(harness.BEGUN, b"")
            space.run(cell)
            return (call(space, fields) if fields["mode"] == b"function" else nothing), None, 0
        finally:
            hold_interrupts()
    except SystemExit as error:
        status, words = harness.exit_status(error)
        if words is not None:
            harness.attempt(lambda: sys.stderr.write(words + "\n"))
        failure = {"kind": "exited", "code": status}
        if words is not None:
            failure["message"] = words
        return nothing, None if status == 0 and fields["mode"] == b"script" else failure, status
    except MissingFunction:
        return nothing, harness.no_entry_point(space.module, fields["function"].decode()), 1
    except BaseException as error:
        hold_interrupts()
        return nothing, harness.report_exception(error, source), 1


def call(space: Space, fields: dict[str, Any]) -> Report:
    arguments = harness.parse_arguments(fields["arguments"].decode())
    keywords = harness.parse_arguments(fields["keywords"].decode())
    value = space.call_function(fields["function"].decode(), arguments, keywords)
    return harness.encode(value, int(fields["result_cap"]), False)
