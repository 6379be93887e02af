"""Prints the filter of system calls that nsjail installs for each policy, in hexadecimal digits, one a line.

Run as root: ``python3 read_filter.py NSJAIL POLICY...``. A jail's first process waits while the kernel tells its filter
(PTRACE_SECCOMP_GET_FILTER, ptrace(2)), and is killed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time

PTRACE_ATTACH, PTRACE_SECCOMP_GET_FILTER = 16, 0x420C
WALL = 0x40000000
INSTRUCTION_BYTES = 8
# Maximum seconds until a jail has its filter.
PATIENCE = 30

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request, pid, address, data):
    result = libc.ptrace(request, pid, address, data)
    if result < 0:
        code = ctypes.get_errno()
        sys.exit(f"The kernel does not tell a filter: {os.strerror(code)}. Run this as root, with CAP_SYS_ADMIN.")
    return result


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def find_filtered(nsjail):
    """Waits for the child of nsjail that has a filter, and returns its pid."""
    deadline = time.monotonic() + PATIENCE
    while nsjail.poll() is None and time.monotonic() < deadline:
        for pid in read(f"/proc/{nsjail.pid}/task/{nsjail.pid}/children").split():
            if "\nSeccomp:\t2\n" in read(f"/proc/{pid}/status"):
                return int(pid)
        time.sleep(0.001)
    sys.exit(f"nsjail made no jail: {nsjail.poll()}")


def read_filter(program, policy):
    options = ["-Mo", "-Q", "--chroot", "/", "--disable_proc", "--seccomp_policy", policy]
    nsjail = subprocess.Popen([program, *options, "--", "/bin/cat"], stdin=subprocess.PIPE)
    try:
        pid = find_filtered(nsjail)
        ptrace(PTRACE_ATTACH, pid, None, None)
        os.waitpid(pid, WALL)
        count = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, 0, None)
        buffer = ctypes.create_string_buffer(count * INSTRUCTION_BYTES)
        ptrace(PTRACE_SECCOMP_GET_FILTER, pid, 0, ctypes.cast(buffer, ctypes.c_void_p))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, WALL)
        nsjail.wait(PATIENCE)
        return buffer.raw.hex()
    finally:
        nsjail.kill()
        nsjail.wait()


for policy in sys.argv[2:]:
    print(read_filter(sys.argv[1], policy), flush=True)
