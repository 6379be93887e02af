import signal

print("before", flush=True)
signal.raise_signal(signal.SIGINT)
print("after")
