"""Starts the jails of one service, on the host: a fork of this small process costs a fifth of a fork of the service.

Run as ``python3 -I -S -B starter.py``. Commands come on standard input, answers go to standard output; both are frames
of four bytes of length (big endian) and a payload of fields that are separated by NUL:

    ``start`` id, number of cgroup files, number of variables, cgroup files, variables, arguments of the command
    ``kill`` id       SIGKILL, unless the process was reaped already: its pid may be another's then

    ``started`` id, pid of the starter, four of its descriptors: request (to write), stdout, stderr, report (to read)
    ``failed`` id, why
    ``ended`` id, all that nsjail said; nothing of the jail runs any more

The service opens the four through /proc/PID/fd (proc(5)); the copies here are closed when the jail has ended.

Two processes run this file: the keeper, which the service started, and its child, the starter. Orphans below one of
them become its children (PR_SET_CHILD_SUBREAPER), the first process of a jail included, and are killed, whatever a
script did to its parent-death signal. The pid of a child is not reused until its parent has waited for it. The starter
ends its jails when its input ends, which happens whenever the service ends, or when the keeper is gone; the keeper
ends them when the starter is gone.
"""

import _signal
import ctypes
import errno
import posix
import resource
import select

LOG_FD, REPORT_FD = 3, 4
# Maximum bytes read of a log. nsjail writes some 20 lines.
MAX_LOG = 64 * 1024
# Signals to the process group or terminal of the service. The service handles them, and then ends its jails.
NOT_FOR_US = (_signal.SIGHUP, _signal.SIGINT, _signal.SIGTERM)
# Signals ignored here, the last two by Python. nsjail gets the default actions back.
IGNORED = (*NOT_FOR_US, _signal.SIGPIPE, _signal.SIGXFSZ)
DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)
# Limits that the kernel counts for all user namespaces of one creator together, up to the creator's own limit.
SHARED_LIMITS = (resource.RLIMIT_NPROC, resource.RLIMIT_SIGPENDING)
# linux/prctl.h
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
# When the host runs out of memory, the kernel kills jails first.
OOM_SCORE_ADJ = b"1000"
UNUSED = (ctypes.c_ulong(0),) * 3

libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """A jail: the process of nsjail, and after its end the processes that it orphaned."""

    def __init__(self, pid, log, ends, has_cgroup):
        self.pid, self.log, self.ends, self.has_cgroup = pid, log, ends, has_cgroup
        self.orphans = set()


# Jails by the service's names: those whose nsjail runs, and those with processes left.
children, ending = {}, {}


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
        parent = posix.getpid()
        pid = posix.fork()
    except OSError as error:
        for descriptor in opened:
            posix.close(descriptor)
        send(b"failed", name, posix.strerror(error.errno))
        return
    if pid == 0:
        become(parent, command, environment, files, log, *theirs)
    for descriptor in theirs:
        posix.close(descriptor)
    children[name] = Child(pid, log, ours, bool(files))
    send(b"started", name, parent, *ours)


def become(parent, command, environment, files, log, request, stdout, stderr, report):
    """Enters the cgroup, before any process of the jail exists, and becomes nsjail. Runs in the child."""
    try:
        # Kept across execve. The next line notices a parent that ended before this one.
        libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(_signal.SIGKILL), *UNUSED)
        if posix.getppid() != parent:
            posix._exit(127)
        for file in files:
            write(file, b"0")
        yield_to_the_host()
        for descriptor, place in ((request, 0), (stdout, 1), (stderr, 2), (log, LOG_FD), (report, REPORT_FD)):
            posix.dup2(descriptor, place)
        for signal in IGNORED:
            _signal.signal(signal, _signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_NOFILE, DESCRIPTORS)
        posix.execve(command[0], command, dict(variable.split(b"=", 1) for variable in environment))
    except BaseException as error:
        posix.write(log, b"[F] The jail's command could not be run: " + str(error).encode() + b"\n")
    posix._exit(127)


def write(file, content):
    descriptor = posix.open(file, posix.O_WRONLY)
    posix.write(descriptor, content)
    posix.close(descriptor)


def yield_to_the_host():
    try:
        write("/proc/self/oom_score_adj", OOM_SCORE_ADJ)
    except OSError:
        # A container may keep it from being written.
        pass


def kill(name):
    if name in children:
        destroy(children[name].pid)


def destroy(pid):
    try:
        posix.kill(pid, _signal.SIGKILL)
    except OSError:
        # The child runs as another user for a moment (newuidmap, for example), and ends by itself.
        pass


