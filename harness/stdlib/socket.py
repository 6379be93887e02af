# --- Addition for jails -----------------------------------------------------------------------------------------------
# The lines above are CPython's. Jails refuse the system calls sendmsg and sendmmsg, since a filter cannot see whether
# they carry descriptors. This addition sends plain data without them, which is all that asyncio needs. They refuse
# netlink as well, over which the C library lists interfaces.


def _send_plain(self, buffers, ancdata=(), flags=0, address=None, /):
    """sendmsg(buffers[, ancdata[, flags[, address]]]) without ancillary data, which no jail may send."""
    import errno

    if [*ancdata]:
        raise PermissionError(errno.EPERM, "Descriptors cannot be sent in a jail")
    pieces, size = [], 0
    for buffer in buffers:
        pieces.append(buffer)
        size += memoryview(buffer).nbytes
        # A stream may take less than all: the caller sends the rest, and copies it no more than once.
        if size >= 1 << 18 and self.type == SOCK_STREAM:
            break
    content = b"".join(pieces)
    return self.send(content, flags) if address is None else self.sendto(content, flags, address)


socket.sendmsg = _send_plain
# Without these multiprocessing knows that descriptors cannot be sent: `forkserver` is then no start method, nor the
# default.
for _name in ("CMSG_LEN", "CMSG_SPACE", "SCM_RIGHTS", "SCM_CREDENTIALS", "send_fds", "recv_fds"):
    globals().pop(_name, None)
    if _name in __all__:
        __all__.remove(_name)
del _name


def if_nameindex():
    """if_nameindex() -> list of (index, name) tuples, read from /proc"""
    try:
        with open("/proc/self/net/dev", encoding="utf-8") as table:
            names = [line.partition(":")[0].strip() for line in table if ":" in line]
    except OSError:  # no /proc in a container that masks its own
        names = ["lo"]
    return sorted((if_nametoindex(name), name) for name in names)
