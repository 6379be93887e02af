"""Makes this interpreter a template, from which the interpreters of jails are forked.

It loads modules, and then calls machine code (src/sandbox/nsjail/image/template-program.ts), which forks a process for
each table of system calls that the service sends, and returns in the interpreter of each jail. The template itself
never returns from there, runs no Python any more, and reads nothing but tables.
"""

from __future__ import annotations

import _signal
import gc
import posix

# The harness needs it in each jail.
import resource  # noqa: F401
import sys

from template import machine, reseed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Place of the log of a jail; socket of tables, in the place of its report; /dev/null of the host.
LOG_FD, CONTROL_FD, NOTHING_FD = 3, 4, 5
READY = b"ready"
MAX_REASON = 4096


class Unfit(Exception):
    """Jails cannot be forked from this interpreter, for a reason to be told."""


def begin() -> None:
    """Makes output go nowhere. The streams of Python were made for pipes, as in a jail: they know what these can do."""
    for descriptor in (1, 2):
        posix.dup2(NOTHING_FD, descriptor, True)
    posix.close(NOTHING_FD)


def tell(reason: str) -> None:
    """Tells the starter why there is no template."""
    posix.write(CONTROL_FD, reason.encode("utf-8", "replace")[:MAX_REASON])


def serve() -> None:
    """Waits for tables. Returns in the interpreter of a jail, when that is locked down. Raises Unfit."""
    own = machine.Machine()
    handlers = release_signals()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    stop_threads()
    gc.collect()
    # Children share what they do not touch: a collection would write to every object.
    gc.disable()
    gc.freeze()
    own.before_fork()
    check()
    posix.write(CONTROL_FD, READY)
    own.serve()
    own.after_fork()
    gc.enable()
    for number, handler in handlers.items():
        _signal.signal(number, handler)
    reseed.reseed()


def release_signals() -> dict[int, Callable[..., Any] | int]:
    """Gives signals their default actions, those of the init process of a jail; returns what they were handled by.

    The kernel spares the first process signals for which it has no handler.
    """
    handlers = {}
    for number in _signal.valid_signals():
        handler = _signal.getsignal(number)
        if handler is not None and handler != _signal.SIG_DFL:
            handlers[number] = handler
            _signal.signal(number, _signal.SIG_DFL)
    return handlers


def stop_threads() -> None:
    """Numerical libraries end their pools of threads when the process forks, and make them again when they are used."""
    if count_threads() == 1:
        return
    pid = posix.fork()
    if pid == 0:
        posix._exit(0)
    posix.waitpid(pid, 0)


def count_threads() -> int:
    return len(posix.listdir("/proc/self/task"))


def check() -> None:
    """Refuses what a fork would tear apart, or what a script would inherit."""
    threads = count_threads()
    if threads != 1:
        raise Unfit(f"its modules started threads: {threads} run, and a fork has one")
    # The lowest free number, that of the log of a jail, is the folder itself.
    descriptors = sorted(int(name) for name in posix.listdir("/proc/self/fd"))
    if descriptors != [0, 1, 2, LOG_FD, CONTROL_FD]:
        raise Unfit(f"its modules keep files open: it has the descriptors {descriptors}")
    caught = read_status(b"SigCgt")
    if caught != 0:
        raise Unfit(f"its modules handle signals, in code of their own: {caught:x}")


def read_status(name: bytes) -> int:
    descriptor = posix.open("/proc/self/status", posix.O_RDONLY)
    status = posix.read(descriptor, 1 << 16)
    posix.close(descriptor)
    return int(status.partition(name + b":")[2].split(None, 1)[0], 16)
