"""Starts the jails of one service, on the host: a fork of this small process costs a fifth of a fork of the service.

Run as ``python3 -I -S -B starter.py``. Commands come on standard input, answers go to standard output; both are frames
of four bytes of length (big endian) and a payload of fields that are separated by NUL:

    ``start`` id, number of cgroup files, number of variables, cgroup files, variables, arguments of the command
    ``kill`` id       SIGKILL, unless the process was reaped already: its pid may be another's then
    ``interrupt`` id  SIGINT to the process group of the first child of the jail's first process: its interpreter
    ``opened`` id     the service has opened what ``started`` named, or gave it up: until then numbers mean this jail
    ``first`` id      asks for the first process of a jail
    ``nursery`` id, number of variables, variables, arguments of the command
                      starts the outer jail of a nursery, whose descriptor 4 is a socket to this process
    ``template`` id, number of cgroup files, number of variables, cgroup files, variables, arguments of the command
                      starts that of a template, whose streams are pipes, and descriptor 5 /dev/null
    ``spawn`` id, id of a nursery, number of cgroup files, cgroup files, a table of steps (binary, to the frame's end)
                      has the nursery make a jail; its streams, log and cgroup files go with the table. Answered
                      when its first process is there

    ``started`` id, pid of the starter, four of its descriptors: request (to write), stdout, stderr, report (to read)
    ``started`` id    for a nursery
    ``told`` id, words of a template: ``ready``, or why there is none
    ``first`` id, pid of the first process of the jail, 0 where it has none any more
    ``failed`` id, why
    ``gone`` id       the nursery that was to make it has ended
    ``ended`` id, all that nsjail said; nothing of the jail runs any more

The service opens the four through /proc/PID/fd (proc(5)); the copies here are closed when the jail has ended and the
service has opened them.

Two processes run this file: the keeper, which the service started, and its child, the starter. Orphans below one of
them become its children (PR_SET_CHILD_SUBREAPER), the first process of a jail included, and are killed, whatever a
script did to its parent-death signal. The pid of a child is not reused until its parent has waited for it. The starter
ends its jails when its input ends, which happens whenever the service ends, or when the keeper is gone; the keeper
ends them when the starter is gone.
"""

import _signal
import _socket
import ctypes
import errno
import posix
import resource
import select

# A jail gets its streams, nsjail's log and its report; the outer jail of a template this descriptor too.
LAST_FD = 5
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
# asm/unistd_64.h, linux/pidfd.h
PIDFD_SEND_SIGNAL, PIDFD_SIGNAL_PROCESS_GROUP = 424, 4
# When the host runs out of memory, the kernel kills jails first.
OOM_SCORE_ADJ = b"1000"
# Names of signals by number; those for real time have none.
SIGNALS = {
    getattr(_signal, name): name
    for name in dir(_signal)
    if name[:3] == "SIG" and name[3].isalpha() and name[3:5] != "RT"
}
UNUSED = (ctypes.c_ulong(0),) * 3

libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """A jail: the process of nsjail, and after its end the processes that it orphaned."""

    def __init__(self, pid, log, ends, has_cgroup):
        self.pid, self.log, self.ends, self.has_cgroup = pid, log, ends, has_cgroup
        self.orphans = set()


class Spawned:
    """A jail of a nursery, which its keeper tells of over a socket."""

    def __init__(self, name, log, ends, life):
        self.name, self.log, self.ends, self.life = name, log, ends, life
        self.pidfd, self.ended, self.failure = None, None, None


class Nursery:
    """An outer jail: the socket that takes tables to it, and those that wait for room in it."""

    def __init__(self, control):
        self.control, self.waiting = control, []


# Jails by the service's names: those whose nsjail runs, and those with processes left.
children, ending = {}, {}
# Jails of nurseries, and nurseries, whose outer jails are children.
spawned, nurseries = {}, {}
# Jails whose ends the service has opened, and ends of jails that ended before that.
opened, unopened = set(), {}
# Functions that are called when their descriptor is ready.
poller, handlers = select.poll(), {}


def send(*fields):
    payload = b"\0".join(field if isinstance(field, bytes) else str(field).encode() for field in fields)
    view = memoryview(len(payload).to_bytes(4, "big") + payload)
    while view:
        view = view[posix.write(1, view) :]


