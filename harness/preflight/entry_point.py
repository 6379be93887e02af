"""Checks the function that is to be called: whether it exists, its parameters, and whether the arguments fit."""

from __future__ import annotations

import ast

import __main__ as harness
from preflight import statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from preflight.statements import Place

MAX_SIGNATURE = 1000
MAX_PARAMETERS = 200

# Names with which a script can bind names or change functions in ways that the text does not show.
DYNAMIC = {
    *("exec", "eval", "globals", "locals", "vars", "setattr", "delattr", "modules", "__dict__", "__builtins__"),
    *("__code__", "__defaults__", "__kwdefaults__", "*"),
}


def check(
    tree: ast.Module, placed: Sequence[tuple[ast.stmt, Place]], words: set[str], fields: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Describes the entry point; adds the report of the run about it, if that is certain."""
    name = fields["function"].decode()
    bindings = [(one, place) for one, place in placed if place.scope == "module" and binds(one, name)]
    assigned = sum(not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for one, _ in bindings)
    is_clear = count_other_bindings(tree, name) == assigned and not words & DYNAMIC
    if not bindings:
        if not is_clear:
            return {"name": name, "status": "unknown"}, None
        return {"name": name, "status": "missing"}, {"kind": "missing_main", "functions": functions_of(placed)}
    node, _place = bindings[-1]
    is_clear = is_clear and not any(place.is_conditional for _, place in bindings)
    value = getattr(node, "value", None)
    function = value if isinstance(value, ast.Lambda) else node
    if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return check_function(name, node, function, is_clear, fields)
    entry = {"name": name, "status": "unknown", **statements.location_of(node)}
    if not (is_clear and isinstance(value, ast.Constant)):
        return entry, None
    report = {"kind": "missing_main", "functions": functions_of(placed), "found": type(value.value).__name__}
    return {**entry, "status": "missing"}, report


def binds(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.FunctionDef(name=bound) | ast.AsyncFunctionDef(name=bound) | ast.ClassDef(name=bound):
            return bound == name
        case ast.Assign(targets=[ast.Name(id=bound)]) | ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr()):
            return bound == name
    return False


def count_other_bindings(tree: ast.Module, name: str) -> int:
    """Counts bindings of a name other than by `def` and `class`, in any scope; unexplained ones are a doubt."""
    count = 0
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word, ctx=ast.Store() | ast.Del()):
                count += word == name
            case ast.alias():
                count += (node.asname or node.name.partition(".")[0]) == name
            case ast.Global(names=names):
                count += name in names
            case ast.ExceptHandler(name=word) | ast.MatchAs(name=word) | ast.MatchStar(name=word):
                count += word == name
            case ast.MatchMapping(rest=word):
                count += word == name
    return count


def functions_of(placed: Sequence[tuple[ast.stmt, Place]]) -> list[str]:
    names = [one.name for one, place in placed if place.scope == "module" and isinstance(one, FUNCTIONS)]
    return list(dict.fromkeys(names))[: harness.MAX_CANDIDATES]


BY_KEYWORD = ("positional_or_keyword", "keyword_only")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def check_function(
    name: str,
    node: ast.stmt,
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
    is_clear: bool,
    fields: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    # A decorator may return another function.
    is_certain = is_clear and not getattr(function, "decorator_list", None)
    entry = {
        "name": name,
        "status": "defined",
        **statements.location_of(node),
        "signature": f"{name}({ast.unparse(function.args)})"[:MAX_SIGNATURE],
        "parameters": list(parameters_of(function.args))[:MAX_PARAMETERS],
        "async": isinstance(function, ast.AsyncFunctionDef),
        "certain": is_certain,
    }
    complaint = try_call(function, fields) if is_certain else None
    if complaint is None:
        return entry, None
    report = {"kind": "runtime_error", "type": "TypeError", "message": complaint}
    _, is_unexpected, rest = complaint.partition("() got an unexpected keyword argument '")
    if is_unexpected:
        keywords = [one["name"] for one in entry["parameters"] if one["kind"] in BY_KEYWORD]
        report["missing"] = harness.missing("parameter", rest.rstrip("'"), name, keywords)
    return entry, {**report, "location": statements.location_of(node)}


def parameters_of(arguments: ast.arguments) -> Iterator[dict[str, Any]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    for index, one in enumerate(positional):
        kind = "positional_only" if index < len(arguments.posonlyargs) else "positional_or_keyword"
        yield {"name": one.arg, "kind": kind, "required": index < first_default}
    if arguments.vararg:
        yield {"name": arguments.vararg.arg, "kind": "var_positional", "required": False}
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        yield {"name": one.arg, "kind": "keyword_only", "required": default is None}
    if arguments.kwarg:
        yield {"name": arguments.kwarg.arg, "kind": "var_keyword", "required": False}


def try_call(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, fields: dict[str, Any]) -> str | None:
    """Returns CPython's message when the arguments do not fit: calls an empty function with the same parameters."""
    stub = make_stub(function)
    positional = harness.parse_arguments(fields["arguments"].decode())
    keywords = harness.parse_arguments(fields["keywords"].decode())
    try:
        stub(*positional, **keywords)
    except TypeError as error:
        return str(error)[: harness.MAX_MESSAGE]
    return None


def make_stub(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Callable[..., None]:
    # Leaves out defaults and annotations, which are expressions of the script.
    given = function.args
    arguments = ast.arguments(
        posonlyargs=[ast.arg(one.arg) for one in given.posonlyargs],
        args=[ast.arg(one.arg) for one in given.args],
        vararg=given.vararg and ast.arg(given.vararg.arg),
        kwonlyargs=[ast.arg(one.arg) for one in given.kwonlyargs],
        kw_defaults=[default and ast.Constant(None) for default in given.kw_defaults],
        kwarg=given.kwarg and ast.arg(given.kwarg.arg),
        defaults=[ast.Constant(None) for _ in given.defaults],
    )
    expression = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, ast.Constant(None))))
    stub = eval(compile(expression, harness.script_name(), "eval"), {"__builtins__": {}})
    stub.__qualname__ = getattr(function, "name", "<lambda>")
    return stub
