"""Keeps several processors busy for a while."""

import os
import time


def main(seconds, processes):
    end = time.monotonic() + seconds
    is_child = False
    for _ in range(processes - 1):
        is_child = os.fork() == 0
        if is_child:
            break
    while time.monotonic() < end:
        pass
    if is_child:
        os._exit(0)
    return True
