"""The places of a jail, and the name of the script."""

from __future__ import annotations

import sys

WORK_DIR = "/work"
PROGRAM_DIR = "/opt/brig"
SHELL = b"/bin/sh"
SITE_PACKAGES = f"{sys.prefix}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
SCRIPT_NAME = "script.py"
# Frames of a traceback that are the script's: its own file, and modules it brought into its working directory.
OWN_FILES = (SCRIPT_NAME, WORK_DIR + "/")

_script_name = SCRIPT_NAME


def script_name() -> str:
    """The file name that the script is compiled under."""
    return _script_name


def script_path() -> str:
    """Where the script lies, as `__file__` has it: absolute."""
    return _script_name if _script_name[0] == "/" else f"{WORK_DIR}/{_script_name}"


def name_script(path: str) -> None:
    """As CPython has it for a file that it is started with: its path is absolute everywhere but in `sys.argv`."""
    global _script_name
    _script_name = f"{WORK_DIR}/{path}"
    sys.argv[0] = path


def is_own(filename: str) -> bool:
    return filename == OWN_FILES[0] or filename.startswith(OWN_FILES[1])
