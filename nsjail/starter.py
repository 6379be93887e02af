"""Starts the jails of one service, on the host: a fork of this small process costs a fifth of a fork of the service.

Run as ``python3 -I -S -B starter.py``. Commands come on standard input, answers go to standard output; both are frames of four
bytes of length (big endian) and a payload of fields that are separated by NUL:

    ``start`` id, number of cgroup files, number of variables, cgroup files, variables, arguments of the command
    ``kill`` id       SIGKILL, unless the process was reaped already: its pid may be another's then

    ``started`` id, pid, four descriptors of this process: request (to write), stdout, stderr, report (to read)
    ``failed`` id, why
    ``ended`` id, all that nsjail said

The service opens the four through /proc/PID/fd (proc(5)); the copies here are closed when the jail has ended. At the end of its input, which is the end of the service however it
came, this process kills what still runs and ends.
"""

import _signal
import errno
import posix
import resource
import select
import sys

LOG_FD, REPORT_FD = 3, 4
# nsjail writes some 20 lines; more of them would be a fault of ours.
MAX_LOG = 64 * 1024
# Who stops the service by its process group or its terminal stops the service, which then ends its jails.
NOT_FOR_US = (_signal.SIGHUP, _signal.SIGINT, _signal.SIGTERM)
# What is ignored here, the last two by Python, and what no program expects to be ignored.
IGNORED = (*NOT_FOR_US, _signal.SIGPIPE, _signal.SIGXFSZ)
DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)


class Child:
    def __init__(self, pid, log, ends):
        self.pid, self.log, self.ends = pid, log, ends


children = {}


def send(*fields):
    payload = b"\0".join(field if isinstance(field, bytes) else str(field).encode() for field in fields)
    view = memoryview(len(payload).to_bytes(4, "big") + payload)
    while view:
        view = view[posix.write(1, view) :]


def start(name, joins, variables, *rest):
    joins, variables = int(joins), int(variables)
    files, environment, command = rest[:joins], rest[joins : joins + variables], rest[joins + variables :]
    opened = []
    try:
        ours, theirs = [], []
        for is_for_input in (True, False, False, False):
            pair = posix.pipe2(posix.O_CLOEXEC)
            opened += pair
            ours.append(pair[1] if is_for_input else pair[0])
            theirs.append(pair[0] if is_for_input else pair[1])
        log = posix.memfd_create("log")
        opened.append(log)
        pid = posix.fork()
    except OSError as error:
        for descriptor in opened:
            posix.close(descriptor)
        send(b"failed", name, posix.strerror(error.errno))
        return
    if pid == 0:
        become(command, environment, files, log, *theirs)
    for descriptor in theirs:
        posix.close(descriptor)
    children[name] = Child(pid, log, ours)
    send(b"started", name, pid, *ours)


def become(command, environment, files, log, request, stdout, stderr, report):
    """In the child: enters its cgroup, before there is anything of the jail, and becomes nsjail."""
    try:
        for file in files:
            descriptor = posix.open(file, posix.O_WRONLY)
            posix.write(descriptor, b"0")
            posix.close(descriptor)
        for descriptor, place in ((request, 0), (stdout, 1), (stderr, 2), (log, LOG_FD), (report, REPORT_FD)):
            posix.dup2(descriptor, place)
        for signal in IGNORED:
            _signal.signal(signal, _signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_NOFILE, DESCRIPTORS)
        posix.execve(command[0], command, dict(variable.split(b"=", 1) for variable in environment))
    except BaseException as error:
        posix.write(log, b"[F] The jail's command could not be run: " + str(error).encode() + b"\n")
    posix._exit(127)


def kill(name):
    if name in children:
        posix.kill(children[name].pid, _signal.SIGKILL)


def reap():
    while children:
        try:
            pid, _ = posix.waitpid(-1, posix.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        name = next((name for name, child in children.items() if child.pid == pid), None)
        if name is None:
            continue
        child = children.pop(name)
        for descriptor in child.ends:
            posix.close(descriptor)
        said = posix.pread(child.log, MAX_LOG, 0)
        posix.close(child.log)
        send(b"ended", name, said.replace(b"\0", b""))


COMMANDS = {b"start": start, b"kill": kill}


def obey(buffer):
    """Carries out the whole commands at the front of the buffer, and takes them out of it."""
    while len(buffer) >= 4:
        end = 4 + int.from_bytes(buffer[:4], "big")
        if len(buffer) < end:
            return
        command, *fields = bytes(buffer[4:end]).split(b"\0")
        del buffer[:end]
        COMMANDS[command](*fields)


def main():
    for signal in NOT_FOR_US:
        _signal.signal(signal, _signal.SIG_IGN)
    # Five descriptors for each jail.
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS[1], DESCRIPTORS[1]))
    wake, waker = posix.pipe2(posix.O_CLOEXEC | posix.O_NONBLOCK)
    _signal.signal(_signal.SIGCHLD, lambda *_: None)
    _signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    poller = select.poll()
    poller.register(0, select.POLLIN)
    poller.register(wake, select.POLLIN)
    buffer = bytearray()
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == wake:
                posix.read(wake, 4096)
                reap()
                continue
            chunk = posix.read(0, 1 << 16)
            if not chunk:
                return
            buffer += chunk
            obey(buffer)


# The descriptors that a jail gets are none of this process's own.
while posix.open("/dev/null", posix.O_RDWR | posix.O_CLOEXEC) < REPORT_FD:
    pass
try:
    main()
except OSError as error:  # a service that reads no answers is gone
    if error.errno != errno.EPIPE:
        raise
finally:
    for name in children:
        kill(name)
