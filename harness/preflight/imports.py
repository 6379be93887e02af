"""Finds the imports of a script, and whether their modules exist. Imports none of them, except packages of the
standard library whose submodules are asked for."""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from importlib.machinery import PathFinder

import __main__ as harness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from typing import Any

    from preflight.statements import Place

    # Severity, report, and whether it comes late.
    Missing = tuple[str, dict[str, Any], bool]

MAX_IMPORTS = 500
MAX_MODULE = 200
# Modules that a misspelt one is compared with, and the length of their names.
MAX_MODULES = 1000
MAX_NAME = 100

# Names with which a script can make more modules importable.
DYNAMIC = {
    *("sys.path", "sys.modules", "sys.meta_path", "sys.path_hooks", "sys as", "__path__", "__package__"),
    *("addsitedir", "ModuleType", "zipimport", "spec_from_file_location"),
}
NO_PACKAGE = "attempted relative import with no known parent package"


def check(
    placed: Sequence[tuple[ast.stmt, Place]], words: set[str], in_function_mode: bool
) -> tuple[list[dict[str, Any]], list[Missing]]:
    """Returns all modules, each once, and a (severity, report, is_late) for each import that would fail."""
    found: dict[str, dict[str, Any]] = {}
    missing: list[Missing] = []
    sources = Sources(in_function_mode)
    for statement, place in placed:
        for module in modules_of(statement):
            if module not in found:
                if len(found) > MAX_IMPORTS:
                    return list(found.values()), list(once(missing))
                found[module] = describe(module, statement, sources)
            entry = found[module]
            is_needed = not (place.is_guarded or place.is_conditional)
            entry["required"] = entry["required"] or is_needed
            if entry["available"] is False and not place.is_guarded:
                # The script may bring the module itself.
                is_sure = is_needed and not words & DYNAMIC and not writes(module, words)
                report = report_missing(module, statement, sources)
                missing.append(("error" if is_sure else "warning", report, place.in_function))
    return list(found.values()), list(once(missing))


def modules_at_hand() -> list[str]:
    """Names that a misspelt import may have meant, the standard library's first."""
    installed = harness.modules_in((harness.SITE_PACKAGES, harness.WORK_DIR))
    return [*sorted(sys.stdlib_module_names), *(name for name in installed if len(name) <= MAX_NAME)][:MAX_MODULES]


def once(missing: list[Missing]) -> Iterator[Missing]:
    """Returns the first report of each module and severity; a script may import one module in twenty places."""
    seen = set()
    for severity, report, is_late in missing:
        key = (report["message"], severity)
        if key not in seen:
            seen.add(key)
            yield severity, report, is_late