def list_own():
    """Returns the pids of all children of this process that nobody has waited for."""
    own, found = str(posix.getpid()).encode(), []
    for name in posix.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            descriptor = posix.open(f"/proc/{name}/stat", posix.O_RDONLY | posix.O_CLOEXEC)
        except OSError:
            continue
        try:
            stat = posix.read(descriptor, 4096)
        except OSError:
            continue
        finally:
            posix.close(descriptor)
        # pid (command) state parent …
        if stat.rpartition(b")")[2].split()[1:2] == [own]:
            found.append(int(name))
    return found


def reap():
    while True:
        try:
            pid, _ = posix.waitpid(-1, posix.WNOHANG)
        except ChildProcessError:
            pid = 0
        if pid == 0:
            break
        name = next((name for name, child in children.items() if child.pid == pid), None)
        if name is not None:
            ending[name] = children.pop(name)
        for child in ending.values():
            child.orphans.discard(pid)
    for name in [name for name, child in ending.items() if not child.orphans]:
        # The end of an orphan may have made orphans of its own children.
        end_orphans(ending[name])
        if not ending[name].orphans:
            finish(name, ending.pop(name))


def end_orphans(child):
    """Kills the processes that nsjail left. The service kills those of a cgroup."""
    if child.has_cgroup:
        return
    running = {other.pid for other in children.values()}
    # May include orphans of a jail that ends at the same time; the jail has ended when all of them have.
    child.orphans = {pid for pid in list_own() if pid not in running}
    for pid in child.orphans:
        destroy(pid)


def finish(name, child):
    for descriptor in child.ends:
        posix.close(descriptor)
    said = posix.pread(child.log, MAX_LOG, 0)
    posix.close(child.log)
    send(b"ended", name, said.replace(b"\0", b""))


COMMANDS = {b"start": start, b"kill": kill}


def obey(buffer):
    """Carries out the complete commands in the buffer, and removes them from it."""
    while len(buffer) >= 4:
        end = 4 + int.from_bytes(buffer[:4], "big")
        if len(buffer) < end:
            return
        command, *fields = bytes(buffer[4:end]).split(b"\0")
        del buffer[:end]
        COMMANDS[command](*fields)


def serve(keeper):
    """Carries out commands of the service, until the input or the keeper ends."""
    # Each jail takes five descriptors.
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS[1], DESCRIPTORS[1]))
    leave_some_to_the_service()
    wake, waker = posix.pipe2(posix.O_CLOEXEC | posix.O_NONBLOCK)
    _signal.signal(_signal.SIGCHLD, lambda *_: None)
    _signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    poller = select.poll()
    for descriptor in (0, wake, keeper):
        poller.register(descriptor, select.POLLIN)
    buffer = bytearray()
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == wake:
                posix.read(wake, 4096)
                reap()
                continue
            chunk = descriptor != keeper and posix.read(0, 1 << 16)
            if not chunk:
                return
            buffer += chunk
            obey(buffer)


def leave_some_to_the_service():
    for limit in SHARED_LIMITS:
        soft, hard = resource.getrlimit(limit)
        if soft != resource.RLIM_INFINITY:
            resource.setrlimit(limit, (soft - soft // 8, hard))


def adopt_orphans():
    if libc.prctl(PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), *UNUSED) != 0:
        raise OSError(ctypes.get_errno(), "orphans cannot be adopted")


def end_all():
    """Kills all children, and all that become children meanwhile, until there is none."""
    while True:
        for pid in list_own():
            destroy(pid)
        try:
            posix.waitpid(-1, 0)
        except ChildProcessError:
            return


def keep(starter):
    """Closes the pipes to the service, which belong to the starter alone, and waits for the starter."""
    for descriptor in (0, 1):
        posix.dup2(2, descriptor)
    while posix.waitpid(-1, 0)[0] != starter:
        pass


def main():
    for signal in NOT_FOR_US:
        _signal.signal(signal, _signal.SIG_IGN)
    adopt_orphans()
    keeper, held = posix.pipe2(posix.O_CLOEXEC)
    starter = posix.fork()
    if starter != 0:
        return keep(starter)
    # Only the keeper holds the other copy, so the pipe closes when the keeper ends.
    posix.close(held)
    adopt_orphans()
    try:
        serve(keeper)
    except OSError as error:  # The service is gone.
        if error.errno != errno.EPIPE:
            raise


# Fills the descriptors that a jail gets, so that this process opens none of its own there.
while posix.open("/dev/null", posix.O_RDWR | posix.O_CLOEXEC) < REPORT_FD:
    pass
try:
    main()
finally:
    end_all()
