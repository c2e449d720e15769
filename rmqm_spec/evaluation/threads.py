"""Groups of inputs over threads, in order."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_threads"]

Outcome = TypeVar("Outcome")

_SHORT_TASK_S = 0.01
_MAX_SPAN = 32
"""Tasks grow to this many groups while they take less than that many seconds."""


def in_threads(
    task: Callable[[int], Outcome],
    starts: Sequence[int],
    workers: int,
    *,
    cancelled: threading.Event,
    tells_pace: Callable[[Outcome], bool],
) -> Generator[Outcome]:
    """
    Yield what `task` makes of every start, in order, in `workers` threads.

    At most two tasks per thread are under way, so memory does not grow with the inputs. Closing
    the iterator, or an interrupt, sets `cancelled` and drops what waits.

    Parameters
    ----------
    task : callable
        From the first position of a group to what became of the group.
    starts : sequence of int
        First positions of all groups.
    workers : int
        Number of threads; a single one is the calling thread.
    cancelled : threading.Event
        Tasks look at it, and leave off.
    tells_pace : callable
        Whether the time that a group took says how long others take.
    """
    if workers == 1:
        yield from map(task, starts)
        return
    pending: deque[Future[tuple[list[Outcome], float]]] = deque()
    span, position = 1, 0
    with ThreadPoolExecutor(workers, thread_name_prefix="rmqm-walk") as pool:
        try:
            while pending or position < len(starts):
                while position < len(starts) and len(pending) < 2 * workers:
                    pending.append(pool.submit(_timed, task, starts[position : position + span]))
                    position += span
                done, seconds = pending.popleft().result()
                yield from done
                if seconds < _SHORT_TASK_S and span < _MAX_SPAN and all(map(tells_pace, done)):
                    span *= 2
        finally:
            cancelled.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _timed(task: Callable[[int], Outcome], starts: Sequence[int]) -> tuple[list[Outcome], float]:
    """Walk several groups in one task: handing over tasks costs more than a small network."""
    begun = time.monotonic()
    return [task(start) for start in starts], time.monotonic() - begun
