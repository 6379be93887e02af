import os
import signal
import sys
import time

print("before", flush=True)
print("words", file=sys.stderr)
os.kill(os.getpid(), signal.SIGHUP)
time.sleep(3)
print("after")
