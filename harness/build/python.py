"""Installs packages of Python, with pip or uv: follows common.py.

Members of the request beside those of every build:
    ``kind`` (``packages``, ``requirements``, ``lock`` or ``setup_script``)   ``text`` of the source
    ``pip`` pip as a wheel, base64; null where uv, which is in the image, installs
    ``source`` whether set-up programs of packages may run      ``workers`` processes at once
    ``site`` where the packages will lie
"""

import base64
import io
import zipfile

TARGET = f"{ROOT}/packages"
PIP = f"{ROOT}/installer"
# Entries that are not sent: programs for a shell, which no script imports, and uv's lock.
NOT_SENT = ("bin", ".lock")
# uv expands variables in addresses that packages name. Those of indexes hold passwords, so they are passed as options.
UV_INDEXES = {"UV_DEFAULT_INDEX": "--default-index", "UV_INDEX": "--index"}
# pip without addresses in the metadata of packages, the one way in which a package of an index names another place. pip
# would build the source at such an address even when it takes wheels only. It parses addresses with this class.
GUARDED_PIP = """
import sys
sys.path.insert(0, PIP)
from pip._vendor.packaging import requirements
parse = requirements.Requirement.__init__
def parse_name_only(self, text):
    parse(self, text)
    if self.url:
        raise requirements.InvalidRequirement(f"packages come from indexes, by name: not {text!r}")
requirements.Requirement.__init__ = parse_name_only
try:
    requirements.Requirement("x @ https://index.invalid/x.whl")
except requirements.InvalidRequirement:
    pass
else:
    sys.exit("This pip cannot be kept from addresses in the metadata of packages.")
from pip._internal.cli.main import main
sys.exit(main())
"""
# Tests of packages are not compiled: their byte code would be a third of all.
NOT_COMPILED = r"/tests?/"


def install(request: dict[str, Any]) -> tuple[int, bool, str]:
    environment = {**prepare(request), "TARGET": TARGET}
    os.makedirs(TARGET, exist_ok=True)
    source = f"{ROOT}/requirements.txt"
    with open(source, "w") as file:
        file.write(request["text"])
    command, settings = (use_uv if request["pip"] is None else use_pip)(request, source)
    variables = {name: value for name, value in environment.items() if name not in UV_INDEXES}
    status, is_full = run(command, {**variables, **settings}, ROOT)
    if status == 0:
        print("Compiling", flush=True)
        compile_all(request, environment)
    return status, is_full, TARGET


def use_pip(request: dict[str, Any], source: str) -> tuple[list[str], dict[str, str]]:
    """Returns the command, and the settings of pip for it."""
    os.makedirs(PIP, exist_ok=True)
    zipfile.ZipFile(io.BytesIO(base64.b64decode(request["pip"]))).extractall(PIP)
    # pip as a command, for set-up scripts, with the same settings.
    write_command("pip", f'exec "{sys.executable}" -I -B {PIP}/pip "$@"')
    settings = {
        "PIP_TARGET": TARGET,
        # In a variable, pip inverts a flag that begins with `no`. `compile_all` makes the byte code, always the same.
        "PIP_NO_COMPILE": "0",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_NO_INPUT": "1",
        "PIP_PROGRESS_BAR": "off",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_WARN_SCRIPT_LOCATION": "1",
    }
    if not request["source"]:
        settings["PIP_ONLY_BINARY"] = ":all:"
    if request["kind"] == "setup_script":
        return ["/bin/sh", "-e", source], settings
    # With a lock, pip must not install anything that the lock does not name.
    lock = ["--require-hashes"] if request["kind"] == "lock" else []
    guarded = [sys.executable, "-I", "-B", "-c", GUARDED_PIP.replace("PIP", repr(PIP), 1)]
    return [*guarded, "install", *lock, "--requirement", source], settings


def use_uv(request: dict[str, Any], source: str) -> tuple[list[str], dict[str, str]]:
    settings = {
        "UV_CACHE_DIR": f"{ROOT}/cache",
        "UV_LINK_MODE": "hardlink",
        "UV_NO_CONFIG": "1",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PYTHON": sys.executable,
        "UV_CONCURRENT_INSTALLS": str(max(1, int(request["workers"]))),
        "NO_COLOR": "1",
    }
    options = ["--require-hashes"] if request["kind"] == "lock" else []
    # uv takes this setting of pip as an option only.
    if request["variables"].get("UV_NO_INDEX") == "true":
        options.append("--no-index")
    for name, option in UV_INDEXES.items():
        for address in request["variables"].get(name, "").split():
            options += [option, address]
    if not request["source"]:
        options += ["--only-binary", ":all:"]
    return ["uv", "pip", "install", *options, "--target", TARGET, "--requirement", source], settings


def compile_all(request: dict[str, Any], environment: dict[str, str]) -> None:
    workers = str(max(1, int(request["workers"])))
    program = [
        "-m",
        "compileall",
        "-f",
        "-q",
        "-j",
        workers,
        "-x",
        NOT_COMPILED,
        "--invalidation-mode",
        "unchecked-hash",
    ]
    # Ignores the status: some files of packages cannot be compiled (templates, syntax of other versions).
    command = [sys.executable, "-I", "-B", *program, "-s", TARGET, "-p", request["site"], TARGET]
    subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
