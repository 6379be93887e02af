"""Tries whether subordinate ids can be given to a user namespace, as nsjail does for each jail.

Run as ``python3 -I -S -B try_ids.py UID GID``; ends with 0 where newuidmap(1) and newgidmap(1) map them.
"""

import ctypes
import posix
import sys

CLONE_NEWUSER = 0x10000000
# Paths at which nsjail looks for the programs.
PROGRAMS = ("/usr/bin/newuidmap", "/usr/bin/newgidmap")


def hold_namespace(told, end):
    """Makes a user namespace, says so, and waits for the end of the trial. Runs in the child."""
    if ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0:
        posix.write(told, b"x")
        posix.read(end, 1)
    posix._exit(0)


def main(ids):
    ready, told = posix.pipe()
    end, held = posix.pipe()
    child = posix.fork()
    if child == 0:
        posix.close(held)
        hold_namespace(told, end)
    posix.close(told)
    can = posix.read(ready, 1) == b"x"
    for program, outside in zip(PROGRAMS, ids):
        can = can and spawn_and_wait(program, [program, str(child), "0", outside, "1"])
    posix.close(held)
    posix.waitpid(child, 0)
    return 0 if can else 1


def spawn_and_wait(program, arguments):
    try:
        pid = posix.posix_spawn(program, arguments, {})
    except OSError:
        return False
    return posix.waitpid(pid, 0)[1] == 0


sys.exit(main(sys.argv[1:]))
