"""Prints the regular expressions of Python sources as JSON: those that it tells, and calls of `re` without one."""

import ast
import json
import re
import sys

FLAGS = {"I": "i", "IGNORECASE": "i", "M": "m", "MULTILINE": "m", "S": "s", "DOTALL": "s"}


def find(file):
    with open(file, encoding="utf-8") as source:
        text = source.read()
    tree = ast.parse(text)
    if any(isinstance(node, ast.ImportFrom) and node.module == "re" for node in ast.walk(tree)):
        yield {"place": file, "written": "from re import …"}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        if not (isinstance(owner, ast.Name) and owner.id == "re") or node.func.attr == "escape":
            continue
        place = f"{file}:{node.lineno}"
        flags = [part.attr for given in node.args[1:] for part in ast.walk(given) if isinstance(part, ast.Attribute)]
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield {
                "place": place,
                "source": to_javascript(first.value),
                "flags": "".join(sorted({FLAGS.get(one, "") for one in flags})),
            }
        else:
            yield {"place": place, "written": ast.get_source_segment(text, node)}


def to_javascript(pattern):
    return re.sub(r"\(\?P<", "(?<", pattern).replace("\\A", "^").replace("\\Z", "$")


print(json.dumps([found for file in sys.argv[1:] for found in find(file)]))
