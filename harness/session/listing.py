"""Lists the files of the working directory."""

from __future__ import annotations

import posix

import __main__ as harness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_FILES = 1000
# Entries to look at: far more than the working directory has room for.
MAX_ENTRIES = 100_000


def list_files() -> dict[str, Any]:
    """Returns regular files by name, depth first; links are not followed."""
    found: list[dict[str, Any]] = []
    pending, left = [""], MAX_ENTRIES
    while pending:
        folder = pending.pop()
        try:
            names = sorted(posix.listdir(f"{harness.WORK_DIR}/{folder}"))
        except OSError:
            continue
        folders: list[str] = []
        for name in names:
            left -= 1
            if left < 0 or len(found) >= MAX_FILES:
                return {"files": found, "complete": False}
            entry = describe(folder + name)
            if isinstance(entry, str):
                folders.append(entry)
            elif entry is not None:
                found.append(entry)
        pending.extend(reversed(folders))
    return {"files": found, "complete": True}


def describe(path: str) -> dict[str, Any] | str | None:
    """Describes a file; returns the path of a folder, and None for anything else."""
    try:
        path.encode()
        status = posix.lstat(f"{harness.WORK_DIR}/{path}")
    except (OSError, UnicodeEncodeError):
        return None
    kind = status.st_mode & 0o170000
    if kind == 0o040000:
        return None if path.endswith("__pycache__") else path + "/"
    return {"path": path, "size": status.st_size, "modified": status.st_mtime} if kind == 0o100000 else None
