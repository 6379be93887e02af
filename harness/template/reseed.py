"""Gives the interpreter of a jail randomness, clocks and names of its own, which a fork shares.

The interpreter itself reseeds `random`, whose handler CPython calls in a forked process.
"""

from __future__ import annotations

import posix
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SEED_BYTES = 32


def reseed() -> None:
    for module, act in RESEEDERS.items():
        if module in sys.modules:
            act(sys.modules[module])


def reseed_ssl(module: Any) -> None:
    """OpenSSL mixes this in before it draws again."""
    module.RAND_add(posix.urandom(SEED_BYTES), float(SEED_BYTES))


def reseed_numpy(module: Any) -> None:
    """The global generator of old; `default_rng` asks the kernel each time."""
    module.seed()


def reseed_processes(module: Any) -> None:
    module._current_process._config["authkey"] = module.AuthenticationString(posix.urandom(SEED_BYTES))


def reseed_uuid(module: Any) -> None:
    module._node = None
    module._last_timestamp = None


def reseed_names(module: Any) -> None:
    module._name_sequence = None
    module.tempdir = None


def restart_clock(module: Any) -> None:
    """Records tell how long after the start they were made."""
    module._startTime = time.time_ns() if sys.version_info >= (3, 13) else time.time()


RESEEDERS = {
    "_ssl": reseed_ssl,
    "numpy.random.mtrand": reseed_numpy,
    "multiprocessing.process": reseed_processes,
    "uuid": reseed_uuid,
    "tempfile": reseed_names,
    "logging": restart_clock,
}
