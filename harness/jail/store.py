"""Writes the files of the job, and the script, to the working directory."""

from __future__ import annotations

import posix
import sys

from .descriptors import write_all
from .guard import attempt
from .own import _close, _len, _open
from .places import WORK_DIR
from .results import failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def make_store(is_kept: bool) -> Callable[[str, bytes], None]:
    """Returns a function that writes files to the working directory from frames; the host has checked the paths.

    In a session, whose script may have changed that folder, files replace others, and the first failure is raised at
    the end: what follows a file has to be read all the same.
    """
    folders: set[bytes] = set()
    current = -1
    failed: OSError | None = None

    def store(name: str, payload: bytes) -> None:
        nonlocal failed
        if not is_kept:
            write(name, payload)
            return
        try:
            if failed is None:
                write(name, f"{WORK_DIR}/".encode() + payload if name == "input_file" else payload)
        except OSError as error:
            failed = error
        if failed is not None and name == "run":
            raise failed

    def write(name: str, payload: bytes) -> None:
        nonlocal current
        if name == "input_data":
            write_all(current, payload)
            return
        if current != -1:
            done, current = current, -1
            _close(done)
        if name == "run":
            # The interpreter may have listed the folder before the files were there.
            sys.path_importer_cache.pop(WORK_DIR, None)
            return
        end = payload.find(b"/", _len(WORK_DIR) + 1 if is_kept else 0)
        while end != -1:
            folder = payload[:end]
            if folder not in folders:
                make_folder(folder)
                folders.add(folder)
            end = payload.find(b"/", end + 1)
        current = _open(payload, flags, 0o644)

    def make_folder(folder: bytes) -> None:
        try:
            posix.mkdir(folder, 0o755)
        except FileExistsError:
            if not is_kept:
                raise

    flags = posix.O_WRONLY | posix.O_CREAT | posix.O_CLOEXEC | posix.O_NOFOLLOW
    flags |= posix.O_TRUNC | posix.O_NONBLOCK if is_kept else posix.O_EXCL

    return store


def place_script(path: str, source: bytes) -> tuple[bytes, bytes] | None:
    """Writes the script to its path; returns the report of a failure."""
    try:
        put_script(path, source)
    except OSError as error:  # no room for it, or a folder of the caller's is in its place
        message = f"The script could not be written to {path}: {error.strerror}"
        return failure({"kind": "runtime_error", "type": "OSError", "message": message})
    return None


# Identity of the script's file as the harness wrote it, by its path in the working directory.
placed: dict[str, tuple[int, int, int]] = {}


def put_script(path: str, source: bytes, more_flags: int = 0) -> None:
    folder = WORK_DIR
    for name in path.split("/")[:-1]:
        folder += "/" + name
        attempt(posix.mkdir, folder)
    target = posix.open(f"{WORK_DIR}/{path}", posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC | more_flags, 0o644)
    try:
        write_all(target, source)
        placed[path] = identify(posix.fstat(target))
    except OSError:
        posix.unlink(f"{WORK_DIR}/{path}")
        raise
    finally:
        posix.close(target)


def identify(status: posix.stat_result) -> tuple[int, int, int]:
    """Returns the identity of a file, which changes when somebody writes to it."""
    return status.st_ino, status.st_size, status.st_mtime_ns
