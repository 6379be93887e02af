"""Does all it can to outlive its deadline: no parent-death signal, none that it heeds, copies in other sessions."""

import ctypes
import os
import signal
import time

PR_SET_PDEATHSIG = 1
SECONDS = 20


def ignore_signals():
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))


def main():
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, *(ctypes.c_ulong(0),) * 4)
    ignore_signals()
    for _ in range(2):
        if os.fork() == 0:
            os.setsid()
            if os.fork() != 0:
                os._exit(0)
            libc.prctl(PR_SET_PDEATHSIG, *(ctypes.c_ulong(0),) * 4)
            break
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        time.sleep(0.1)
    return True
