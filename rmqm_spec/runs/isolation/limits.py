"""What a process may take, and how it ends with the process that started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress

from rmqm_spec.memory import available_memory

__all__ = ["end_with_parent", "limit_memory", "usual_memory"]

_PR_SET_PDEATHSIG = 1
_LEAST = 2 * 10**9
"""Bytes that a process may always take: less would stop Python and a runtime from starting."""


def usual_memory() -> int | None:
    """Return the usual limit in bytes: nine tenths of the memory that is free."""
    available = available_memory()
    return None if available is None else max(available * 9 // 10, _LEAST)


def limit_memory(n_bytes: int | None) -> None:
    """
    Limit the data of this process, where the system can: what goes beyond is a MemoryError.

    The limit counts private memory alone; libraries, files that are mapped and address space that
    is only reserved do not count.
    """
    if n_bytes is None or sys.platform != "linux":
        return
    import resource

    with suppress(ValueError, OSError):  # a smaller limit is in force already
        resource.setrlimit(resource.RLIMIT_DATA, (n_bytes, n_bytes))


def end_with_parent(alive: int) -> None:
    """
    End this process when its parent ends, however that ends.

    On Linux the kernel sees to it. Elsewhere, and for a parent that ended before the kernel was
    asked, a thread waits for the other end of a pipe to be closed.

    Parameters
    ----------
    alive : int
        Descriptor of a pipe whose other end is held open as long as somebody waits for this work.
    """
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_wait_for_end, args=(alive,), daemon=True).start()


def _wait_for_end(alive: int) -> None:
    with suppress(OSError):
        while os.read(alive, 1):
            pass
    os._exit(1)
