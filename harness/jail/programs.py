"""Runs a script in another program than this interpreter."""

from __future__ import annotations

import posix

from .descriptors import read_file, write_all
from .guard import attempt
from .messages import PRODUCT, RESULT
from .own import _close
from .places import SHELL, SITE_PACKAGES
from .results import failure, to_json
from .store import place_script
from .surroundings import fill_pipe, provide_stdin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Descriptor from which a program that was started ahead reads its job, and the variable that holds its number.
JOB_FD = 9
JOB_VARIABLE = b"BRIG_JOB_FD"
# Variables that programs and their libraries read at their start: a waiting program could not be given them.
VARIABLES_OF_START = (b"NODE_", b"UV_", b"TZ", b"LC_", b"LANG", b"ICU_", b"SSL_", b"OPENSSL_", b"MALLOC_")
# Signals that this interpreter ignores: SIGPIPE and SIGXFSZ always, SIGINT while it waits. A program must not inherit
# that.
SIGINT, SIGKILL = 2, 9
IGNORED_SIGNALS = (SIGINT, 13, 25)


class Waiting:
    """Program that is started before its job arrives, and reads the job from a pipe."""

    def __init__(self, command: list[str]) -> None:
        self.command = [word.encode() for word in command]
        # The harness keeps both ends until the job is there: an input that does not fit is a job for another program.
        self.stdin = posix.pipe()
        theirs, self.channel = posix.pipe()
        self.pid = posix.posix_spawn(
            command[0],
            command,
            {**posix.environ, JOB_VARIABLE: b"%d" % JOB_FD},
            setsid=True,
            setsigdef=IGNORED_SIGNALS,
            file_actions=[(posix.POSIX_SPAWN_DUP2, self.stdin[0], 0), (posix.POSIX_SPAWN_DUP2, theirs, JOB_FD)],
        )
        _close(theirs)

    def take(self, fields: dict[str, Any], environment: list[bytes]) -> int | None:
        """Gives the program its job and returns its pid; ends it and returns None when it does not suit the job."""
        reader = fill_pipe(*self.stdin, fields.get("stdin", b""))
        suits = self.command == fields["word"] and not any(one.startswith(VARIABLES_OF_START) for one in environment)
        try:
            if reader is None or not suits:
                return posix.kill(self.pid, SIGKILL)
            variables = dict(one.decode().split("=", 1) for one in environment)
            arguments = [argument.decode() for argument in fields["argument"]]
            write_all(self.channel, to_json({"arguments": arguments, "variables": variables}))
            return self.pid
        except OSError:
            return attempt(posix.kill, self.pid, SIGKILL)
        finally:
            _close(self.channel)
            attempt(_close, reader)


def run_program(fields: dict[str, Any], environment: list[bytes], waiting: Waiting | None) -> tuple[bytes, bytes]:
    """Runs a program as a child; this process tells how it ended, and sends its files afterwards."""
    refused = place_script(fields["script_file"].decode(), fields["script"]) if "script_file" in fields else None
    if refused is not None:
        return refused
    import _signal

    # As pid 1 this process only gets signals that it handles, and the interpreter handles this one.
    _signal.signal(SIGINT, _signal.SIG_IGN)
    pid = waiting.take(fields, environment) if waiting is not None else None
    provide_stdin(b"" if pid else fields.get("stdin", b""))
    command = fields["word"] + fields["argument"]
    if command[0] == SHELL:
        # The interpreters of some distributions do not look for packages in the folder where they are mounted.
        posix.environ.setdefault(b"PYTHONPATH", SITE_PACKAGES.encode())
    try:
        # In a session of its own, so that a signal to its process group misses this process.
        pid = pid or posix.posix_spawn(command[0], command, posix.environ, setsid=True, setsigdef=IGNORED_SIGNALS)
    except OSError as error:
        message = f"The program could not be started: {error.strerror}"
        return failure({"kind": "runtime_error", "type": "OSError", "message": message})
    status = wait_for_end(pid)
    if posix.WIFSIGNALED(status):
        return failure({"kind": "signalled", "signal": posix.WTERMSIG(status)})
    if posix.WEXITSTATUS(status) != 0:
        return failure({"kind": "exited", "code": posix.WEXITSTATUS(status)})
    return (PRODUCT, read_file(fields["product_file"])) if "product_file" in fields else (RESULT, b"null")


def wait_for_end(pid: int) -> int:
    """Returns the status of a child. Other ended processes are orphans, which become children of pid 1."""
    while True:
        ended, status = posix.waitpid(-1, 0)
        if ended == pid:
            return status
