"""Linear algebra in one thread, while several callers of their own do some at a time."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Final

__all__ = ["ONE_THREAD"]


class _OneThread:
    """
    A context that several threads may be in at once: the last one out sets the limit back.

    A walk has threads of its own. With those of linear algebra beside them, small problems take
    many times as long, and another number of threads may round otherwise.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_inside = 0
        self._limits: Any = None

    def __enter__(self) -> None:
        from threadpoolctl import threadpool_limits

        with self._lock:
            if not self._n_inside:
                self._limits = threadpool_limits(1, user_api="blas")
            self._n_inside += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._n_inside -= 1
            if not self._n_inside:
                self._limits.restore_original_limits()


ONE_THREAD: Final = _OneThread()