def start(name, joins, variables, *rest):
    joins, variables = int(joins), int(variables)
    files, environment, command = rest[:joins], rest[joins : joins + variables], rest[joins + variables :]
    made = []
    try:
        ours, theirs = [], []
        for is_for_input in (True, False, False, False):
            pair = posix.pipe2(posix.O_CLOEXEC)
            made += pair
            ours.append(pair[1] if is_for_input else pair[0])
            theirs.append(pair[0] if is_for_input else pair[1])
        log = posix.memfd_create("log")
        made.append(log)
        parent = posix.getpid()
        pid = posix.fork()
    except OSError as error:
        for descriptor in made:
            posix.close(descriptor)
        send(b"failed", name, posix.strerror(error.errno))
        return
    if pid == 0:
        become(parent, command, environment, files, log, *theirs)
    for descriptor in theirs:
        posix.close(descriptor)
    children[name] = Child(pid, log, ours, bool(files))
    send(b"started", name, parent, *ours)


def become(parent, command, environment, files, log, request, stdout, stderr, report, *more):
    """Enters the cgroup, before any process of the jail exists, and becomes nsjail. Runs in the child."""
    try:
        # Kept across execve. The next line notices a parent that ended before this one.
        libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(_signal.SIGKILL), *UNUSED)
        if posix.getppid() != parent:
            posix._exit(127)
        for file in files:
            write(file, b"0")
        yield_to_the_host()
        for place, descriptor in enumerate((request, stdout, stderr, log, report, *more)):
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


def start_nursery(name, variables, *rest):
    try:
        nothing = posix.open("/dev/null", posix.O_RDWR | posix.O_CLOEXEC)
    except OSError as error:
        send(b"failed", name, posix.strerror(error.errno))
        return
    open_nursery(name, (), int(variables), rest, [nothing] * 3)
    posix.close(nothing)


def start_template(name, joins, variables, *rest):
    joins, made = int(joins), []
    try:
        made.append(posix.open("/dev/null", posix.O_RDWR | posix.O_CLOEXEC))
        for _ in range(2):
            made += posix.pipe2(posix.O_CLOEXEC)
        nothing, reader, _, _, writer = made
        open_nursery(name, rest[:joins], int(variables), rest[joins:], [reader, writer, writer], [nothing])
    except OSError as error:
        send(b"failed", name, posix.strerror(error.errno))
    finally:
        for descriptor in made:
            posix.close(descriptor)
    if name in nurseries:
        control = nurseries[name].control
        watch(control.fileno(), lambda: pass_on_words(name, control))


def pass_on_words(name, control):
    """A template says one thing, before it takes tables, or ends."""
    unwatch(control.fileno())
    try:
        words = control.recv(1 << 16)
    except OSError:
        words = b""
    send(b"told", name, words.replace(b"\0", b""))


def open_nursery(name, files, variables, rest, streams, more=()):
    environment, command = rest[:variables], rest[variables:]
    made = []
    try:
        # Keeps what it is sent apart, and tells of the other end's end.
        ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        made += [ours.detach(), theirs.detach()]
        log = posix.memfd_create("log")
        made.append(log)
        parent = posix.getpid()
        pid = posix.fork()
    except OSError as error:
        for descriptor in made:
            posix.close(descriptor)
        send(b"failed", name, posix.strerror(error.errno))
        return
    if pid == 0:
        become(parent, command, environment, files, log, *streams, made[1], *more)
    posix.close(made[1])
    control = _socket.socket(fileno=made[0])
    control.setblocking(False)
    children[name] = Child(pid, log, (), bool(files))
    nurseries[name] = Nursery(control)
    send(b"started", name)


def spawn(name, nursery, joins, rest):
    made = []
    try:
        if nursery not in nurseries:
            raise BrokenPipeError(errno.EPIPE, "")
        files = rest.split(b"\0", int(joins))
        table = files.pop()
        ours, theirs = [], []
        for is_for_input in (True, False, False, False):
            pair = posix.pipe2(posix.O_CLOEXEC)
            made += pair
            ours.append(pair[1] if is_for_input else pair[0])
            theirs.append(pair[0] if is_for_input else pair[1])
        log = posix.memfd_create("log")
        made.append(log)
        life, far = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        made += [life.detach(), far.detach()]
        theirs = [*theirs[:3], log, theirs[3], made[-1]]
        for file in files:
            theirs.append(posix.open(file, posix.O_WRONLY | posix.O_CLOEXEC))
            made.append(theirs[-1])
        enqueue(nurseries[nursery], table, theirs)
    except OSError as error:
        for descriptor in made:
            posix.close(descriptor)
        if error.errno in (errno.EPIPE, errno.ECONNRESET):
            send(b"gone", name)
        else:
            send(b"failed", name, posix.strerror(error.errno))
        return
    jail = spawned[name] = Spawned(name, log, ours, _socket.socket(fileno=made[9]))
    jail.life.setblocking(False)
    watch(jail.life.fileno(), lambda: hear(jail))


