"""Looks at a source that is being typed: whether it is complete, and what its last word may be."""

from __future__ import annotations

import ast

import __main__ as harness
from session.cells import Space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_MATCHES = 200


def inspect_source(space: Space, source: str) -> dict[str, Any]:
    return {"complete": is_complete(space, source), "matches": find_matches(space, source)}


def is_complete(space: Space, source: str) -> bool:
    """Tells whether to run a source, as far as it is typed. One that is wrong is complete: it can only get an error."""
    codeop = harness.import_own("codeop")
    compiler = codeop.CommandCompiler()
    compiler.compiler.flags |= space.flags
    try:
        if compiler(source, "typed", "exec") is None:
            return False
        tree = compile(source, "typed", "exec", space.flags | ast.PyCF_ONLY_AST, True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return True
    # A block may go on until a line is empty.
    is_block = bool(tree.body) and hasattr(tree.body[-1], "body")
    return not is_block or source.rsplit("\n", 1)[-1].strip() == ""


def find_matches(space: Space, source: str) -> list[str]:
    """Returns what the name at the end of a source may be; attributes are asked of their objects."""
    start = len(source)
    while start > 0 and (source[start - 1].isidentifier() or source[start - 1].isdigit() or source[start - 1] == "."):
        start -= 1
    word = source[start:]
    if not word:
        return []
    completer = harness.import_own("rlcompleter").Completer(space.names)
    found: list[str] = []
    while len(found) < MAX_MATCHES:
        match = harness.attempt(completer.complete, word, len(found))
        if not isinstance(match, str):
            break
        found.append(match)
    return found
