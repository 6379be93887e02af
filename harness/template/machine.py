"""Calls functions of the C library, of the interpreter, and the machine code of templates.

With `_ctypes` alone: `ctypes` would take a megabyte in every jail.
"""

from __future__ import annotations

import _ctypes
import posix

CODE_FILE = "/opt/brig/template.code"
# From src/sandbox/nsjail/image/nursery-layout.ts: a page of code, a page for the nursery itself, and the table.
CODE_ADDRESS, PAGE = 0x70000000, 0x1000
MEMORY = 17 * PAGE
# sys/mman.h
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4
MAP_PRIVATE, MAP_ANONYMOUS, MAP_FIXED_NOREPLACE = 2, 0x20, 0x100000
# sys/rseq.h
RSEQ_UNREGISTER, RSEQ_SIGNATURE = 1, 0x53053053
SYS_RSEQ = 334


class Word(_ctypes._SimpleCData):
    _type_ = "l"


class Function(_ctypes.CFuncPtr):
    # A call that keeps the lock of the interpreter, and returns a word.
    _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_PYTHONAPI
    _restype_ = Word


class Machine:
    def __init__(self) -> None:
        # The program itself.
        self.handle = _ctypes.dlopen(None, 0)  # ty: ignore[invalid-argument-type]
        self.before_fork = self.find("PyOS_BeforeFork")
        self.after_fork = self.find("PyOS_AfterFork_Child")
        self.fork = _ctypes.dlsym(self.handle, "fork")
        self.code = self.map_code()
        self.forget_rseq()

    def find(self, name: str, arguments: int = 0) -> Function:
        function = Function(_ctypes.dlsym(self.handle, name))
        function.argtypes = (Word,) * arguments
        return function

    def map_code(self) -> Function:
        """Maps the code and its memory where it expects them; fails where something else is there."""
        mmap = self.find("mmap", 6)
        descriptor = posix.open(CODE_FILE, posix.O_RDONLY)
        parts = (
            (CODE_ADDRESS, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor),
            (CODE_ADDRESS + PAGE, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1),
        )
        for address, size, protection, flags, file in parts:
            if mmap(address, size, protection, flags | MAP_FIXED_NOREPLACE, file, 0) != address:
                raise OSError(f"the code of templates could not be mapped at {address:x}")
        posix.close(descriptor)
        function = Function(CODE_ADDRESS)
        function.argtypes = (Word,)
        return function

    def forget_rseq(self) -> None:
        """Ends what the kernel writes to the memory of this thread, which keepers and init processes give up.

        The C library then asks the kernel where it used to read.
        """
        try:
            place = Word.from_address(_ctypes.dlsym(self.handle, "__rseq_offset")).value
            size = Word.from_address(_ctypes.dlsym(self.handle, "__rseq_size")).value & 0xFFFFFFFF
        except (AttributeError, OSError):
            # A C library before 2.35.
            return
        if size == 0:
            return
        address = self.find("pthread_self")() + place
        # Registered with the size of the first version of the structure, or more.
        syscall = self.find("syscall", 5)
        if not any(syscall(SYS_RSEQ, address, one, RSEQ_UNREGISTER, RSEQ_SIGNATURE) == 0 for one in (32, size)):
            raise OSError("restartable sequences could not be ended")

    def serve(self) -> None:
        """Returns in the interpreter of each jail."""
        self.code(self.fork)
