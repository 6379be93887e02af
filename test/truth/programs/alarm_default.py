import signal
import time

print("before", flush=True)
signal.alarm(1)
time.sleep(5)
print("after")
