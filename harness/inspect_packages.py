"""Lists the packages of a new environment, and the modules that can be imported. Runs as a script in a jail.

Each import is tried in a process of its own, so that a crash affects no other.
"""

from __future__ import annotations

import importlib.metadata
import os
import select
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import PurePath
    from typing import Any

SECONDS = 60
MOST_PACKAGES, MOST_IMPORTS, MOST_TEXT = 2000, 200, 500


SITE = f"{sys.prefix}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


def module_of(path: PurePath) -> str | None:
    """Returns the top-level name under which a file of a package is imported; None if it is no module."""
    first = path.parts[0]
    if len(path.parts) > 1:
        is_code = path.suffix in (".py", ".so") and first.isidentifier()
        return first if is_code else None
    name = first.split(".")[0]
    return name if path.suffix in (".py", ".so") and name.isidentifier() else None


def packages() -> list[dict[str, Any]]:
    found = []
    for distribution in importlib.metadata.distributions(path=[SITE]):
        files = distribution.files or []
        names = sorted({name for name in map(module_of, files) if name})
        found.append(
            {"name": distribution.metadata["Name"], "version": distribution.version, "imports": names[:MOST_IMPORTS]}
        )
    return sorted(found, key=lambda one: str(one["name"]).lower())[:MOST_PACKAGES]


def loose_modules(known: set[str]) -> list[str]:
    """Returns modules that no package owns, as in a folder that was filled by hand."""
    names = {entry.split(".")[0] for entry in os.listdir(SITE) if entry.endswith((".py", ".so"))}
    names |= {entry for entry in os.listdir(SITE) if os.path.isfile(f"{SITE}/{entry}/__init__.py")}
    return sorted(name for name in names if name.isidentifier() and name not in known)


def shorten(text: str) -> str:
    """Returns head and tail, because some packages give the reason below a page of advice."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_TEXT else f"{line[:150]} … {line[-(MOST_TEXT - 153) :]}"


def complaint(module: str) -> str | None:
    """Imports a module; returns the error, or None."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        os.dup2(1, 2)
        try:
            __import__(module)
            text = ""
        except BaseException as error:
            text = shorten(f"{type(error).__name__}: {error}")
        os.write(writer, text.encode("utf-8", "replace") or b"\0")
        os._exit(0)
    os.close(writer)
    ready, _, _ = select.select([reader], [], [], SECONDS)
    data = os.read(reader, 4 * MOST_TEXT) if ready else b""
    os.close(reader)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if data == b"\0":
        return None
    if data:
        return data.decode("utf-8", "replace")
    return "it takes longer than a minute" if not ready else f"the interpreter crashed (status {status})"


def font_list() -> dict[str, str] | None:
    """Returns the list of fonts, which would take matplotlib a second of CPU time in every jail."""
    os.environ["MPLCONFIGDIR"] = "/tmp/matplotlib"
    os.makedirs("/tmp/matplotlib", exist_ok=True)
    try:
        import matplotlib.font_manager

        name = f"fontlist-v{matplotlib.font_manager.FontManager.__version__}.json"
        with open(f"/tmp/matplotlib/{name}") as file:
            return {"name": name, "text": file.read()}
    except Exception:
        return None


def main(preload: list[str]) -> dict[str, Any]:
    found = packages()
    known = {name for package in found for name in package["imports"]}
    loose = loose_modules(known)
    names = sorted({*(name for name in [*known, *loose] if not name.startswith("_")), *preload})
    flaws = {name: complaint(name) for name in names}
    return {
        "packages": found,
        "loose": loose[:MOST_IMPORTS],
        "broken": [{"module": name, "error": text} for name, text in flaws.items() if text is not None],
        "fonts": font_list() if "matplotlib" in names and flaws.get("matplotlib") is None else None,
    }
