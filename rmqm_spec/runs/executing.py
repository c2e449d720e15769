"""The executor of a request, open while there is work for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rmqm_spec.contracts.executor import OpenExecutor
from rmqm_spec.contracts.option import read_options
from rmqm_spec.contracts.registry import executor_kind
from rmqm_spec.errors import RmqmError, UnavailableError, UsageError
from rmqm_spec.runs.request import RunRequest

__all__ = ["Executors", "check_parts", "opened_executor"]


def check_parts(request: RunRequest, pool: OpenExecutor | None) -> None:
    """
    Refuse a storage of finished parts where the work has no workers that would write them.

    Parameters
    ----------
    request : RunRequest
        What is asked for.
    pool : OpenExecutor, optional
        Workers that the caller keeps open.

    Raises
    ------
    UsageError
        ARG001.
    """
    if request.parts is None or pool is not None:
        return
    if executor_kind(request.executor).open is None:
        raise UsageError(
            "ARG001",
            f"--parts must come with an --executor whose workers write them; got --parts "
            f"{request.parts} with --executor {request.executor}",
            fix="Leave --parts out: what is done is kept beside the result. Or choose an executor.",
        )


class Executors:
    """
    The executors of several requests: those that are alike share their workers.

    Parameters
    ----------
    given : OpenExecutor, optional
        Workers that the caller keeps open; then no others are opened.
    stack : ExitStack
        Closes what is opened here.
    """

    def __init__(self, given: OpenExecutor | None, stack: ExitStack) -> None:
        self._given = given
        self._stack = stack
        self._opened: dict[str, OpenExecutor | RmqmError] = {}

    def of(self, request: RunRequest) -> OpenExecutor | None:
        """
        Return the executor of a request; None for the threads of this process.

        Raises
        ------
        RmqmError
            What is wrong with it; an executor that did not open is not tried again.
        """
        if self._given is not None or executor_kind(request.executor).open is None:
            return self._given
        key = f"{request.executor} {sorted(request.executor_options.items())}"
        if key not in self._opened:
            try:
                self._opened[key] = self._stack.enter_context(opened_executor(request))
            except RmqmError as error:
                self._opened[key] = error
        opened = self._opened[key]
        if isinstance(opened, RmqmError):
            raise opened
        return opened


@contextmanager
def opened_executor(request: RunRequest) -> Iterator[OpenExecutor]:
    """
    Open the executor that a request names.

    Raises
    ------
    UnavailableError
        RUN008 if its workers cannot be reached.
    """
    kind = executor_kind(request.executor)
    if kind.open is None:
        raise TypeError(f"--executor {kind.name} has no workers")
    options = read_options(kind.options, request.executor_options, owner=f"--executor {kind.name}")
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(kind.open(options))
        except RmqmError:
            raise
        except Exception as error:
            raise UnavailableError(
                "RUN008",
                f"--executor {kind.name} must open; got {type(error).__name__}: {error}",
                fix="See whether its workers can be reached, or leave --executor out.",
            ) from error
        yield opened
