"""Groups of a run, walked by the workers of an executor: the same groups, so the same bits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence

from attrs import evolve

from rmqm_spec.contracts.executor import OpenExecutor
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.walk import Walk
from rmqm_spec.processors import usable_cpus
from rmqm_spec.runs.orders import Driver, Order, walk_order
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.retrying import RetryingPool, Sent

__all__ = ["distributed_groups"]

_ORDERS_PER_WORKER = 2
"""So many pieces of work wait for each worker: none is idle, and an interrupt loses little."""

_INPUTS_PER_ORDER = 16
"""Handing work over costs more than a small network; checkpoints want pieces of some seconds."""


def distributed_groups(
    walk: Walk,
    request: RunRequest,
    sha256: str,
    executor: OpenExecutor,
    *,
    calls: int,
    note: Callable[[str], None],
) -> Generator[Group]:
    """
    Yield every group of inputs in order, walked by the workers of an executor.

    Parameters
    ----------
    walk : Walk
        The walk as the caller would do it: which groups there are, and which are known.
    request : RunRequest
        From which a worker opens the same run.
    sha256 : str
        Digest of the run; a worker that opens another run refuses.
    executor : OpenExecutor
        The workers.
    calls : int
        How many calls of the encoder a single process would make at a time.
    note : callable
        Hears which work is done again, and which takes long.

    Raises
    ------
    IncompleteError
        RUN004 if workers die too often.
    UnavailableError
        RUN005 if a worker does not see the same model and inputs.
    """
    request = _for_workers(request)
    driver = Driver()
    calls = _calls_of_a_worker(calls, request.opening.threads or 1, executor.threads)
    orders = deque(_orders(walk))
    pending: deque[tuple[tuple[int, ...], Sent[list[Group]] | None]] = deque()
    pool = RetryingPool(executor, walk_order, note)
    try:
        while orders or pending:
            while orders and len(pending) < _ORDERS_PER_WORKER * executor.workers:
                starts = orders.popleft()
                if starts[0] in walk.known:
                    pending.append((starts, None))
                    continue
                order = Order(
                    request=request, sha256=sha256, starts=starts, calls=calls, driver=driver
                )
                pending.append((starts, pool.send(_name(walk, starts), order)))
            starts, sent = pending.popleft()
            if sent is None:
                yield from map(walk.group, starts)
            else:
                yield from pool.result(sent)
    finally:
        pool.cancel()


def _for_workers(request: RunRequest) -> RunRequest:
    """
    Return the request as workers open it.

    The number of processors is the caller's, whatever machine a worker has: operators that are
    divided among another number of threads may round differently.
    """
    threads = request.opening.threads or usable_cpus()
    opening = evolve(request.opening, threads=threads)
    return evolve(request, opening=opening, executor="threads", executor_options={})


def _calls_of_a_worker(calls: int, processors: int, threads: int) -> int:
    """
    Return how many of the calls that keep all processors busy fit into those of a worker.

    Examples
    --------
    >>> _calls_of_a_worker(8, 16, 4), _calls_of_a_worker(8, 16, 1)
    (2, 1)
    """
    return max(1, min(calls, calls * threads // processors))


def _orders(walk: Walk) -> Sequence[tuple[int, ...]]:
    """Cut the groups into orders; those that are known stand alone."""
    orders: list[tuple[int, ...]] = []
    current: list[int] = []
    n_groups = max(1, _INPUTS_PER_ORDER // walk.group_size)
    for start in range(0, len(walk.inputs), walk.group_size):
        if start in walk.known or len(current) == n_groups:
            orders += [tuple(current)] * bool(current)
            current = []
        if start in walk.known:
            orders.append((start,))
        else:
            current.append(start)
    return orders + [tuple(current)] * bool(current)


def _name(walk: Walk, starts: tuple[int, ...]) -> str:
    return f"inputs {starts[0] + 1} to {walk.end_of(starts[-1])}"
