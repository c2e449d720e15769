"""A pool of processes as an executor: each opens the model once and walks groups of inputs."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from rmqm_spec.contracts.executor import ExecutorKind, OpenExecutor
from rmqm_spec.contracts.option import Option

__all__ = ["PROCESS_POOL"]


def usable_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def end_with_parent() -> None:
    """End this worker as soon as the process that started it is gone, however it ended."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def open_pool(options: Mapping[str, Any]) -> Iterator[OpenExecutor]:
    """
    Start processes, and end them when the work is over.

    Spawned rather than forked: a runtime with threads of its own does not survive a fork.
    """
    workers = options.get("processes") or usable_processors()
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=end_with_parent
    )
    try:
        yield OpenExecutor(pool=pool, workers=workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _processes(given: Any) -> int:
    number = int(given)
    if number < 1:
        raise ValueError("it must be at least 1")
    return number


PROCESS_POOL = ExecutorKind(
    name="process-pool",
    summary="Processes of this machine.",
    open=open_pool,
    options=(
        Option(
            name="processes",
            help="How many; by default one for each processor.",
            read=_processes,
        ),
    ),
)
