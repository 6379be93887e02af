"""Frames between the service and the harness: one tag byte, four bytes of length (big endian) and the payload.

The service takes every message for the script's claim: the script shares this process and can write to the descriptor
itself. Only the harness knows the secret of the opening, which is overwritten before the script begins.
"""

from __future__ import annotations

import posix

from .descriptors import write_all
from .messages import (
    HEADER_BYTES,
    MESSAGES,
    OPENING,
    REFUSAL,
    REPEATED,
    SECRET_BYTES,
    TAKEN,
    VERSION,
    VERSION_BYTES,
)
from .own import _exit, _len, _read, _readv
from .store import make_store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

REPORT_FD = 4
# Descriptor of the requests of a session, whose scripts get descriptor 0.
SESSION_FD = 5
SECRET_AT = HEADER_BYTES + VERSION_BYTES

_request_fd = 0


def move_requests() -> None:
    """Makes room at descriptor 0 for the input of scripts, while further jobs are to come."""
    global _request_fd
    posix.dup2(_request_fd, SESSION_FD, False)
    _request_fd = SESSION_FD


def send(tag: bytes, payload: bytes) -> None:
    """Writes one frame."""
    write_all(REPORT_FD, tag + _len(payload).to_bytes(4, "big") + payload)


def receive() -> dict[str, Any]:
    """Reads a whole job; returns its payloads by the names of its messages."""
    opening = bytearray(SECRET_AT + SECRET_BYTES)
    try:
        read_opening(opening)
        return read_job(opening)
    finally:
        # The script must not find the secret.
        opening[SECRET_AT:] = bytes(SECRET_BYTES)


def read_opening(opening: bytearray) -> None:
    """Reads the first message. At an end of file there is no job, and the jail ends."""
    rest = memoryview(opening)
    while rest:
        size = _readv(_request_fd, [rest])
        if size == 0:
            _exit(0)
        rest = rest[size:]
    if opening[:HEADER_BYTES] != OPENING + (VERSION_BYTES + SECRET_BYTES).to_bytes(4, "big"):
        refuse_job(opening, "the service does not begin with a version")
    version = int.from_bytes(opening[HEADER_BYTES:SECRET_AT], "big")
    if version != VERSION:
        refuse_job(opening, f"the service has version {version} of it, the harness {VERSION}")


def read_job(opening: bytearray) -> dict[str, Any]:
    """Reads messages up to `run`. Writes files to disk as they arrive."""
    data = bytearray()
    fields: dict[str, Any] = {name: [] for name in REPEATED}
    start = 0
    store = None
    while True:
        head = start + HEADER_BYTES
        if _len(data) < head:
            fill(data, head)
        if data[start] not in MESSAGES:
            refuse_job(opening, f"the service sent {chr(data[start])!a}, which the harness does not know")
        name, most = MESSAGES[data[start]]
        size = int.from_bytes(data[start + 1 : head], "big")
        if size > most:
            refuse_job(opening, f"the service sent {size} bytes of {name}, which has at most {most}")
        start = head + size
        if _len(data) < start:
            fill(data, start)
        payload = bytes(data[head:start])
        if name == "run":
            if "session" in fields:
                send(TAKEN, bytes(opening[SECRET_AT:]))
            if store is not None:
                store(name, b"")
            return fields
        if name == "input_file" or name == "input_data":
            del data[:start]
            start = 0
            if store is None:
                store = make_store("session" in fields)
            store(name, payload)
        elif name in REPEATED:
            fields[name].append(payload)
        else:
            fields[name] = payload


def fill(data: bytearray, size: int) -> None:
    while _len(data) < size:
        chunk = _read(_request_fd, 1 << 20)
        if not chunk:
            _exit(0)
        data += chunk


def refuse_job(opening: bytearray, why: str) -> NoReturn:
    """Refuses the job, with the secret as the proof that no script did."""
    send(REFUSAL, bytes(opening[SECRET_AT:]) + why.encode())
    _exit(70)
