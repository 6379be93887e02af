"""Attacks whatever else runs from the same template, and lies open to its attacks, for some seconds.

Each of them bears a name of its own, which only its caller told it, and leaves it in all places that it can reach:
memory, files, sockets. Returns what it found of others.
"""

import ctypes
import errno
import fcntl
import glob
import os
import re
import resource
import select
import signal
import socket
import sys
import time
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
NAME = re.compile(rb"SIBLING-[0-9a-f]{32}")
# Numbers of system calls that libc has no function for.
PIDFD_OPEN, PIDFD_GETFD, PIDFD_SEND_SIGNAL, PROCESS_VM_READV, KCMP, PTRACE = 434, 438, 424, 310, 312, 101
KEYCTL, ADD_KEY, SETNS, UNSHARE, SHMGET, SHMAT, MSGGET = 250, 248, 308, 272, 29, 30, 68
PORTS = range(5000, 5008)
MOST_PID = 400

found = set()


def note(what, ok=True):
    if ok:
        found.add(what)


def call(number, *arguments):
    return libc.syscall(number, *[ctypes.c_long(one) if isinstance(one, int) else one for one in arguments])


def own_pids():
    return {int(name) for name in os.listdir("/proc") if name.isdigit()}


class Target:
    """What others could find or hit."""

    def __init__(self, index, name):
        self.index, self.name = index, name
        self.kept = []
        self.signals = []
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGHUP, signal.SIGIO):
            signal.signal(number, lambda got, _: self.signals.append(got))
        self.memory = bytearray(name)
        os.environ["SIBLING"] = name.decode()
        for folder in ("/tmp", "/work", "/dev/shm", "/var/tmp", "/opt/brig", "/usr/lib", "/etc", "/"):
            try:
                with open(f"{folder}/{name.decode()}", "wb") as file:
                    file.write(name)
            except OSError:
                pass
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            for place in (f"\0sibling-{index}-{kind}", f"/tmp/sibling-{kind}"):
                self.listen(socket.AF_UNIX, kind, place)
        for port in (PORTS[index], 6000):
            self.listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", port))
            self.listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port))
        self.shared = shared_memory.SharedMemory("sibling", create=True, size=4096)
        self.shared.buf[: len(name)] = name
        self.pipe = os.pipe()
        os.mkfifo("/tmp/fifo")

    def listen(self, family, kind, place):
        try:
            one = socket.socket(family, kind)
            one.bind(place)
            if kind != socket.SOCK_DGRAM:
                one.listen(64)
            one.setblocking(False)
        except OSError as error:
            # A kind that the filter refuses is no way to others. One name for two means one namespace for two.
            note(f"{place!r} is taken", error.errno == errno.EADDRINUSE)
            return
        self.kept.append(one)

    def look(self):
        """Notes what came from others."""
        ready, _, _ = select.select(self.kept, [], [], 0)
        for one in ready:
            note(f"somebody came to {one.getsockname()!r}")
        note(f"signals {self.signals}", self.signals != [])
        note("memory was written to", bytes(self.memory) != self.name)
        note("shared memory was written to", bytes(self.shared.buf[: len(self.name)]) != self.name)


def attack_processes(name):
    own = own_pids()
    # The init process, itself, and the helper of shared memory.
    note(f"processes {sorted(own)}", len(own) > 3)
    # Its own group is the one of its number.
    for pid in [*range(3, MOST_PID), -3, -7]:
        if pid in own:
            continue
        for number in (0, signal.SIGUSR1):
            try:
                os.kill(pid, number)
                note(f"kill {pid} {number}")
            except OSError:
                pass
    for pid in range(1, MOST_PID):
        if pid == os.getpid():
            continue
        descriptor = call(PIDFD_OPEN, pid, 0)
        note(f"pidfd {pid}", descriptor >= 0 and pid not in own)
        if descriptor >= 0:
            note(f"pidfd_getfd {pid}", call(PIDFD_GETFD, descriptor, 3, 0) >= 0)
            note(f"setns {pid}", call(SETNS, descriptor, 0x7E020000) == 0)
            os.close(descriptor)
        note(f"ptrace {pid}", call(PTRACE, 16, pid, 0, 0) == 0)
        buffer = ctypes.create_string_buffer(64)
        vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
        note(f"process_vm_readv {pid}", call(PROCESS_VM_READV, pid, vector, 1, vector, 1, 0) >= 0)
        note(f"kcmp {pid}", call(KCMP, os.getpid(), pid, 0, 0, 0) >= 0)
        for part in ("mem", "environ", "fd/3", "ns/user", "root/etc", "cwd", "maps", "exe"):
            if pid in own and pid != 1:
                # Its helper.
                continue
            try:
                descriptor = os.open(f"/proc/{pid}/{part}", os.O_RDONLY)
                note(f"/proc/{pid}/{part}", os.read(descriptor, 1) is not None)
            except OSError:
                pass
    # All but itself and the init process; its helper takes no notice.
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            os.kill(-1, number)
        except ProcessLookupError:
            pass


