"""Looks in a directory that a script is to write in for files that have rights of their own.

Run as ``python3 -I -S -B scan_root.py FOLDER MOST``; writes a path to standard output and ends with 3 where there is a
file with a set-user-ID or set-group-ID bit or with capabilities, ends with 4 after MOST entries. The kernel takes such
rights from a file that is written to, but not from one whose pages are changed through a shared mapping
(inode_remove_privs is asked by write(2)).
"""

import os
import stat
import sys

FOUND, TOO_MANY = 3, 4


def has_capabilities(path):
    try:
        return bool(os.getxattr(path, "security.capability", follow_symlinks=False))
    except OSError:
        return False


def is_privileged(path, status):
    mode = status.st_mode
    if not stat.S_ISREG(mode):
        return False
    return bool(mode & (stat.S_ISUID | stat.S_ISGID)) or (bool(mode & 0o111) and has_capabilities(path))


def list_entries(folder):
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        # A folder that this user may not enter is closed in the jail, too.
        return


def scan(root, most):
    """Returns the first such file. Raises OverflowError when there are too many files."""
    pending = [root]
    while pending:
        for entry in list_entries(pending.pop()):
            most -= 1
            if most < 0:
                raise OverflowError
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(status.st_mode):
                pending.append(entry.path)
            elif is_privileged(entry.path, status):
                return entry.path
    return None


def main(root, most):
    try:
        found = scan(os.fsencode(root), int(most))
    except OverflowError:
        return TOO_MANY
    if found is None:
        return 0
    sys.stdout.buffer.write(found)
    return FOUND


sys.exit(main(*sys.argv[1:]))
