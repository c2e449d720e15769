"""``--executor ray``: the groups of a run are walked by actors of a Ray cluster."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from typing import Any

from rmqm_spec.contracts.executor import ExecutorKind, OpenExecutor
from rmqm_spec.contracts.option import Option, whole_number
from rmqm_spec.errors import UnavailableError
from rmqm_spec.processors import usable_cpus

__all__ = ["RAY"]

_CONNECT_S = 5.0
_LOCAL = "local"


@contextmanager
def _opened(options: Mapping[str, Any]) -> Iterator[OpenExecutor]:
    ray = _imported()
    cpus, gpus = options.get("cpus", 1.0), options.get("gpus", 0.0)
    workers = options.get("workers")
    is_ours = not ray.is_initialized()
    if is_ours:
        usual = "auto" if os.environ.get("RAY_ADDRESS") else _LOCAL
        _connect(ray, options.get("address", usual), ceil((workers or 0) * cpus))
    try:
        from rmqm_ray.pool import ActorPool

        workers = workers or _as_many_as_fit(ray.cluster_resources(), cpus, gpus)
        pool = ActorPool(workers, num_cpus=cpus, num_gpus=gpus)
        try:
            yield OpenExecutor(
                pool=pool,
                workers=workers,
                threads=max(1, int(cpus)),
                replace=lambda same: same,
                retries=options.get("retries", 3),
                where=pool.where,
            )
        finally:
            pool.shutdown(cancel_futures=True)
    finally:
        if is_ours:
            ray.shutdown()


def _imported() -> Any:
    try:
        import ray
    except ImportError as error:
        raise UnavailableError(
            "RUN008",
            "--executor ray must have the package ray; got none",
            fix="pip install 'rmqm-spec[ray]'",
        ) from error
    return ray


def _connect(ray: Any, address: str, cpus: int) -> None:
    """Join the cluster at an address, or start one on this machine with at least `cpus`."""
    quiet = {"log_to_driver": False, "logging_level": "error"}
    if address == _LOCAL:
        ray.init(_LOCAL, num_cpus=max(cpus, usable_cpus()), include_dashboard=False, **quiet)
        return
    if address != "auto":
        _check_reachable(address)
    try:
        ray.init(address, **quiet)
    except Exception as error:
        raise _unreachable(address, f"{type(error).__name__}: {error}") from error


def _check_reachable(address: str) -> None:
    """Refuse an address where nobody listens: Ray itself would wait for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise _unreachable(address, "no host and port")
    try:
        socket.create_connection((host, int(port)), timeout=_CONNECT_S).close()
    except (OSError, OverflowError) as error:
        raise _unreachable(address, str(error)) from error


def _unreachable(address: str, why: str) -> UnavailableError:
    return UnavailableError(
        "RUN008",
        f"--address must be that of a running Ray cluster (auto, local, HOST:PORT or "
        f"ray://HOST:PORT); got {address!r}: {why}",
        fix="Start a cluster: ray start --head --port=6379. If it asks for a token, set "
        "RAY_AUTH_TOKEN_PATH as on its nodes. Or give --address local for workers on this machine.",
    )


def _as_many_as_fit(resources: Mapping[str, float], cpus: float, gpus: float) -> int:
    """
    Return how many workers fit into a cluster, at least 1.

    Examples
    --------
    >>> _as_many_as_fit({"CPU": 16.0, "GPU": 2.0}, 1.0, 0.5)
    4
    """
    wanted = {"CPU": cpus, "GPU": gpus}
    room = [int(resources.get(name, 0) // each) for name, each in wanted.items() if each > 0]
    return max(1, min(room, default=1))


def _at_least_zero(given: Any) -> float:
    number = float(given)
    if not 0 <= number < float("inf"):
        raise ValueError("it must be a number of at least 0")
    if number > 1 and number != int(number):
        raise ValueError("above 1 it must be a whole number")
    return number


RAY = ExecutorKind(
    name="ray",
    summary="Actors of a Ray cluster.",
    open=_opened,
    options=(
        Option(
            name="address",
            help="Cluster: auto, local, HOST:PORT or ray://HOST:PORT.",
        ),
        Option(name="workers", help="How many workers.", read=whole_number(1)),
        Option(
            name="cpus",
            help="Processors of each worker; fractions are allowed.",
            read=_at_least_zero,
            default=1.0,
        ),
        Option(
            name="gpus",
            help="GPUs of each worker; fractions are allowed.",
            read=_at_least_zero,
            default=0.0,
        ),
        Option(
            name="retries",
            help="How often work is done again after a worker died with it.",
            read=whole_number(0),
            default=3,
        ),
    ),
)
