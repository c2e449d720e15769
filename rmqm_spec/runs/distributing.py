"""Groups of a run, walked by the workers of an executor: the same groups, so the same bits."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from rmqm_spec.contracts.executor import OpenExecutor
from rmqm_spec.errors import IncompleteError, UnavailableError
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.walk import Walk, block_size
from rmqm_spec.measures.movement import RMQM
from rmqm_spec.runs.isolation.worker import trust_models
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.runs.opening import Run

__all__ = ["Order", "distributed_groups", "walk_order"]

_ORDERS_PER_WORKER = 2
"""So many pieces of work wait for each worker: none is idle, and an interrupt loses little."""

_GROUPS_PER_ORDER = 16
"""Handing work over costs more than a small network; checkpoints want pieces of some seconds."""


@frozen(kw_only=True, eq=False)
class Order:
    """
    A piece of work that pickles.

    Parameters
    ----------
    request : RunRequest
        What the run was asked for.
    sha256 : str
        Digest of the run as the caller opened it.
    starts : tuple of int
        First positions of the groups to walk.
    driver : int
        Process of the caller.
    """

    request: RunRequest
    sha256: str
    starts: tuple[int, ...]
    driver: int


def distributed_groups(
    walk: Walk, request: RunRequest, sha256: str, executor: OpenExecutor
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

    Raises
    ------
    IncompleteError
        RUN004 if a worker dies.
    UnavailableError
        RUN005 if a worker does not see the same model and inputs.
    """
    request = evolve(request, executor="threads", executor_options={})
    orders = deque(_orders(walk))
    pending: deque[tuple[tuple[int, ...], Future[list[Group]] | None]] = deque()
    try:
        while orders or pending:
            while orders and len(pending) < _ORDERS_PER_WORKER * executor.workers:
                starts = orders.popleft()
                if starts[0] in walk.known:
                    pending.append((starts, None))
                    continue
                order = Order(request=request, sha256=sha256, starts=starts, driver=os.getpid())
                pending.append((starts, executor.pool.submit(walk_order, order)))
            starts, future = pending.popleft()
            yield from _done(walk, starts, future)
    except BrokenExecutor as error:
        raise IncompleteError(
            "RUN004",
            f"the workers must stay alive; one died: {error}",
            fix="Run the same command again: it resumes after what is done. Fewer workers take "
            "less memory.",
        ) from error
    finally:
        for _, future in pending:
            if future is not None:
                future.cancel()


def walk_order(order: Order) -> list[Group]:
    """
    Walk the groups of an order; a worker opens the run once and keeps it for the orders to come.

    Raises
    ------
    UnavailableError
        RUN005 if the run is not the caller's.
    """
    run = _opened(order.request, order.sha256, order.driver)
    walk = Walk(
        run.graded,
        run.prepared,
        run.alteration,
        block_size(run.encoder, run.alteration),
        (RMQM, *run.measures),
    )
    return [walk.group(start) for start in order.starts]


_LOCK = threading.Lock()


def _opened(request: RunRequest, sha256: str, driver: int) -> Run:
    with _LOCK:  # a pool of threads asks at once
        return _open(_Key(request, sha256), driver)


@frozen
class _Key:
    """A request under the digest of its run: requests with arrays do not compare."""

    request: RunRequest
    sha256: str

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.sha256 == other.sha256


@lru_cache(maxsize=1)
def _open(key: _Key, driver: int) -> Run:
    from rmqm_spec.runs.opening import open_run

    if os.getpid() != driver:
        with suppress(ValueError):  # not the main thread
            signal.signal(
                signal.SIGINT, signal.SIG_IGN
            )  # the caller decides what an interrupt means
        _end_with(driver)
        trust_models()  # the caller has tried the model, and sees it when a worker dies
    run = open_run(key.request)
    if run.sha256 != key.sha256:
        raise UnavailableError(
            "RUN005",
            f"a worker must see the same model, inputs and versions as its caller; got the run "
            f"{run.sha256[:12]} instead of {key.sha256[:12]}",
            fix="Give workers the same files under the same paths, the same packages and "
            "--threads.",
        )
    return run


@cache
def _end_with(driver: int) -> None:
    """End this worker as soon as its caller is gone, however that ended: nobody else stops it."""
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid != driver:
        return

    def wait() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _orders(walk: Walk) -> Sequence[tuple[int, ...]]:
    """Cut the groups into orders; those that are known stand alone."""
    orders: list[tuple[int, ...]] = []
    current: list[int] = []
    for start in range(0, len(walk.inputs), walk.group_size):
        if start in walk.known or len(current) == _GROUPS_PER_ORDER:
            orders += [tuple(current)] * bool(current)
            current = []
        if start in walk.known:
            orders.append((start,))
        else:
            current.append(start)
    return orders + [tuple(current)] * bool(current)


def _done(walk: Walk, starts: tuple[int, ...], future: Future[list[Group]] | None) -> list[Group]:
    return [walk.group(start) for start in starts] if future is None else future.result()
