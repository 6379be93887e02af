"""Paths in a jail, and the name of the script."""

from __future__ import annotations

import sys

WORK_DIR = "/work"
PROGRAM_DIR = "/opt/brig"
SHELL = b"/bin/sh"
SITE_PACKAGES = f"{sys.prefix}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
SCRIPT_NAME = "script.py"
# File names of the cells of a session begin so.
CELL_NAME = "In ["
# File names of the script's own frames: its own file, and modules in its working directory.
OWN_FILES = (SCRIPT_NAME, WORK_DIR + "/")

_script_name = SCRIPT_NAME


def script_name() -> str:
    """Returns the file name under which the script is compiled."""
    return _script_name


def script_path() -> str:
    """Returns the absolute path of the script, for `__file__`."""
    return _script_name if _script_name[0] == "/" else f"{WORK_DIR}/{_script_name}"


def name_script(path: str) -> None:
    """Names the script as CPython names the file it is started with: absolute everywhere but in `sys.argv`."""
    global _script_name
    _script_name = f"{WORK_DIR}/{path}"
    sys.argv[0] = path


def name_cell(number: int) -> str:
    """Names a cell of a session; no file has its source."""
    global _script_name
    _script_name = f"{CELL_NAME}{number}]"
    return _script_name


def is_own(filename: str) -> bool:
    return filename == OWN_FILES[0] or filename.startswith((OWN_FILES[1], CELL_NAME))
