"""Makes listening sockets inside the network namespaces of jails, on the host, and hands them to the doorkeeper.

Run as ``python3 -I -S -B opener.py`` by src/network/keeper, which is Node: messages are lines of JSON on the socket
whose number is in NODE_CHANNEL_FD, sockets travel beside them (SCM_RIGHTS), in the form of Node's own child processes.

    {"id", "pid", "pipe", "addresses", "sockets"}
                                    first process of a jail, inode of the pipe that its interpreter reads, addresses for
                                    the jail's loopback, and [address, port] to listen at
    {"id", "index"} with a socket   one for each, in order; the next follows its acknowledgement
    {"id", "error"}                 instead: why nothing was opened

A socket is made by a child of this process, which enters the user namespace and the network namespace of the jail and
ends. So nothing of the host is ever in a jail, and this process never leaves the host.
"""

import array
import ctypes
import json
import os
import socket
import struct
import sys

# linux/sched.h
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
# linux/rtnetlink.h, linux/netlink.h, linux/if_addr.h
RTM_NEWADDR, NLM_F_REQUEST, NLM_F_ACK, NLMSG_ERROR = 20, 1, 4, 2
IFA_ADDRESS, IFA_LOCAL, IFA_F_NODAD = 1, 2, 2
EEXIST = 17
LOOPBACK_INDEX = 1
# Bytes of a connection in each buffer of the kernel; it doubles them.
BUFFER = 64 * 1024
# Seconds that a child may take.
PATIENCE = 5
MOST_LINE = 1 << 20

libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """Nothing can be opened, for a reason to be told."""


def enter(descriptor, kind):
    if libc.setns(descriptor, kind) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def open_namespaces(pid):
    """Opens the namespaces of a process: network and user. Returns none where it has ended."""
    opened = []
    try:
        for name in ("net", "user"):
            opened.append(os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC))
        return opened
    except (FileNotFoundError, ProcessLookupError):
        close_all(opened)
        return []


def is_it(pid, network, pipe):
    """Whether a process is in a network namespace, and the one of whose input the service has the other end.

    The interpreter, which is the first process of a jail or its child, has a pipe for its job: so no other process is
    taken for it by its number. The files of a process with an id of its own are seen from its user namespace only.
    """
    try:
        return os.readlink(f"/proc/{pid}/fd/0") == f"pipe:[{pipe}]" and os.path.sameopenfile(
            network, os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        )
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def close_all(descriptors):
    for descriptor in descriptors:
        os.close(descriptor)


def list_children(parent):
    try:
        with open(f"/proc/{parent}/task/{parent}/children") as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:
        # A kernel without this file, or a process that has ended.
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and read_parent(name) == parent]


