"""What CPython's own `ast` says of modules: reads paths from standard input, a line each, and prints as many of JSON.

Of each: its text as CPython decodes it, its functions at module level as [name, line] (also those in blocks that
belong to the module's own scope, and lambdas that names are assigned), and every name the module's scope binds.
"""

import ast
import io
import json
import sys
import tokenize
import warnings

warnings.simplefilter("ignore")
BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


def find_functions(statements, found):
    for node in statements:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append([node.name, node.lineno])
        elif isinstance(node, ast.ClassDef):
            continue
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            found.extend([t.id, t.lineno] for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Lambda):
            if isinstance(node.target, ast.Name):
                found.append([node.target.id, node.target.lineno])
        else:
            for block in BLOCKS:
                find_functions(getattr(node, block, []), found)
    return found


def find_bound(statements):
    """Names that a def, a class, an import or a plain assignment binds at the top: enough to catch a false no."""
    names = set()
    for node in statements:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((a.asname or a.name).split(".")[0] for a in node.names if a.name != "*")
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.With)):
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    names.add(part.id)
        elif isinstance(node, (ast.If, ast.Try, ast.While)):
            for block in BLOCKS:
                for inner in getattr(node, block, []):
                    names |= find_bound(inner.body if isinstance(inner, ast.ExceptHandler) else [inner])
    return names


def describe(path):
    try:
        with open(path, "rb") as file:
            data = file.read()
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        text = data.decode(encoding)
        text.encode("utf-8")
        tree = compile(text, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, UnicodeError, LookupError, ValueError, RecursionError, MemoryError):
        return None
    return {
        "path": path,
        "text": text,
        "functions": find_functions(tree.body, []),
        "bound": sorted(find_bound(tree.body)),
    }


for line in sys.stdin:
    described = describe(line.rstrip("\n"))
    if described is not None:
        print(json.dumps(described))
