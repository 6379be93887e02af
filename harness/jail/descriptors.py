"""Reading and writing the whole content of a descriptor."""

from __future__ import annotations

import posix

from .own import _read, _write


def write_all(descriptor: int, content: bytes | bytearray) -> None:
    """Writes all of it, in as many writes as that takes."""
    view = memoryview(content)
    while view:
        view = view[_write(descriptor, view) :]


def read_file(path: bytes) -> bytes:
    source = posix.open(path, posix.O_RDONLY)
    content = bytearray()
    while chunk := _read(source, 1 << 20):
        content += chunk
    return bytes(content)
