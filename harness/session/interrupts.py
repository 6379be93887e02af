"""Lets an interrupt reach a script and nothing else: SIGINT, which the host sends to the process group."""

from __future__ import annotations

import _signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The script's handler of interrupts; a cell may choose another one for later cells too.
_chosen: Any = _signal.default_int_handler
_is_held = False


def allow_interrupts() -> None:
    global _is_held
    _is_held = False
    _signal.signal(_signal.SIGINT, _chosen)


def hold_interrupts() -> None:
    """Ignores interrupts until the next cell, also one that comes in this moment."""
    global _chosen, _is_held
    while True:
        try:
            if not _is_held:
                handler = _signal.getsignal(_signal.SIGINT)
                _chosen = _signal.default_int_handler if handler is None else handler
                _is_held = True
            _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
            return
        except KeyboardInterrupt:
            continue
