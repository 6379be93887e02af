import os
import time

read, write = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(0.3)
        os.write(write, str(os.getppid() != 0).encode())
        os._exit(0)
    os._exit(0)
os.wait()
os.close(write)
print(os.read(read, 10))
time.sleep(0.1)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError as error:
    print(error.errno)
os.setsid() if os.getpid() != os.getsid(0) and os.getpgrp() != os.getpid() else None
print("end")
