# --- what a jail's filter refuses -------------------------------------------------------------------------------------
# The lines above are CPython's. The system calls sendmsg and sendmmsg are refused in jails, since a filter cannot see
# whether they carry descriptors: what is left of them is a send of plain data, which is all that asyncio asks for.


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
