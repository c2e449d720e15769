"""Workers end with their caller."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import threading
from functools import cache

__all__ = ["end_with"]


@cache
def end_with(driver: int) -> None:
    """End this worker as soon as its caller is gone, however that ended: nobody else stops it."""
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid != driver:
        return

    def wait() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
