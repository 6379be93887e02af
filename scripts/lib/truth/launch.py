"""
Runs a program as an ordinary user between pipes, as a shell would: reads what to run as JSON from standard input, and
writes what came of it as JSON. Node's own pipes are sockets, which programs can tell from pipes.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import threading
from typing import IO

NOBODY = 65534


def pump(source: IO[bytes], into: list[bytes]) -> None:
    while data := source.read1(65536):
        into.append(data)


def feed(target: IO[bytes], data: bytes) -> None:
    try:
        with target:
            target.write(data)
    except BrokenPipeError:
        pass


def run(order: dict) -> dict:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    place = {"cwd": order["folder"], "env": order["env"], "start_new_session": True}
    process = subprocess.Popen(order["command"], **pipes, **place)
    streams: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
    pumps = [threading.Thread(target=pump, args=(getattr(process, name), into)) for name, into in streams.items()]
    pumps.append(threading.Thread(target=feed, args=(process.stdin, order["stdin"].encode())))
    for thread in pumps:
        thread.start()
    try:
        end: int | str = process.wait(order["seconds"])
    except subprocess.TimeoutExpired:
        end = "timeout"
    # Children of its own may be left, and hold the pipes.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    for thread in pumps:
        thread.join()
    if isinstance(end, int) and end < 0:
        end = signal.Signals(-end).name
    return {"end": end, **{name: base64.b64encode(b"".join(into)).decode() for name, into in streams.items()}}


order = json.load(sys.stdin)
if os.getuid() == 0:
    # Before the pipes are made, which then belong to the user of the program.
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
json.dump(run(order), sys.stdout)
