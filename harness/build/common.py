"""The fixed program inside a build jail: installs packages into a folder, then sends the folder's files.

Runs under ``python3 -I -S -B -X utf8 -c``: this file, that of the installer (python.py or npm.py, which says how in
``install``), and a call of ``main``. It leaves out ``NOT_SENT``, the installer's own files among the packages.
It writes only to the jail's own /work, whose size bounds the build.

From the host, on descriptor 0, one line of JSON, an object (its end comes with the jail's only):
    ``variables`` environment of the installer       ``files`` texts by name, for ``{files}`` in variables
    and more for each installer

To the host: lines for a person on descriptor 1; on descriptor 4 one JSON line for each file, followed by its bytes:
    ``{"path": …, "mode": …, "size": …}``   ``{"path": …, "link": …}``
    and last ``{"done": true}`` or ``{"failed": reason}``

The host treats all of it as hostile: code of a package may have run in this jail.
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    # Returns the status, whether the disk was full, and the folder to send.
    Install = Callable[[dict[str, Any]], tuple[int, bool, str]]

REPORT_FD = 4
ROOT = "/work"
FILES = f"{ROOT}/files"
ENOSPC_WORDS = re.compile(r"No space left on device|\[Errno 28\]|ENOSPC|Disk quota exceeded|os error 28")


def write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(REPORT_FD, view) :]


def send(record: dict[str, object]) -> None:
    write(json.dumps(record).encode() + b"\n")


def prepare(request: dict[str, Any]) -> dict[str, str]:
    for folder in (FILES, f"{ROOT}/home", f"{ROOT}/tmp", f"{ROOT}/bin"):
        os.makedirs(folder, exist_ok=True)
    for name, text in request["files"].items():
        with open(f"{FILES}/{name}", "w") as file:
            file.write(text)
    variables = {name: value.replace("{files}", FILES) for name, value in request["variables"].items()}
    return {**os.environ, **variables, "PATH": f"{ROOT}/bin:{os.environ['PATH']}"}


def write_command(name: str, line: str) -> None:
    with open(f"{ROOT}/bin/{name}", "w") as file:
        file.write(f"#!/bin/sh\n{line}\n")
    os.chmod(f"{ROOT}/bin/{name}", 0o755)


def run(command: list[str], environment: dict[str, str], folder: str) -> tuple[int, bool]:
    """Runs a program and passes on its output line by line; returns its status, and whether it reported a full disk."""
    child = subprocess.Popen(
        command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    is_full = False
    for line in child.stdout:
        text = line[:8000].decode("utf-8", "replace")
        is_full = is_full or ENOSPC_WORDS.search(text) is not None
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    return child.wait(), is_full


def send_files(target: str) -> None:
    for folder, folders, names in os.walk(target):
        if folder == target:
            folders[:] = [name for name in folders if name not in NOT_SENT]
            names = [name for name in names if name not in NOT_SENT]
        folders.sort()
        for name in sorted([*names, *(name for name in folders if os.path.islink(os.path.join(folder, name)))]):
            file = os.path.join(folder, name)
            send_file(file, os.path.relpath(file, target))


def send_file(file: str, path: str) -> None:
    state = os.lstat(file)
    if stat.S_ISLNK(state.st_mode):
        send({"path": path, "link": os.readlink(file)})
        return
    if not stat.S_ISREG(state.st_mode):
        raise ValueError(f"{path} is no file")
    send({"path": path, "mode": 0o755 if state.st_mode & 0o100 else 0o644, "size": state.st_size})
    with open(file, "rb", buffering=0) as source:
        while chunk := source.read(1 << 20):
            write(chunk)


def work(install: Install) -> None:
    os.set_inheritable(REPORT_FD, False)
    status, is_full, target = install(json.loads(sys.stdin.readline()))
    if status != 0:
        send({"failed": "disk_limit" if is_full else "install_failed"})
        return
    print("Copying", flush=True)
    send_files(target)
    send({"done": True})


def main(install: Install) -> None:
    try:
        work(install)
    except OSError as error:
        print(error, flush=True)
        send({"failed": "disk_limit" if error.errno == 28 else "install_failed"})
    except Exception as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        send({"failed": "install_failed"})
