"""Tries to see and reach the host. Returns all that it reached, by layer; in a good jail the lists are empty."""

import ctypes
import errno
import os
import select
import socket

# Names that a jail's environment and root may have; any other came from the host.
EXPECTED_VARIABLES = {"PATH", "HOME", "TMPDIR", "LANG", "LC_CTYPE"}
EXPECTED_ROOT = {"bin", "dev", "etc", "lib", "lib64", "node_modules", "opt", "proc", "tmp", "usr", "work"}
NOBODY = 65534
CLONE_NEWUSER = 0x10000000
AF_VSOCK = 40
PR_GET_SECCOMP = 21
PR_GET_NO_NEW_PRIVS = 39

libc = ctypes.CDLL(None, use_errno=True)


def main(canary_file, port, service_pid, shares_user):
    return {
        "filesystem": [*can_read(canary_file), *can_write(), *unexpected_root(), *unexpected_variables()],
        "network": [*can_connect(port), *has_interfaces()],
        "processes": [*can_signal(service_pid)],
        "syscalls": [*can_unshare(), *can_open_vsock(), *lacks_filter()],
        "identity": [*wrong_ids(), *has_capabilities(), *may_gain_privileges(), *can_take_watches(shares_user)],
    }


def can_read(path):
    try:
        with open(path) as file:
            return ["a file of the host was read"] if file.read() else []
    except OSError:
        return []


def can_write():
    found = []
    for folder in ("/", "/usr", "/etc", "/opt", "/dev", "/lib", "/bin"):
        try:
            with open(os.path.join(folder, "probe"), "w"):
                found.append(f"{folder} can be written")
        except OSError:
            pass
    return found


def unexpected_root():
    return [f"/{name} is visible" for name in sorted(set(os.listdir("/")) - EXPECTED_ROOT)]


def unexpected_variables():
    return [f"the variable {name} was inherited" for name in sorted(set(os.environ) - EXPECTED_VARIABLES)]


def can_connect(port):
    found = []
    for address in (("127.0.0.1", port), ("10.0.0.1", 9), ("192.0.2.1", 9)):
        try:
            client = socket.socket()
        except OSError as error:
            # The filter of a compiler's jail refuses every socket: nothing can be reached. Other errors prove nothing.
            if error.errno == errno.ENOSYS:
                return found
            raise
        with client:
            client.settimeout(0.2)
            try:
                client.connect(address)
                found.append(f"a connection to {address[0]} was made")
            except TimeoutError:
                found.append(f"packets to {address[0]} were sent")
            except OSError:
                pass
    return found


def has_interfaces():
    found = []
    for index in range(1, 64):
        try:
            name = socket.if_indextoname(index)
        except OSError:
            continue
        if name != "lo":
            found.append(f"the interface {name} is visible")
    return found


def can_signal(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return []
    except PermissionError:
        pass
    # In the jail, the number may belong to a process of its own.
    return [] if pid == os.getpid() else ["the service's process is visible"]


def can_unshare():
    if libc.unshare(CLONE_NEWUSER) == 0:
        return ["a nested user namespace was made"]
    return []


def can_open_vsock():
    try:
        socket.socket(AF_VSOCK, socket.SOCK_STREAM).close()
        return ["a vsock, which no network namespace confines, was opened"]
    except OSError:
        return []


def lacks_filter():
    return [] if libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2 else ["no seccomp filter is installed"]


def wrong_ids():
    ids = {*os.getresuid(), *os.getresgid(), *os.getgroups()}
    return [] if ids == {NOBODY} else [f"the ids are {sorted(ids)}"]


def has_capabilities():
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    if libc.capget(ctypes.byref(header), ctypes.byref(data)) != 0:
        return [f"capabilities cannot be read ({errno.errorcode[ctypes.get_errno()]})"]
    return ["capabilities are held"] if any(data) else []


def may_gain_privileges():
    return [] if libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 else ["no_new_privs is not set"]


def can_take_watches(shares_user):
    if not shares_user:
        return []
    try:
        select.epoll().close()
    except OSError:
        return []
    return ["the service's epoll watches can be used up"]
