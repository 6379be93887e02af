"""Looks at a script as CPython reads it, without running any of it; the harness loads this for `preflight` only.

It says what the run would fail with, where that is certain, in the reports of the run itself, and what it found
besides. Everything is imported while the caller's files are off `sys.path`.
"""

from __future__ import annotations

import ast
import resource
import warnings

import __main__ as harness
from preflight import entry_point, imports, statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MAX_PROBLEMS = 100
MAX_WARNINGS = 20
# Share of the memory limit at which the check gives up, before the kernel kills it.
MEMORY_SHARE = 0.75


def check(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    """Checks a script; returns the tag and payload of the report."""
    source = fields["script"].decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    try:
        doubts = compile_only(source)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        return answer([problem("error", harness.report_refused_source(error))])
    try:
        limit_memory(int(fields["preflight"]))
        found = look_into(source, fields)
    except (MemoryError, RecursionError):
        return answer(doubts, is_complete=False)
    return answer(found["problems"] + doubts, found["entry_point"], found["imports"], found["is_complete"])


def answer(
    problems: list[dict[str, Any]],
    entry: dict[str, Any] | None = None,
    modules: Sequence[Any] = (),
    is_complete: bool = True,
) -> tuple[bytes, bytes]:
    return harness.RESULT, harness.to_json(
        {
            "problems": problems[:MAX_PROBLEMS],
            "entry_point": entry,
            "imports": modules,
            "complete": is_complete and len(problems) <= MAX_PROBLEMS,
            "modules": imports.modules_at_hand(),
        }
    )


def problem(severity: str, report: dict[str, Any]) -> dict[str, Any]:
    return {"severity": severity, "report": report}


def compile_only(source: str) -> list[dict[str, Any]]:
    """Compiles the source; returns CPython's warnings, and raises its errors."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", SyntaxWarning)
        compile(source, harness.script_name(), "exec", 0, True)
    return [problem("warning", report_warning(one)) for one in caught[:MAX_WARNINGS]]


def report_warning(warning: warnings.WarningMessage) -> dict[str, Any]:
    message = str(warning.message)[: harness.MAX_MESSAGE]
    return {"kind": "syntax_error", "type": "SyntaxWarning", "message": message, "location": {"line": warning.lineno}}


def limit_memory(limit: int) -> None:
    """Bounds memory, so that a tree, many times its source, raises MemoryError before it reaches the jail's limit."""
    _, ceiling = resource.getrlimit(resource.RLIMIT_AS)
    most = int(limit * MEMORY_SHARE)
    resource.setrlimit(resource.RLIMIT_AS, (most if ceiling == resource.RLIM_INFINITY else min(most, ceiling), ceiling))


def look_into(source: str, fields: dict[str, Any]) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source, harness.script_name())
    in_function_mode = fields["mode"] != b"script"
    placed = list(statements.walk(tree))
    words = statements.words_of(tree)
    modules, missing = imports.check(placed, words, in_function_mode)
    # Problems are listed in the order in which the run would meet them.
    problems = [problem(severity, report) for severity, report, is_late in missing if not is_late]
    entry = None
    if in_function_mode:
        entry, complaint = entry_point.check(tree, placed, words, fields)
        if complaint is not None:
            problems.append(problem("error", complaint))
    problems += [problem(severity, report) for severity, report, is_late in missing if is_late]
    return {
        "problems": problems,
        "entry_point": entry,
        "imports": modules[: imports.MAX_IMPORTS],
        "is_complete": len(modules) <= imports.MAX_IMPORTS,
    }
