"""The fixed program inside a build jail: installs packages into a folder, then sends the folder's files.

Runs under ``python3 -I -S -B -X utf8 -c``; everything it writes lies in the jail's own /work, whose size bounds the build.

From the host, on descriptor 0, one line of JSON, an object (its end comes with the jail's only):
    ``kind`` (``packages``, ``requirements``, ``lock`` or ``setup_script``)   ``text`` of the source
    ``installer`` pip as a wheel, base64       ``variables`` environment of pip       ``files`` texts by name, for ``{files}`` in variables
    ``source`` whether set-up programs of packages may run                    ``workers`` processes at once
    ``site`` where the packages will lie

To the host: lines for a person on descriptor 1; on descriptor 4 one JSON line for each file, followed by its bytes:
    ``{"path": …, "mode": …, "size": …}``   ``{"path": …, "link": …}``   and last ``{"done": true}`` or ``{"failed": reason}``

The host treats all of it as hostile: code of a package may have run in this jail.
"""

import base64
import io
import json
import os
import re
import stat
import subprocess
import sys
import zipfile

REPORT_FD = 4
ROOT = "/work"
TARGET, FILES, INSTALLER = f"{ROOT}/packages", f"{ROOT}/files", f"{ROOT}/installer"
ENOSPC_WORDS = re.compile(r"No space left on device|\[Errno 28\]|Disk quota exceeded")
# Data of tests is kept as it is; byte code of tests would be a third of all.
NOT_COMPILED = r"/tests?/"


def write(data):
    view = memoryview(data)
    while view:
        view = view[os.write(REPORT_FD, view) :]


def send(record):
    write(json.dumps(record).encode() + b"\n")


def prepare(request):
    for folder in (TARGET, FILES, INSTALLER, f"{ROOT}/home", f"{ROOT}/tmp", f"{ROOT}/bin"):
        os.makedirs(folder, exist_ok=True)
    for name, text in request["files"].items():
        with open(f"{FILES}/{name}", "w") as file:
            file.write(text)
    zipfile.ZipFile(io.BytesIO(base64.b64decode(request["installer"]))).extractall(INSTALLER)
    variables = {name: value.replace("{files}", FILES) for name, value in request["variables"].items()}
    # pip as a command, for set-up scripts, with the same settings.
    with open(f"{ROOT}/bin/pip", "w") as file:
        file.write(f'#!/bin/sh\nexec "{sys.executable}" -I -B {INSTALLER}/pip "$@"\n')
    os.chmod(f"{ROOT}/bin/pip", 0o755)
    return {**os.environ, **variables, "PATH": f"{ROOT}/bin:{os.environ['PATH']}", "TARGET": TARGET}


def commands(request):
    """What is run, one after the other, and the settings of pip that go with it."""
    settings = {
        "PIP_TARGET": TARGET,
        # Not PIP_NO_COMPILE: pip reads its value as that of `compile`.
        "PIP_COMPILE": "0",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_NO_INPUT": "1",
        "PIP_PROGRESS_BAR": "off",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_WARN_SCRIPT_LOCATION": "1",
    }
    if not request["source"]:
        settings["PIP_ONLY_BINARY"] = ":all:"
    source = f"{ROOT}/source"
    with open(source, "w") as file:
        file.write(request["text"])
    if request["kind"] == "setup_script":
        return ["/bin/sh", "-e", source], settings
    # Without a lock pip would install what it was told to find: nothing else is looked up.
    lock = ["--require-hashes"] if request["kind"] == "lock" else []
    return [f"{ROOT}/bin/pip", "install", *lock, "--requirement", source], settings


def run(command, environment):
    """Passes a program's words on line by line; its status, and whether it spoke of a full disk."""
    child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    is_full = False
    for line in child.stdout:
        text = line[:2000].decode("utf-8", "replace")
        is_full = is_full or ENOSPC_WORDS.search(text) is not None
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    return child.wait(), is_full


def compile_all(request, environment):
    workers = str(max(1, int(request["workers"])))
    # Byte code that is there already is bound to times of files, which are others in the environment: it would never be used.
    program = ["-m", "compileall", "-f", "-q", "-j", workers, "-x", NOT_COMPILED, "--invalidation-mode", "unchecked-hash"]
    # Some files of packages are not meant to compile (templates, other versions' syntax): its status says nothing.
    command = [sys.executable, "-I", "-B", *program, "-s", TARGET, "-p", request["site"], TARGET]
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def send_files():
    for folder, folders, names in os.walk(TARGET):
        folders.sort()
        # Programs for a shell: nothing that a script imports.
        if folder == TARGET and "bin" in folders:
            folders.remove("bin")
        for name in sorted([*names, *(name for name in folders if os.path.islink(os.path.join(folder, name)))]):
            file = os.path.join(folder, name)
            send_file(file, os.path.relpath(file, TARGET))


def send_file(file, path):
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


def main():
    os.set_inheritable(REPORT_FD, False)
    request = json.loads(sys.stdin.readline())
    environment = prepare(request)
    command, settings = commands(request)
    status, is_full = run(command, {**environment, **settings})
    if status != 0:
        send({"failed": "disk_limit" if is_full else "install_failed"})
        return
    print("Compiling", flush=True)
    compile_all(request, environment)
    print("Copying", flush=True)
    send_files()
    send({"done": True})


try:
    main()
except OSError as error:
    print(error, flush=True)
    send({"failed": "disk_limit" if error.errno == 28 else "install_failed"})
except Exception as error:
    print(f"{type(error).__name__}: {error}", flush=True)
    send({"failed": "install_failed"})
