import getpass
import os
import pty
import shutil
import sys

print(shutil.get_terminal_size(), os.environ.get("TERM"))
try:
    os.get_terminal_size()
except OSError as error:
    print(error.errno)
try:
    print(getpass.getuser() != "")
except (OSError, KeyError) as error:
    print(type(error).__name__)
try:
    import curses

    curses.setupterm("dumb")
    print(curses.tigetnum("cols"))
except Exception as error:
    print(type(error).__name__, error)
primary, secondary = pty.openpty()
print(os.isatty(secondary), os.ttyname(secondary).startswith("/dev/pts/"))
os.write(secondary, b"through a terminal\n")
print(os.read(primary, 100))
sys.stdout.flush()
pid, fd = pty.fork()
if pid == 0:
    print(sys.stdin.isatty(), flush=True)
    os._exit(3)
print(os.read(fd, 100), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
