"""Compiles and runs the cells of a session in one namespace."""

from __future__ import annotations

import ast
import builtins

import __main__ as harness
from session.displays import display, forms_of, send_parts
from session.figures import show_open_figures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

# Bits of code objects for statements `from __future__`, which hold in later cells too (Include/cpython/code.h).
FUTURE_FLAGS = 0x1FE0000
# Bit of the code of a cell that awaits (inspect.CO_COROUTINE).
COROUTINE = 0x80


class Space:
    """The names of a session, and what else stays from cell to cell."""

    def __init__(self) -> None:
        self.module = type(ast)("__main__")
        self.names: dict[str, Any] = self.module.__dict__
        self.names["__builtins__"] = builtins
        self.names["__annotations__"] = {}
        harness.sys.modules["__main__"] = self.module
        builtins.display = display  # ty: ignore[unresolved-attribute]
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self.runner: Any = None
        self.last: Any = None

    def compile(self, source: str, name: str, is_cell: bool) -> Cell:
        """Compiles a source; splits off the last expression of a cell. Raises what CPython raises where it refuses."""
        if not is_cell:
            return Cell(compile(source, name, "exec", self.flags, True), None)
        tree = compile(source, name, "exec", self.flags | ast.PyCF_ONLY_AST, True)
        last = tree.body[-1] if tree.body else None
        value = None
        if isinstance(last, ast.Expr) and not is_silenced(last, source):
            tree.body.pop()
            expression = ast.Expression(last.value)
            body = compile(tree, name, "exec", self.flags, True)
            value = compile(expression, name, "eval", self.flags | body.co_flags & FUTURE_FLAGS, True)
        else:
            body = compile(tree, name, "exec", self.flags, True)
        return Cell(body, value)

    def run(self, cell: Cell) -> None:
        self.flags |= cell.body.co_flags & FUTURE_FLAGS
        shown: object = None
        try:
            self.run_code(cell.body)
            if cell.value is not None:
                value = self.run_code(cell.value)
                if value is not None:
                    shown = value
                    self.show_value(value)
        finally:
            show_open_figures(shown)

    def run_code(self, code: CodeType) -> Any:
        value = eval(code, self.names)
        return self.wait_for(value) if code.co_flags & COROUTINE else value

    def wait_for(self, awaited: Any) -> Any:
        """Awaits in the one event loop of the session, whose tasks go on with the next cell that awaits."""
        if self.runner is None:
            self.runner = harness.import_own("asyncio").Runner()
        return self.runner.run(awaited)

    def show_value(self, value: Any) -> None:
        # As in an interpreter's own prompt, unless the script uses the name otherwise.
        if self.names.get("_", self.last) is self.last:
            self.names["_"] = self.last = value
        send_parts(forms_of(value), True)

    def call_function(self, wanted: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Calls a function by its name. Raises MissingFunction when there is none."""
        function = self.names.get(wanted)
        if not callable(function):
            raise MissingFunction(wanted)
        value = function(*arguments, **keywords)
        return self.wait_for(harness.wait_for(value)) if hasattr(type(value), "__await__") else value


class MissingFunction(LookupError):
    pass


class Cell:
    def __init__(self, body: CodeType, value: CodeType | None) -> None:
        self.body, self.value = body, value


def is_silenced(last: ast.Expr, source: str) -> bool:
    """Tells whether a semicolon follows the last expression."""
    lines = source.split("\n")
    if last.end_lineno is None or last.end_col_offset is None or last.end_lineno > len(lines):
        return False
    return lines[last.end_lineno - 1].encode()[last.end_col_offset :].lstrip().startswith(b";")