def enqueue(nursery, table, descriptors):
    """Sends a table, now or when the nursery has taken those before it, and closes the copies here of descriptors."""
    if nursery.waiting or not pass_on(nursery, table, descriptors):
        nursery.waiting.append((table, descriptors))
        watch(nursery.control.fileno(), lambda: flush(nursery), select.POLLOUT)


def pass_on(nursery, table, descriptors):
    """Returns False when there is no room. Raises OSError when the nursery has ended, or for want of resources."""
    rights = b"".join(descriptor.to_bytes(4, "little") for descriptor in descriptors)
    try:
        nursery.control.sendmsg([table], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
    except BlockingIOError:
        return False
    close_copies(descriptors)
    return True


def flush(nursery):
    while nursery.waiting:
        try:
            if not pass_on(nursery, *nursery.waiting[0]):
                return
        except OSError:
            # Its keeper's socket, which nobody has now, tells of its end.
            close_copies(nursery.waiting[0][1])
        nursery.waiting.pop(0)
    unwatch(nursery.control.fileno())


def close_copies(descriptors):
    # The log is read here at the end.
    for descriptor in (*descriptors[:3], *descriptors[4:]):
        posix.close(descriptor)


def watch(descriptor, handler, events=select.POLLIN):
    poller.register(descriptor, events)
    handlers[descriptor] = handler


def unwatch(descriptor):
    if handlers.pop(descriptor, None) is not None:
        poller.unregister(descriptor)


def hear(jail):
    """Takes what a keeper says: the jail's first process, a step that failed, the end of the jail, its own end."""
    while True:
        try:
            said, rights, _, _ = jail.life.recvmsg(64, _socket.CMSG_SPACE(4), _socket.MSG_CMSG_CLOEXEC)
        except BlockingIOError:
            return
        except OSError:
            said, rights = b"", []
        if rights:
            jail.pidfd = int.from_bytes(rights[0][2][:4], "little")
            send(b"started", jail.name, posix.getpid(), *jail.ends)
        elif len(said) == 16:
            jail.failure = jail.failure or said
        elif len(said) == 8:
            jail.ended = int.from_bytes(said[:4], "little")
        elif not said:
            break
    unwatch(jail.life.fileno())
    if jail.ended is None and jail.pidfd is not None:
        # The keeper was killed, and the kernel kills the jail.
        signal_jail(jail)
        watch(jail.pidfd, lambda: leave(jail))
    else:
        leave(jail)


def leave(jail):
    """Tells of the end of a jail, of which nothing runs any more."""
    del spawned[jail.name]
    said = posix.pread(jail.log, MAX_LOG, 0)
    posix.close(jail.log)
    jail.life.close()
    if jail.pidfd is not None:
        unwatch(jail.pidfd)
        posix.close(jail.pidfd)
    elif jail.failure is None:
        # The nursery ended before it read the table, or the keeper with it.
        for descriptor in jail.ends:
            posix.close(descriptor)
        send(b"gone", jail.name)
        return
    else:
        send(b"started", jail.name, posix.getpid(), *jail.ends)
    release(jail.name, jail.ends)
    send(b"ended", jail.name, said.replace(b"\0", b"") + describe_end(jail))


def describe_end(jail):
    """Returns lines of nsjail's form (src/sandbox/nsjail/nsjail-log.ts)."""
    if jail.failure is not None:
        step, result = (int.from_bytes(jail.failure[at : at + 8], "little", signed=True) for at in (0, 8))
        return b"[F][nursery] %d %d\n" % (step, -result)
    if jail.ended is None:
        return b""
    if jail.ended & 0x7F == 0:
        return b"[I][nursery] pid=1 (jail) exited with status: %d, (PIDs left: 0)\n" % (jail.ended >> 8 & 0xFF)
    signal = jail.ended & 0x7F
    name = SIGNALS.get(signal, f"SIG{signal}").encode()
    return b"[I][nursery] pid=1 (jail) terminated with signal: %s (%d), (PIDs left: 0)\n" % (name, signal)


def signal_jail(jail):
    try:
        _signal.pidfd_send_signal(jail.pidfd, _signal.SIGKILL)
    except OSError:
        # It has ended.
        pass


def kill(name):
    if name in children:
        destroy(children[name].pid)
    elif name in spawned and spawned[name].pidfd is not None:
        signal_jail(spawned[name])


def destroy(pid):
    try:
        posix.kill(pid, _signal.SIGKILL)
    except OSError:
        # The child runs as another user for a moment (newuidmap, for example), and ends by itself.
        pass


def release(name, ends):
    """Closes the ends of a jail that has ended, now or when the service has opened them."""
    if name not in opened and ends:
        unopened[name] = ends
        return
    opened.discard(name)
    for descriptor in ends:
        posix.close(descriptor)


def note_opened(name):
    opened.add(name)
    if name in unopened:
        release(name, unopened.pop(name))


def tell_first(name):
    if name in children or name in spawned:
        send(b"first", name, find_first(name))


def find_first(name):
    """Returns the first process of a jail; 0 or less where it has none."""
    if name in children:
        # nsjail has one child, and cannot be another process: nobody but this one waits for it.
        return next(iter(list_own(children[name].pid)), 0)
    if name in spawned and spawned[name].pidfd is not None:
        return read_pid(spawned[name].pidfd)
    return 0


def interrupt(name):
    """Signals by descriptor: the kernel knows then that the group is that of this very process."""
    first = find_first(name)
    if first <= 0:
        return
    try:
        # Orphans of the jail become children of its first process too, later than the interpreter.
        pid = min(list_own(first), key=read_start)
        descriptor = posix.pidfd_open(pid)
    except (OSError, ValueError):
        return
    try:
        # It was a child of the jail's first process, and is now if that is still there: pids of the dead are reused.
        if pid in list_own(first) and find_first(name) == first:
            signal_group(descriptor)
    finally:
        posix.close(descriptor)


def signal_group(descriptor):
    """Interrupts the group that a process leads, or before Linux 6.9 the process alone."""
    number, flags = ctypes.c_long(PIDFD_SEND_SIGNAL), ctypes.c_ulong(PIDFD_SIGNAL_PROCESS_GROUP)
    if libc.syscall(number, ctypes.c_long(descriptor), ctypes.c_long(_signal.SIGINT), None, flags) != 0:
        try:
            _signal.pidfd_send_signal(descriptor, _signal.SIGINT)
        except OSError:
            # It has ended.
            pass


def read_start(pid):
    """Returns when a process started, in ticks since the start of the kernel."""
    descriptor = posix.open(f"/proc/{pid}/stat", posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        return int(posix.read(descriptor, 4096).rpartition(b")")[2].split()[19])
    finally:
        posix.close(descriptor)


def read_pid(pidfd):
    """Returns the pid that a descriptor stands for, -1 when that process was waited for."""
    descriptor = posix.open(f"/proc/self/fdinfo/{pidfd}", posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        said = posix.read(descriptor, 4096)
    finally:
        posix.close(descriptor)
    return int(said.partition(b"Pid:")[2].split(None, 1)[0])


def list_own(parent=None):
    """Returns the pids of all children of a process that nobody has waited for; of this one by default."""
    own, found = str(parent or posix.getpid()).encode(), []
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
    release(name, child.ends)
    said = posix.pread(child.log, MAX_LOG, 0)
    posix.close(child.log)
    if name in nurseries:
        end_nursery(nurseries.pop(name))
    send(b"ended", name, said.replace(b"\0", b""))


def end_nursery(nursery):
    unwatch(nursery.control.fileno())
    nursery.control.close()
    for _, descriptors in nursery.waiting:
        close_copies(descriptors)


COMMANDS = {
    b"start": start,
    b"kill": kill,
    b"interrupt": interrupt,
    b"opened": note_opened,
    b"first": tell_first,
    b"nursery": start_nursery,
    b"template": start_template,
    b"spawn": spawn,
}
# Fields of a command before those that may hold any byte.
SPLITS = {b"spawn": 4}


def obey(buffer):
    """Carries out the complete commands in the buffer, and removes them from it."""
    while len(buffer) >= 4:
        end = 4 + int.from_bytes(buffer[:4], "big")
        if len(buffer) < end:
            return
        frame = bytes(buffer[4:end])
        command = frame[: frame.index(b"\0")]
        _, *fields = frame.split(b"\0", SPLITS.get(command, -1))
        del buffer[:end]
        COMMANDS[command](*fields)


def serve(keeper):
    """Carries out commands of the service, until the input or the keeper ends."""
    # Each jail takes five descriptors, or seven.
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS[1], DESCRIPTORS[1]))
    leave_some_to_the_service()
    wake, waker = posix.pipe2(posix.O_CLOEXEC | posix.O_NONBLOCK)
    _signal.signal(_signal.SIGCHLD, lambda *_: None)
    _signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    for descriptor in (0, wake, keeper):
        poller.register(descriptor, select.POLLIN)
    buffer = bytearray()
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == wake:
                posix.read(wake, 4096)
                reap()
                continue
            if descriptor not in (0, keeper):
                # One that an earlier event of this round ended has none.
                handlers.get(descriptor, int)()
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
while posix.open("/dev/null", posix.O_RDWR | posix.O_CLOEXEC) < LAST_FD:
    pass
try:
    main()
finally:
    end_all()
