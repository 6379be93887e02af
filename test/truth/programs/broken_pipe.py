import os
import signal
import subprocess
import sys

code = "import sys\nfor n in range(100000): print(n)"
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
print(child.stdout.readline())
child.stdout.close()
print("BrokenPipeError" in child.stderr.read(), child.wait())
read, write = os.pipe()
os.close(read)
try:
    os.write(write, b"x")
except BrokenPipeError as error:
    print(error.errno)
print(signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN)
