"""``--executor dask``: the groups of a run are walked by the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rmqm_spec.contracts.executor import ExecutorKind, OpenExecutor
from rmqm_spec.contracts.option import Option
from rmqm_spec.errors import UnavailableError, UsageError

__all__ = ["DASK"]

_CONNECT_S = 10


@contextmanager
def _opened(options: Mapping[str, Any]) -> Iterator[OpenExecutor]:
    distributed = _imported()
    address = options.get("scheduler")
    if address is None:
        raise UsageError(
            "ARG001",
            "--executor dask must come with --scheduler; got none",
            fix="Give the address that dask scheduler prints: --scheduler tcp://HOST:8786",
        )
    try:
        client = distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
    except Exception as error:  # timeouts and unknown protocols raise classes of several packages
        raise UnavailableError(
            "RUN008",
            f"--scheduler must be the address of a running Dask scheduler; got {address!r}: "
            f"{str(error) or type(error).__name__}",
            fix="Start one with dask scheduler, and workers with dask worker tcp://HOST:8786.",
        ) from error
    with client:
        workers = max(1, sum(client.nthreads().values()))
        # Dask gives the work of a dead worker to another one by itself, a few times.
        with client.get_executor(pure=False) as pool:
            yield OpenExecutor(
                pool=pool, workers=workers, deaths=(distributed.KilledWorker,), retries=0
            )


def _imported() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise UnavailableError(
            "RUN008",
            "--executor dask must have the package distributed; got none",
            fix="pip install 'rmqm-spec[dask]'",
        ) from error
    return distributed


DASK = ExecutorKind(
    name="dask",
    summary="Workers of a Dask cluster.",
    open=_opened,
    options=(Option(name="scheduler", help="Address of the Dask scheduler: tcp://HOST:8786."),),
)
