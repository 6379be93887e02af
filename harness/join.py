"""Joins modules into one program of byte code, for the image of a jail: one file starts faster than many.

Called with JSON: a list of programs, each with its `target`, the `name` that its frames bear, and its `modules` in an
order in which each comes after those it imports from. Leaves out all that only readers and checkers need: docstrings,
annotations, imports for annotations, line numbers. Joined modules share one namespace, so a name may be defined only
once.

Frames of these programs are no frames to the scripts that they run: see `without_frames`.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import marshal
import opcode
import sys
from types import CodeType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeGuard


def main() -> None:
    for program in json.loads(sys.argv[1]):
        code = compile(join(program["modules"]), program["name"], "exec", 0, True, optimize=2)
        with open(program["target"], "wb") as target:
            target.write(to_byte_code(without_frames(code)))


def to_byte_code(code: CodeType) -> bytes:
    """Returns the content of a .pyc whose source is not checked (PEP 552: the flag 1, and an unchecked hash)."""
    return importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8) + marshal.dumps(code)


GENERATORS = 0x20 | 0x80 | 0x200
# Called for each item of a result, when the script is over: adapted to their types, it takes two thirds of the time.
ADAPTED = ("make_soft",)


def without_frames(code: CodeType) -> CodeType:
    """Lets CPython take the frames of a program for frames that have not begun, which it shows to nobody.

    A frame has begun after its first RESUME, so a function without one never has: `f_back`, `sys._getframe`,
    tracebacks and warnings pass over it. Frames of generators are always shown, whatever their code is. Without a
    RESUME, CPython never adapts a function without loops to the types that it meets.
    """
    constants = tuple(without_frames(one) if isinstance(one, CodeType) else one for one in code.co_consts)
    if code.co_flags & GENERATORS or code.co_name in ADAPTED:
        return code.replace(co_consts=constants)
    operations = bytearray(code.co_code)
    resume, cache, nop = (opcode.opmap[name] for name in ("RESUME", "CACHE", "NOP"))
    wanted = {resume}
    for place in range(0, len(operations), 2):
        if operations[place] in wanted:
            operations[place : place + 2] = bytes((nop, 0))
            # Caches of it, which some versions of CPython have, are no operations to run.
            wanted = {resume, cache}
        else:
            wanted = {resume}
    return code.replace(co_consts=constants, co_code=bytes(operations))


def join(files: list[str]) -> ast.Module:
    """Joins files into one module: first their imports of other modules, then their statements."""
    imports: dict[str, ast.stmt] = {}
    statements: list[ast.stmt] = []
    owners: dict[str, str] = {}
    for file in files:
        with open(file, encoding="utf-8") as source:
            tree = Stripper().visit(ast.parse(source.read(), file))
        for statement in tree.body:
            if is_beside(statement):
                check_import(statement, owners, file)
            elif len(files) > 1 and isinstance(statement, (ast.Import, ast.ImportFrom)):
                imports.setdefault(ast.dump(statement), statement)
            else:
                statements.append(statement)
                check_statement(statement, owners, file)
    return without_places(ast.Module([*imports.values(), *statements], []))


def without_places(tree: ast.Module) -> ast.Module:
    """Puts every node on line 1: positions are a quarter of the byte code, and nothing needs them."""
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            vars(node).update(lineno=1, end_lineno=1, col_offset=0, end_col_offset=0)
    return tree


def is_beside(node: ast.AST) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and node.level > 0


def check_import(statement: ast.ImportFrom, owners: dict[str, str], file: str) -> None:
    """Checks that an import from a joined module names something that the shared namespace has already."""
    for alias in statement.names:
        if alias.asname is not None:
            sys.exit(f"{file} imports {alias.name} under another name")
        if owners.get(alias.name, "").rpartition("/")[2] != f"{statement.module}.py":
            sys.exit(f"{file} imports {alias.name}, which {statement.module}.py does not define before it")


def check_statement(statement: ast.stmt, owners: dict[str, str], file: str) -> None:
    for name in names_of(statement):
        if owners.setdefault(name, file) != file:
            sys.exit(f"{file} defines {name}, as {owners[name]} does")
    for node in ast.walk(statement):
        if is_beside(node):
            sys.exit(f"{file} imports from {node.module}.py within a statement")


def names_of(statement: ast.stmt) -> list[str]:
    """Returns the names that a statement of a module defines."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


class Stripper(ast.NodeTransformer):
    """Removes everything that a run does not need."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | None:
        return None if node.module == "__future__" else node

    def visit_If(self, node: ast.If) -> ast.AST | None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
        if node.value is None:
            return None
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        """Keeps annotations of fields, because classes such as NamedTuple are made of them."""
        node.body = [one if isinstance(one, ast.AnnAssign) else self.visit(one) for one in node.body]
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


if __name__ == "__main__":
    main()
