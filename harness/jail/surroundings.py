"""Sets up the surroundings of a script: its input, variables, processors and limits."""

from __future__ import annotations

import posix
import sys
import time

from .descriptors import write_all
from .guard import attempt
from .own import _len, _write
from .places import SITE_PACKAGES

MAX_PENDING_SIGNALS = 1024
# Bytes that a pipe holds (pipe(7)).
MAX_PIPED = 65_536


def provide_stdin(content: bytes) -> None:
    """Makes descriptor 0 a pipe with the script's input, or a file where it does not fit into a pipe."""
    source = fill_pipe(*posix.pipe(), content)
    if source is None:
        source = posix.memfd_create("stdin")
        write_all(source, content)
        posix.lseek(source, 0, 0)
    posix.dup2(source, 0, True)
    posix.close(source)


def fill_pipe(reader: int, writer: int, content: bytes) -> int | None:
    """Closes a pipe that holds the content; returns its end for reading, or None when there is no room.

    The kernel makes pipes smaller for a user who has many of them.
    """
    fits = _len(content) <= MAX_PIPED
    if content and fits:
        posix.set_blocking(writer, False)
        fits = attempt(_write, writer, content) == _len(content)
    posix.close(writer)
    if fits:
        return reader
    posix.close(reader)
    return None


def provide_environment(variables: list[bytes]) -> None:
    """Sets variables before `os` is imported, which copies this dictionary."""
    for variable in variables:
        name, _, value = variable.partition(b"=")
        posix.environ[name] = value
        posix.putenv(name, value)
    if b"TZ" in posix.environ:
        time.tzset()


def provide_hosts(content: bytes) -> None:
    """Writes /etc/hosts, which is a link into a folder of this jail."""
    target = posix.open("/etc/hosts", posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, 0o644)
    write_all(target, content)
    posix.close(target)


def tell_cpu_count(count: int) -> None:
    """Limits the number of processors that the script sees; `os` takes these functions when it is imported."""
    real = posix.sched_getaffinity
    count = min(count, _len(real(0)))

    def cpu_count() -> int:
        """Processors that this script may keep busy."""
        return count

    def sched_getaffinity(pid: int, /) -> set[int]:
        """Processors that this script may keep busy, as many as its limit allows."""
        cpus = real(pid)
        return cpus if _len(cpus) <= count else {*sorted(cpus)[:count]}

    for name in ("posix", "os"):
        if name in sys.modules:
            sys.modules[name].__dict__.update(cpu_count=cpu_count, sched_getaffinity=sched_getaffinity)


def prepare_surroundings() -> None:
    """Applies the variables that the service sets for the harness."""
    count = posix.environ.get(b"PYTHON_CPU_COUNT", b"")
    if count.isdigit():
        tell_cpu_count(int(count))
    fonts = posix.environ.pop(b"BRIG_FONTS", None)
    if fonts is not None:
        posix.unsetenv(b"BRIG_FONTS")
        attempt(provide_fonts, fonts, posix.environ.get(b"MPLCONFIGDIR", b"/tmp/.matplotlib"))


def provide_fonts(name: bytes, folder: bytes) -> None:
    """Links the list of fonts to the place where matplotlib looks for it; making it anew takes a second."""
    posix.mkdir(folder)
    posix.symlink(SITE_PACKAGES.encode() + b"/.brig/" + name, folder + b"/" + name)


def bound_signals() -> None:
    """Bounds queued signals and timers. The kernel also charges them to root, the creator of the user namespace.

    This is set here and not for nsjail, because a limit at the creation of the namespace bounds all jails together.
    """
    import resource

    _, ceiling = resource.getrlimit(resource.RLIMIT_SIGPENDING)
    most = MAX_PENDING_SIGNALS if ceiling == resource.RLIM_INFINITY else min(ceiling, MAX_PENDING_SIGNALS)
    resource.setrlimit(resource.RLIMIT_SIGPENDING, (most, most))
