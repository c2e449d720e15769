"""The executor of processes: workers of their own on this machine, spawned rather than forked."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from rmqm_spec.contracts.executor import ExecutorKind, OpenExecutor
from rmqm_spec.contracts.option import Option, whole_number
from rmqm_spec.processors import usable_cpus
from rmqm_spec.runs.ending import end_with

__all__ = ["PROCESSES"]

_USUAL_WORKERS = 8
"""More would read the inputs more often; beyond, each worker has several processors instead."""


class _DeafPool(ProcessPoolExecutor):
    """Processes that never hear Ctrl-C, not even while they start: the caller alone decides."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not hasattr(signal, "pthread_sigmask"):
            return super().submit(fn, *args, **kwargs)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _opened(options: Mapping[str, Any]) -> Iterator[OpenExecutor]:
    processors = usable_cpus()
    workers = options.get("workers") or min(processors, _USUAL_WORKERS)
    pools = [_new_pool(workers)]

    def replace(broken: Executor) -> Executor:
        broken.shutdown(wait=False, cancel_futures=True)
        pools.append(_new_pool(workers))
        return pools[-1]

    try:
        yield OpenExecutor(
            pool=pools[0],
            workers=workers,
            threads=max(1, processors // workers),
            replace=replace,
            retries=options.get("retries", 3),
        )
    finally:
        pools[-1].shutdown(wait=True, cancel_futures=True)


def _new_pool(workers: int) -> ProcessPoolExecutor:
    # A runtime with threads of its own does not survive a fork.
    context = multiprocessing.get_context("spawn")
    return _DeafPool(workers, mp_context=context, initializer=end_with, initargs=(os.getpid(),))


PROCESSES = ExecutorKind(
    name="processes",
    summary="Processes of this machine.",
    open=_opened,
    options=(
        Option(
            name="workers",
            help="How many workers.",
            read=whole_number(1),
        ),
        Option(
            name="retries",
            help="How often work is done again after a worker died with it.",
            read=whole_number(0),
            default=3,
        ),
    ),
)
