"""Sends the files that are returned."""

from __future__ import annotations

import posix
import sys

from .globs import first_states, is_at_end, step
from .guard import attempt
from .messages import DATA, DATA_BYTES, FIGURE, FILE, FILES_END
from .own import _close, _fstat, _len, _listdir, _lstat, _open, _read
from .places import WORK_DIR
from .protocol import send
from .results import to_json
from .store import identify, placed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .globs import States

# Maximum number of entries of folders to look at: far more than the working directory has room for.
MAX_ENTRIES = 100_000


class Collection:
    """Sends the requested files of the working directory in the order of their names, then pictures, then a list of the
    files that were left out.

    Symbolic links are not followed, and only regular files are opened. The host checks everything again.
    """

    def __init__(self, order: dict[str, Any]) -> None:
        self.globs = order["globs"]
        self.files, self.bytes = order["files"], order["bytes"]
        self.most_omitted = order["omitted"]
        self.path_bytes, self.path_depth = order["path_bytes"], order["path_depth"]
        self.entries, self.pictures = MAX_ENTRIES, 0
        self.omitted: list[dict[str, Any]] = []
        self.omitted_total, self.complete = 0, True

    def send_all(self) -> None:
        pending = [("", first_states(self.globs), 1)]
        while pending:
            folder, states, depth = pending.pop()
            try:
                names = sorted(_listdir(WORK_DIR + "/" + folder))
            except OSError:
                self.omit(folder.rstrip("/"), None, "unreadable")
                continue
            found: list[tuple[str, States, int]] = []
            for name in names:
                self.entries -= 1
                if self.entries < 0:
                    self.complete, pending = False, []
                    break
                after = step(self.globs, states, name)
                if after:
                    self.visit(folder + name, after, depth, found)
            # The last one is taken next: depth first, in the order of names.
            pending.extend(reversed(found))

    def end(self) -> None:
        report = {"omitted": self.omitted, "omitted_total": self.omitted_total, "complete": self.complete}
        send(FILES_END, to_json(report))

    def visit(self, path: str, states: States, depth: int, found: list[tuple[str, States, int]]) -> None:
        try:
            status = _lstat(WORK_DIR + "/" + path)
        except OSError:
            return
        kind = status.st_mode & 0o170000
        if kind == 0o040000:
            if depth < self.path_depth:
                found.append((path + "/", states, depth + 1))
            else:
                self.omit(path, None, "bad_path")
        elif is_at_end(self.globs, states):
            if kind == 0o100000:
                if placed.get(path) != identify(status) or self.names(path):
                    self.offer(path, status.st_size)
            else:
                self.omit(path, None, "not_a_file")

    def names(self, path: str) -> bool:
        """Tells whether a pattern is exactly this path."""
        return [[*name] for name in path.split("/")] in self.globs

    def offer(self, path: str, size: int) -> None:
        """Sends a file with its present size, even if it grows meanwhile."""
        try:
            name = path.encode()
        except UnicodeEncodeError:
            return self.omit(path, size, "bad_path")
        if _len(name) > self.path_bytes:
            return self.omit(path, size, "bad_path")
        if self.files < 1:
            return self.omit(path, size, "too_many")
        try:
            # The file may have become a fifo meanwhile; without O_NONBLOCK, opening that would wait.
            flags = posix.O_RDONLY | posix.O_NOFOLLOW | posix.O_NONBLOCK | posix.O_CLOEXEC
            source = _open(WORK_DIR + "/" + path, flags)
        except OSError:
            return self.omit(path, size, "unreadable")
        try:
            status = _fstat(source)
            if status.st_mode & 0o170000 != 0o100000:
                return self.omit(path, None, "not_a_file")
            if status.st_size > self.bytes:
                return self.omit(path, status.st_size, "too_large")
            self.send_file(source, name, status.st_size)
        finally:
            _close(source)

    def send_file(self, source: int, name: bytes, size: int) -> None:
        self.files -= 1
        self.bytes -= size
        send(FILE, size.to_bytes(8, "big") + name)
        while size > 0:
            piece = _read(source, min(size, DATA_BYTES))
            if not piece:
                break
            size -= _len(piece)
            send(DATA, piece)
            if _len(piece) < DATA_BYTES:
                break

    def omit(self, path: str, size: int | None, reason: str, **more: object) -> None:
        self.omitted_total += 1
        if _len(self.omitted) < self.most_omitted:
            path = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[: self.path_bytes]
            self.omitted.append({"path": path, "size": size, "reason": reason, **more})

    def has_room(self) -> bool:
        return self.files > 0

    def offer_picture(self, content: bytes) -> None:
        name, size = self.name_picture(), _len(content)
        if self.files < 1 or size > self.bytes:
            self.omit(name, size, "too_many" if self.files < 1 else "too_large")
            return
        self.files -= 1
        self.bytes -= size
        send(FIGURE, size.to_bytes(8, "big") + name.encode())
        for start in range(0, size, DATA_BYTES):
            send(DATA, content[start : start + DATA_BYTES])

    def omit_picture(self, reason: str, **more: object) -> None:
        self.omit(self.name_picture(), None, reason, **more)

    def name_picture(self) -> str:
        """Returns the next name that no file of the script has, returned or not."""
        while True:
            self.pictures += 1
            name = f"figure-{self.pictures}.png"
            try:
                _lstat(WORK_DIR + "/" + name)
            except OSError:
                return name


def send_files(order: dict[str, Any], figures: Any) -> None:
    collection = Collection(order)
    if order["globs"]:
        collection.send_all()
    if figures is not None:
        # The script has ended: output while figures are drawn is not its own.
        sys.stdout = sys.stderr = None
        collection.complete &= attempt(figures.send_all, collection, order["memory"]) is not None
    collection.end()
