"""Installs packages of npm: follows common.py.

Members of the request beside those of every build:
    ``kind`` (``packages``, ``lock`` or ``setup_script``)   ``text`` a package.json, or the script
    ``lock`` a package-lock.json
    ``config`` the lines of npm's configuration, with ``{files}``
"""

PROJECT = f"{ROOT}/project"
NPM = "/usr/local/lib/npm/bin/npm-cli.js"
NOT_SENT = (".bin", ".package-lock.json")
# Settings of every build. They follow those of the machine, and so override them.
SETTINGS = {
    "audit": "false",
    "fund": "false",
    "update-notifier": "false",
    "ignore-scripts": "true",
    "bin-links": "false",
    "loglevel": "http",
    "logs-max": "0",
    "progress": "false",
    "cache": f"{ROOT}/cache",
    # All packages come from the registry alone, dependencies included.
    "allow-git": "none",
    "allow-remote": "none",
    "allow-file": "none",
    "allow-directory": "none",
}


def install(request: dict[str, Any]) -> tuple[int, bool, str]:
    environment = prepare(request)
    os.makedirs(PROJECT, exist_ok=True)
    lines = [line.replace("{files}", FILES) for line in request["config"]]
    with open(f"{ROOT}/home/.npmrc", "w") as file:
        file.write("\n".join([*lines, *(f"{name}={value}" for name, value in SETTINGS.items()), ""]))
    write_command("npm", f'exec node {NPM} "$@"')
    environment = {**environment, "TARGET": PROJECT, "NODE_OPTIONS": "--disable-warning=ExperimentalWarning"}
    status, is_full = run(commands(request), environment, PROJECT)
    return status, is_full, f"{PROJECT}/node_modules"


def commands(request: dict[str, Any]) -> list[str]:
    if request["kind"] == "setup_script":
        # npm installs into the nearest parent folder with a package.json.
        with open(f"{PROJECT}/package.json", "w") as file:
            file.write('{"name": "environment", "private": true}')
        with open(f"{ROOT}/source", "w") as file:
            file.write(request["text"])
        return ["/bin/sh", "-e", f"{ROOT}/source"]
    with open(f"{PROJECT}/package.json", "w") as file:
        file.write(request["text"])
    if request["kind"] == "lock":
        with open(f"{PROJECT}/package-lock.json", "w") as file:
            file.write(request["lock"])
        return [f"{ROOT}/bin/npm", "ci", "--omit=dev"]
    return [f"{ROOT}/bin/npm", "install", "--omit=dev", "--no-package-lock"]
