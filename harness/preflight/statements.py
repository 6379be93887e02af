"""Lists the statements of a script with their places. Does not recurse, because a hostile tree is deep."""

from __future__ import annotations

import ast
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class Place(NamedTuple):
    scope: str = "module"
    # Runs when something calls it, not when the file is read.
    in_function: bool = False
    # May be skipped.
    is_conditional: bool = False
    # A failed import is caught, or never happens.
    is_guarded: bool = False


def walk(tree: ast.Module) -> Iterator[tuple[ast.stmt, Place]]:
    """Yields every statement with its place, in the order of the source."""
    pending = [(statement, Place()) for statement in reversed(tree.body)]
    while pending:
        statement, place = pending.pop()
        yield statement, place
        for body, changes in bodies_of(statement):
            inner = place._replace(**changes)
            pending.extend((one, inner) for one in reversed(body))


def bodies_of(statement: ast.stmt) -> Iterator[tuple[list[ast.stmt], dict[str, Any]]]:
    """Yields the blocks of a statement, last first, each with its changes to the place."""
    skipped, guarded = {"is_conditional": True}, {"is_guarded": True}
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield statement.body, {"scope": "function", "in_function": True}
        case ast.ClassDef():
            yield statement.body, {"scope": "class"}
        case ast.If():
            yield statement.orelse, skipped
            yield statement.body, guarded if name_of(statement.test) == "TYPE_CHECKING" else skipped
        case ast.Try() | ast.TryStar():
            yield statement.finalbody, {}
            yield statement.orelse, skipped
            for handler in reversed(statement.handlers):
                yield handler.body, skipped
            is_caught = any(one.type is None or names_import_error(one.type) for one in statement.handlers)
            yield statement.body, guarded if is_caught else {}
        case ast.With() | ast.AsyncWith():
            # contextlib.suppress(ImportError)
            is_caught = any(names_import_error(item.context_expr) for item in statement.items)
            yield statement.body, guarded if is_caught else {}
        case ast.For() | ast.AsyncFor() | ast.While():
            yield statement.orelse, skipped
            yield statement.body, skipped
        case ast.Match():
            for case in reversed(statement.cases):
                yield case.body, skipped


def name_of(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def names_import_error(node: ast.AST) -> bool:
    return any(name_of(one) in IMPORT_ERRORS for one in ast.walk(node))


def words_of(tree: ast.Module) -> set[str]:
    """Returns identifiers, attributes (`path` and `sys.path`) and short texts: all by which it can reach names."""
    words = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.alias(name=word):
                words.add(word)
            case ast.Attribute(attr=word):
                words.update((word, f"{name_of(node.value)}.{word}"))
            case ast.ImportFrom(module=module, names=names):
                words.update(f"{module}.{alias.name}" for alias in names)
            case ast.Import(names=names):
                words.update(f"{alias.name} as" for alias in names if alias.asname)
            case ast.Constant(value=str() as word) if len(word) <= 200:
                words.add(word)
    return words


def location_of(node: ast.stmt) -> dict[str, int]:
    """Returns line and column from 1; the column counts bytes of UTF-8."""
    return {"line": node.lineno, "column": node.col_offset + 1}
