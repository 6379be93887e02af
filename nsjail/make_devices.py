"""Makes device nodes for jails, run as root: ``python3 -I -S -B make_devices.py FOLDER FIRST COUNT``.

FOLDER gets COUNT folders, named by numbers from FIRST on, each with the devices that a program expects. Ends with an
error where a node cannot be made, or not be opened: on file systems mounted with `nodev`, and where a container keeps
its root from it.
"""

import os
import stat
import sys

NODES = {"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9}
# The kernel's driver of memory devices (Documentation/admin-guide/devices.txt).
MEMORY = 1

root, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for number in range(first, first + count):
    folder = f"{root}/{number}"
    os.makedirs(folder)
    for path in (root, folder):
        os.chmod(path, 0o755)
    for name, minor in NODES.items():
        os.mknod(f"{folder}/{name}", stat.S_IFCHR, os.makedev(MEMORY, minor))
        os.chmod(f"{folder}/{name}", 0o666)
os.close(os.open(f"{root}/{first}/null", os.O_RDWR))
