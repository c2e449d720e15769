"""Orders: what a worker of an executor is asked to do, and how it does it."""

from __future__ import annotations

import os
import platform
import signal
import threading
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import field, frozen

from rmqm_spec.errors import UnavailableError
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.threads import in_threads
from rmqm_spec.evaluation.walk import Walk, block_size
from rmqm_spec.measures.movement import RMQM
from rmqm_spec.runs.ending import end_with
from rmqm_spec.runs.isolation.worker import trust_models
from rmqm_spec.runs.parts import Parts
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.runs.opening import Run

__all__ = ["Driver", "Order", "walk_order"]


@frozen
class Driver:
    """The process that gives the orders: a worker takes over where it works."""

    host: str = field(factory=platform.node)
    process: int = field(factory=os.getpid)
    folder: str = field(factory=os.getcwd)


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
        First positions of the groups to walk, which follow each other.
    calls : int
        How many calls of the encoder the worker makes at a time.
    driver : Driver
        The caller.
    """

    request: RunRequest
    sha256: str
    starts: tuple[int, ...]
    calls: int = 1
    driver: Driver = field(factory=Driver)


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
    groups = list(
        in_threads(
            walk.group,
            order.starts,
            order.calls,
            cancelled=walk.cancelled,
            tells_pace=lambda group: bool(group.ids),
        )
    )
    if order.request.parts is not None:
        Parts(order.request.parts, order.sha256).put(groups)
    return groups


_LOCK = threading.Lock()


def _opened(request: RunRequest, sha256: str, driver: Driver) -> Run:
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
def _open(key: _Key, driver: Driver) -> Run:
    from rmqm_spec.runs.opening import open_run

    if (platform.node(), os.getpid()) != (driver.host, driver.process):
        _become_worker(driver)
    run = open_run(key.request)
    if run.sha256 != key.sha256:
        raise UnavailableError(
            "RUN005",
            f"a worker must see the same model, inputs and versions as its caller; got the run "
            f"{run.sha256[:12]} instead of {key.sha256[:12]}",
            fix="Give workers the same files under the same paths, and the same packages.",
        )
    return run


def _become_worker(driver: Driver) -> None:
    """Work where the caller works, and leave interrupts and trials of the model to it."""
    try:
        os.chdir(driver.folder)
    except OSError as error:
        raise UnavailableError(
            "RUN005",
            f"a worker must work in the folder of its caller, {driver.folder}; on "
            f"{platform.node()} that gives {type(error).__name__}",
            fix="Mount the same folder under the same path on every node, and start there.",
        ) from error
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with(driver.process)
    trust_models()
