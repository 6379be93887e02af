"""Their command, which is Brig's."""

import os
import shlex
import sys

command = shlex.split(os.environ["SEED_COMMAND"])
os.execvp(command[0], command + sys.argv[1:])