def modules_of(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Import(names=names):
            return [alias.name[:MAX_MODULE] for alias in names]
        case ast.ImportFrom(module=module, level=level):
            return ["." * level + (module or "")[:MAX_MODULE]]
    return []


def writes(module: str, words: set[str]) -> bool:
    """Tells whether the script names the module's file, and so may write it."""
    top = module.partition(".")[0]
    return any(word.endswith((f"{top}.py", f"/{top}")) for word in words)


def report_missing(module: str, statement: ast.stmt, sources: Sources) -> dict[str, Any]:
    if module.startswith("."):
        report = {"kind": "runtime_error", "type": "ImportError", "message": NO_PACKAGE}
    else:
        top = module.partition(".")[0]
        # CPython reports the first part that does not exist.
        name = module if sources.find(top)["available"] else top
        why = f"; {top!r} is not a package" if name.count(".") == 1 and is_plain_module(top) else ""
        report = {
            "kind": "runtime_error",
            "type": "ModuleNotFoundError",
            "message": f"No module named {name!r}{why}",
            # Lists the existing names once for all reports.
            "missing": {"what": "module", "name": name, "candidates": []},
        }
    return {**report, "location": {"line": statement.lineno}}


def describe(module: str, statement: ast.stmt, sources: Sources) -> dict[str, Any]:
    entry = {"module": module, "line": statement.lineno, "required": False}
    if module.startswith("."):
        return {**entry, "available": False}
    return {**entry, **sources.find(module)}


class Sources:
    """Finds modules by asking finders only, which look at files and run none."""

    def __init__(self, in_function_mode: bool) -> None:
        self.known = {"__main__": {"available": True, "source": "file"}}
        if in_function_mode:
            self.known["script"] = self.known["__main__"]
        self.site = next((one for one in sys.path if one.endswith("site-packages")), None)
        self.distributions: dict[str, dict[str, Any]] | None = None

    def find(self, module: str) -> dict[str, Any]:
        if module not in self.known:
            top, _, rest = module.partition(".")
            self.known[module] = self.find_within(top, module) if rest else self.find_top(module)
        return self.known[module]

    def find_top(self, name: str) -> dict[str, Any]:
        spec = spec_of(name)
        if spec is None:
            return {"available": False}
        origin = spec.origin or next(iter(spec.submodule_search_locations or ()), "")
        if origin.startswith(harness.WORK_DIR + "/"):
            return {"available": True, "source": "file"}
        if self.site is not None and origin.startswith(self.site + "/"):
            return {"available": True, "source": "package", **self.distribution_of(name)}
        return {"available": True, "source": "standard_library"}

    def find_within(self, top: str, module: str) -> dict[str, Any]:
        found = self.find(top)
        if not found["available"]:
            return found
        if found["source"] == "standard_library":
            return found if is_in_standard_library(module) else {"available": False}
        # A package can add modules when it is imported, which does not happen here.
        return found if self.lies_in_folders(module) else {**found, "available": None}

    def lies_in_folders(self, module: str) -> bool:
        spec = spec_of(module.partition(".")[0])
        name, *rest = module.split(".")
        for part in rest:
            if spec is None or not spec.submodule_search_locations:
                return False
            name = f"{name}.{part}"
            spec = PathFinder.find_spec(name, list(spec.submodule_search_locations))
        return spec is not None

    def distribution_of(self, name: str) -> dict[str, Any]:
        if self.distributions is None:
            self.distributions = dict(read_distributions(self.site))
        return self.distributions.get(name, {})


def spec_of(name: str) -> ModuleSpec | None:
    """Returns the spec of a top-level module as `import` would find it, the working directory first."""
    before = sys.path[:]
    sys.path.insert(0, harness.WORK_DIR)
    try:
        for finder in sys.meta_path:
            spec = finder.find_spec(name, None)
            if spec is not None:
                return spec
    except (ImportError, ValueError):
        return None
    finally:
        sys.path[:] = before
    return None


def is_plain_module(name: str) -> bool:
    spec = spec_of(name)
    return spec is not None and spec.submodule_search_locations is None


def is_in_standard_library(module: str) -> bool:
    """Imports the parents, which are CPython's own, because files of the caller are off the path."""
    try:
        return module in sys.modules or importlib.util.find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return module in sys.modules


def read_distributions(site: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Returns installed packages by the names of their modules.

    importlib.metadata parses whole descriptions and makes an object of every file: a second of CPU time for large
    packages.
    """
    for folder in sorted(os.listdir(site)) if site is not None else ():
        if folder.endswith(".dist-info"):
            fields = dict(read_head(f"{site}/{folder}/METADATA"))
            if "name" in fields:
                entry = {"package": fields["name"][:200], "version": fields.get("version", "")[:100]}
                yield from ((top, entry) for top in tops_of(f"{site}/{folder}/RECORD"))


def read_head(file: str) -> Iterator[tuple[str, str]]:
    """Returns the fields before the first empty line, which separates the description."""
    for line in read_lines(file):
        if not line.strip():
            return
        name, _, value = line.partition(":")
        yield name.lower(), value.strip()


def tops_of(record: str) -> set[str]:
    """Returns top-level names of the files that a RECORD lists, one a line, quoted where the path has a comma."""
    firsts = {line.lstrip('"').partition(",")[0].partition("/")[0] for line in read_lines(record)}
    return {first.partition(".")[0] for first in firsts if not first.endswith(".dist-info")} - {""}


def read_lines(file: str) -> Iterator[str]:
    try:
        with open(file, encoding="utf-8", errors="replace") as lines:
            yield from lines
    except OSError:
        return