def read_parent(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            # pid (command) state parent …
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return None


def open_within(order):
    """Returns sockets that listen in a jail."""
    for pid in (order["pid"], *list_children(order["pid"])):
        namespaces = open_namespaces(pid)
        try:
            found = namespaces and open_beside(pid, namespaces, order)
        finally:
            close_all(namespaces)
        if found:
            return found
    raise Refused("the jail has ended")


def open_beside(pid, namespaces, order):
    """Returns sockets in the namespaces of a process, None where it is not the one that is meant.

    A child makes them: a process cannot return from a user namespace.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        child = os.fork()
        if child == 0:
            ours.close()
            make_and_end(pid, namespaces, order, theirs)
        theirs.close()
        ours.settimeout(PATIENCE)
        try:
            return receive(ours, len(order["sockets"]))
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)


def receive(channel, count):
    found = []
    while True:
        said, descriptors, _, _ = socket.recv_fds(channel, 1024, 1)
        found += [socket.socket(fileno=descriptor) for descriptor in descriptors]
        if said == b"other":
            return None
        if said == b"done" and len(found) == count:
            return found
        if said != b"one":
            raise Refused(said.decode("utf-8", "replace") or "the process that opens doors ended")


def make_and_end(pid, namespaces, order, channel):
    """Enters the namespaces, makes the sockets, sends them, and ends. Runs in the child."""
    try:
        network, user = namespaces
        if os.path.sameopenfile(network, os.open("/proc/self/ns/net", os.O_RDONLY)):
            raise Refused("the jail has the network of the host")
        enter_both(network, user)
        if not is_it(pid, network, order["pipe"]):
            channel.send(b"other")
            os._exit(0)
        if order["addresses"]:
            add_addresses(order["addresses"])
        for address, port in order["sockets"]:
            with listen(address, port) as listener:
                socket.send_fds(channel, [b"one"], [listener.fileno()])
        channel.send(b"done")
    except BaseException as error:
        channel.send(str(error).encode()[:900])
    os._exit(0)


def enter_both(network, user):
    try:
        enter(network, CLONE_NEWNET)
    except PermissionError:
        # Only root of the first user namespace can do without the jail's own.
        enter(user, CLONE_NEWUSER)
        enter(network, CLONE_NEWNET)


def listen(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit these.
    for name in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        listener.setsockopt(socket.SOL_SOCKET, name, BUFFER)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((address, port))
    return listener


def add_addresses(addresses):
    """Gives the loopback more addresses, each for itself: without its network."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.bind((0, 0))
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            packed = socket.inet_pton(family, address)
            body = struct.pack("=BBBBi", family, len(packed) * 8, IFA_F_NODAD, 0, LOOPBACK_INDEX)
            for kind in (IFA_LOCAL, IFA_ADDRESS):
                body += struct.pack("=HH", 4 + len(packed), kind) + packed
            head = struct.pack("=IHHII", 16 + len(body), RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK, 1, 0)
            netlink.send(head + body)
            answer = netlink.recv(4096)
            kind = struct.unpack_from("=H", answer, 4)[0]
            code = -struct.unpack_from("=i", answer, 16)[0] if kind == NLMSG_ERROR else 0
            if code not in (0, EEXIST):
                raise OSError(code, os.strerror(code))


def tell(channel, message, listener=None):
    line = json.dumps(message).encode() + b"\n"
    if listener is None:
        channel.sendall(line)
        return
    rights = array.array("i", [listener.fileno()])
    # A stream socket takes a short message with descriptors at once or not at all.
    channel.sendmsg([line], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])


def lines(channel):
    """Yields the messages of the doorkeeper, until it is gone."""
    buffer = b""
    while True:
        chunk = channel.recv(1 << 16)
        if not chunk:
            return
        buffer += chunk
        if len(buffer) > MOST_LINE:
            sys.exit(1)
        *complete, buffer = buffer.split(b"\n")
        for line in complete:
            yield json.loads(line)


def main():
    channel = socket.socket(fileno=int(os.environ["NODE_CHANNEL_FD"]))
    channel.setblocking(True)
    os.set_inheritable(channel.fileno(), False)
    messages = lines(channel)
    waiting = []
    while True:
        order = waiting.pop(0) if waiting else next(messages, None)
        if order is None:
            return
        if "pid" in order:
            obey(channel, messages, waiting, order)


def obey(channel, messages, waiting, order):
    try:
        listeners = open_within(order)
    except (OSError, Refused) as error:
        tell(channel, {"id": order["id"], "error": str(error)})
        return
    for index, listener in enumerate(listeners):
        with listener:
            tell(
                channel,
                {"cmd": "NODE_HANDLE", "type": "net.Native", "msg": {"id": order["id"], "index": index}},
                listener,
            )
        # Node takes one socket at a time.
        for message in messages:
            if message.get("cmd", "").startswith("NODE_HANDLE_"):
                break
            waiting.append(message)
        else:
            return
        if message["cmd"] == "NODE_HANDLE_NACK":
            tell(channel, {"id": order["id"], "error": "the doorkeeper could not take a socket"})
            return


try:
    main()
except (BrokenPipeError, ConnectionResetError):
    # The doorkeeper is gone.
    pass
