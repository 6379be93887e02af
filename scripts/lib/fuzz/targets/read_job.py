"""Reads jobs as the harness does: lines of base64 in, for each a line of JSON that says what became of it."""

import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), *[".."] * 4, "harness"))
from jail import protocol


class Ended(Exception):
    """The harness would have ended its process."""


class Service:
    """What stands in for the descriptors of one jail."""

    def __init__(self, job):
        self.job, self.at, self.sent, self.opening = job, 0, [], None

    def read(self, _descriptor, size):
        chunk = self.job[self.at : self.at + size]
        self.at += len(chunk)
        return chunk

    def readv(self, _descriptor, buffers):
        self.opening = buffers[0].obj
        chunk = self.read(0, len(buffers[0]))
        buffers[0][: len(chunk)] = chunk
        return len(chunk)

    def send(self, tag, payload):
        self.sent.append((tag, payload))

    def exit(self, status):
        raise Ended(status)


def read(job):
    service = Service(job)
    protocol._read, protocol._readv = service.read, service.readv
    protocol._exit, protocol.send = service.exit, service.send
    stored = []
    protocol.make_store = lambda: lambda name, payload: stored.append(name)
    answer = {"names": None, "status": None, "refusal": None}
    try:
        fields = protocol.receive()
        answer["names"] = sorted(name for name, value in fields.items() if value != []) + stored
    except Ended as end:
        answer["status"] = end.args[0]
    if service.sent:
        answer["refusal"] = [[tag.decode("latin1"), payload.decode("latin1")] for tag, payload in service.sent]
    answer["forgot"] = not any(service.opening[protocol.SECRET_AT :])
    return answer


for line in sys.stdin:
    print(json.dumps(read(base64.b64decode(line))), flush=True)
