"""The fixed program inside a jail: runs one script, then ends.

It runs under ``python3 -s -P -S``; its arguments are modules to import ahead, ``--start`` and a command to start
ahead, or ``--template`` and modules: then it becomes a template, and goes on in each jail that is forked from it. It
imports only modules that a bare interpreter has loaded already, because any other costs CPU time in every execution.
Modules that only a failing script needs are imported when it fails.
"""

from __future__ import annotations

import builtins
import posix
import sys
from _sitebuiltins import Quitter

from .failures import report_exception
from .figures import find_figures
from .files import send_files
from .finish import finalise, remember_modules
from .flags import hide_own_options, tell_command
from .guard import attempt, is_a, text_of, type_name
from .interpreters import CreatorFinder
from .messages import ERROR, FIGURES, READY, VERSION
from .own import _BaseException, _exit, _sleep
from .places import PROGRAM_DIR, SCRIPT_NAME, SITE_PACKAGES, WORK_DIR
from .programs import Waiting, run_program
from .protocol import REPORT_FD, move_requests, receive, send
from .results import failure, parse_arguments
from .rooted import enter_root
from .run import load_session, preflight, rehearse, run
from .surroundings import bound_signals, prepare_surroundings, provide_environment, provide_hosts, provide_stdin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    waiting = prepare()
    send(READY, f"{VERSION} {sys.version.split()[0]}".encode())
    try:
        fields = receive()
    except OSError as error:  # no room for the files of the request
        send(*failure(report_exception(error, "")))
        sleep_until_ended()
    if "hosts" in fields:
        attempt(provide_hosts, fields["hosts"])
    environment = fields.pop("variable")
    provide_environment(environment)
    order = parse_arguments(fields["return_files"].decode()) if "return_files" in fields else None
    figures = None
    if fields["word"]:
        send(*run_program(fields, environment, waiting))
    else:
        if "session" in fields:
            move_requests()
        provide_stdin(fields.get("stdin", b""))
        prepare_surroundings()
        tell_command([SCRIPT_NAME, *(argument.decode() for argument in fields["argument"])])
        if "session" in fields:
            load_session().serve(fields)
        if "root" in fields:
            enter_root(parse_arguments(fields["root"].decode()))
        report = (preflight if "preflight" in fields else run)(fields)
        if order is not None and "memory" in order:
            figures = attempt(find_figures)
        if order is not None or fields["mode"] == b"script":
            attempt(finalise, figures is not None)
        if figures is not None:
            send(FIGURES, b"")
        send(*report)
    if order is not None and (order["globs"] or figures is not None):
        attempt(send_files, order, figures)
    sleep_until_ended()


def prepare() -> Waiting | None:
    """Prepares everything before the job arrives; returns the program that was started ahead, if any."""
    if sys.argv[1:2] == ["--template"]:
        become_template(sys.argv[2:])
        waiting = None
    else:
        waiting = load(sys.argv[1:])
    posix.set_inheritable(REPORT_FD, False)
    bound_signals()
    return waiting


def load(words: list[str]) -> Waiting | None:
    """Prepares what does not depend on the jail."""
    sys.stdout.reconfigure(line_buffering=True)  # ty: ignore[missing-union-attribute]
    sys.path.insert(0, WORK_DIR)
    sys.path.append(SITE_PACKAGES)
    waiting = None
    if words[:1] == ["--start"]:
        waiting = attempt(Waiting, words[1:])
    elif words:
        prepare_surroundings()
        for module in words:
            __import__(module)
    builtins.exit, builtins.quit = Quitter("exit", "Ctrl-D (i.e. EOF)"), Quitter("quit", "Ctrl-D (i.e. EOF)")
    hide_own_options()
    sys.meta_path.insert(0, CreatorFinder)
    rehearse()
    remember_modules()
    return waiting


def become_template(modules: list[str]) -> None:
    """Returns in the interpreter of a jail that was forked from this one, locked down."""
    sys.path.insert(0, PROGRAM_DIR)
    import template

    del sys.path[0]
    for name in [name for name in sys.modules if name.partition(".")[0] == "template"]:
        del sys.modules[name]
    template.begin()
    try:
        load(modules)
        # Without modules of packages, it must not look for one of its own there.
        packages = sys.path.pop() if not modules else None
        template.serve()
    except _BaseException as error:
        template.tell(f"{type_name(error)}: {text_of(error)}")
        _exit(70)
    if packages is not None:
        sys.path.append(packages)
    # The folder has other files in a jail.
    sys.path_importer_cache.pop(WORK_DIR, None)


def sleep_until_ended() -> NoReturn:
    """Yields the processor, because the kernel accounts for the CPU time of a process when it switches away from it.

    The host ends this process within milliseconds, unless the script broke the channel of the report.
    """
    attempt(_sleep, 1)
    _exit(1)


if __name__ == "__main__":
    try:
        main()
    except (
        ImportError
    ) as error:  # a module that was to be imported ahead: the operator's mistake, in the operator's log
        sys.stderr.write(f"{error}\n")
        _exit(70)
    except (
        _BaseException
    ) as error:  # too little memory even for this program: nothing of it may reach the script's stderr
        if is_a(error, MemoryError):
            attempt(send, ERROR, b'{"kind":"runtime_error","type":"MemoryError","message":"","memory":true}')
        _exit(70)