def attack_sockets(index, name):
    for other in range(8):
        if other == index:
            continue
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            knock(socket.AF_UNIX, kind, f"\0sibling-{other}-{kind}", name)
        knock(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORTS[other]), name)
        knock(socket.AF_INET, socket.SOCK_STREAM, ("127.255.255.254", PORTS[other]), name)


def knock(family, kind, place, name):
    try:
        with socket.socket(family, kind) as one:
            one.settimeout(0.2)
            one.connect(place)
            one.send(name)
            note(f"reached {place!r}")
    except OSError:
        pass


def attack_kernel_names():
    for number, arguments in ((SHMGET, (0x42, 4096, 0o1666)), (MSGGET, (0x42, 0o1666)), (KEYCTL, (0, -3, 1))):
        note(f"call {number}", call(number, *arguments) >= 0)
    note("add_key", call(ADD_KEY, b"user\0", b"sibling\0", b"x", 1, -5) >= 0)
    for flags in (0x10000000, 0x20000, 0x40000000, 0x2000000, 0x20000000):
        note(f"unshare {flags:x}", call(UNSHARE, flags) == 0)
    note("mount", libc.mount(b"none", b"/tmp", b"tmpfs", ctypes.c_ulong(0), None) == 0)
    note("remount", libc.mount(None, b"/", None, ctypes.c_ulong(32), None) == 0)
    note("umount", any(libc.umount2(place, 2) == 0 for place in (b"/tmp", b"/proc", b"/work", b"/dev/shm")))
    note("setresuid", any(libc.setresuid(uid, uid, uid) == 0 for uid in (0, 1, 1900000001, 1900000002)))


def attack_files(name):
    for place in ("/tmp", "/work", "/dev/shm", "/var/tmp", "/opt/brig", "/usr/lib", "/etc", "/"):
        try:
            names = os.listdir(place)
        except OSError:
            continue
        for one in names:
            note(f"{place}/{one}", one.startswith("SIBLING-") and one.encode() != name)
    for pattern in ("/sys/fs/cgroup/*", "/tmp/[0-9]*"):
        for place in glob.glob(pattern):
            note(place)
    with open("/proc/self/mountinfo") as mounts:
        # The last one at a place covers those before it.
        tops = {line.split()[4]: line for line in mounts}
    for place, line in tops.items():
        is_own = " - tmpfs " in line or place.startswith("/dev/")
        note(f"a writable mount {line}", line.split()[5].startswith("rw") and not is_own)
    for descriptor in range(5, 64):
        try:
            kind = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            continue
        note(f"descriptor {descriptor} {kind}", kind.startswith(("/sys", "/proc/", "/home", "/var", "/host")))


def inherited(before):
    """Descriptors that it had before it opened any: streams, the report, and the folder itself."""
    note(f"descriptors {before}", sorted(before) != [0, 1, 2, 3, 4])


def search_memory(name):
    """Looks for names of others in all of its memory, which is a copy of the template's."""
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps.read().splitlines():
            place, access = line.split()[:2]
            if "r" not in access or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            start, end = (int(word, 16) for word in place.split("-"))
            for at in range(start, end, 1 << 20):
                memory.seek(at)
                try:
                    content = memory.read(min(1 << 20, end - at))
                except OSError:
                    break
                for other in NAME.findall(content):
                    note(f"in memory: {other.decode()}", other != name)


def hold_locks():
    """Locks files that others read, and writes where it can: nobody may have to wait for that."""
    held = []
    for place in (sys.executable, os.__file__, "/etc/passwd", "/dev/null", "/dev/zero"):
        try:
            file = open(place, "rb")  # noqa: SIM115 - it stays open
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held.append(file)
        except OSError:
            pass
    try:
        fcntl.fcntl(held[0], fcntl.F_SETLEASE, fcntl.F_WRLCK)
        note("lease")
    except OSError:
        pass
    return held


def attack_code():
    """The code of the template is mapped from a file that all have."""
    with open("/proc/self/maps") as maps:
        lines = [line for line in maps if "template.code" in line]
    note("the code is writable", any("w" in line.split()[1] for line in lines))
    try:
        os.open("/opt/brig/template.code", os.O_RDWR)
        note("the file of the code is writable")
    except OSError:
        pass


def main(index, name, seconds):
    before = [int(one) for one in os.listdir("/proc/self/fd")]
    name = name.encode()
    inherited(before)
    end = time.monotonic() + seconds
    target = Target(index, name)
    locks = hold_locks()
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    attack_code()
    turns = 0
    while True:
        attack_processes(name)
        attack_sockets(index, name)
        attack_kernel_names()
        attack_files(name)
        target.look()
        turns += 1
        if time.monotonic() > end:
            break
    search_memory(name)
    target.look()
    target.shared.unlink()
    return {"found": sorted(found), "turns": turns, "locks": len(locks)}
