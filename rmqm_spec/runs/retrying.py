"""Work sent to the pool of an executor: done again where a worker dies, named where it hangs."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Generic, TypeVar

from attrs import define, field

from rmqm_spec.contracts.executor import OpenExecutor
from rmqm_spec.errors import IncompleteError

__all__ = ["PATIENCE_S", "RetryingPool", "Sent"]

Outcome = TypeVar("Outcome")

PATIENCE_S = 60.0
"""After so long without an answer the work that is pending is named; then after twice as long."""

_NAMED = 8
"""So many pieces of work are named; the others are counted."""


@define(eq=False)
class Sent(Generic[Outcome]):
    """A piece of work that is under way, and what it is called."""

    name: str
    argument: Any
    future: Future[Outcome]
    pool: Executor
    since: float
    deaths: int = 0


@define(eq=False)
class RetryingPool(Generic[Outcome]):
    """
    Sends work to an executor, at least once, and takes each outcome exactly once.

    Parameters
    ----------
    executor : OpenExecutor
        The workers.
    function : callable
        What a worker does with an argument; both pickle.
    note : callable
        Hears, in a line for people, what is done again and what takes long.
    patience : float
        Seconds without an answer until what is pending is named.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as threads:
    ...     pool = RetryingPool(OpenExecutor(pool=threads, workers=2), str.upper, print)
    ...     pool.result(pool.send("first", "a"))
    'A'
    """

    executor: OpenExecutor
    function: Callable[[Any], Outcome]
    note: Callable[[str], None]
    patience: float = PATIENCE_S
    _pool: Executor = field(init=False)
    _pending: list[Sent[Outcome]] = field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        self._pool = self.executor.pool

    def send(self, name: str, argument: Any) -> Sent[Outcome]:
        """Send a piece of work; `name` is what messages call it."""
        future, pool = self._submit(argument)
        sent = Sent(name, argument, future, pool, time.monotonic())
        self._pending.append(sent)
        return sent

    def result(self, sent: Sent[Outcome]) -> Outcome:
        """
        Wait for the outcome of a piece of work, and take it.

        Raises
        ------
        IncompleteError
            RUN004 if workers died with it too often.
        """
        while True:
            try:
                outcome = self._wait(sent)
            except self.executor.deaths as error:
                self._again(sent, error)
            else:
                self._pending.remove(sent)
                return outcome

    def cancel(self) -> None:
        """Call off everything that has not begun."""
        for sent in self._pending:
            sent.future.cancel()

    def _submit(self, argument: Any) -> tuple[Future[Outcome], Executor]:
        try:
            return self._pool.submit(self.function, argument), self._pool
        except self.executor.deaths as error:  # the pool learned of it before its futures
            if self.executor.replace is None:
                raise _died("a worker died", error) from error
            self._pool = self.executor.replace(self._pool)
            return self._pool.submit(self.function, argument), self._pool

    def _wait(self, sent: Sent[Outcome]) -> Outcome:
        patience = self.patience
        while True:
            try:
                return sent.future.result(timeout=patience)
            except TimeoutError:
                if sent.future.done():  # the work itself raised it
                    return sent.future.result()
                self._name_pending()
                patience *= 2

    def _again(self, sent: Sent[Outcome], error: Exception) -> None:
        """Send a piece of work again, and with it whatever else went down with the same pool."""
        sent.deaths += 1
        if self.executor.replace is None or sent.deaths > self.executor.retries:
            often = "" if sent.deaths == 1 else f" {sent.deaths} times"
            raise _died(f"a worker died{often} with {sent.name} under way", error) from error
        self.note(
            f"  a worker died with {sent.name} under way; they are done again "
            f"(retry {sent.deaths} of {self.executor.retries})"
        )
        if sent.pool is self._pool:
            self._pool = self.executor.replace(self._pool)
        sent.future, sent.pool = self._submit(sent.argument)
        sent.since = time.monotonic()
        for other in self._pending:
            if other.pool is not self._pool and self._has_died(other.future):
                other.deaths += 1
                other.future, other.pool = self._submit(other.argument)
                other.since = time.monotonic()

    def _has_died(self, future: Future[Outcome]) -> bool:
        """Whether a piece of work failed because its worker died."""
        if not future.done() or future.cancelled():
            return False
        return isinstance(future.exception(), self.executor.deaths)

    def _name_pending(self) -> None:
        waiting = [sent for sent in self._pending if not sent.future.done()]
        named = ", ".join(self._described(sent) for sent in waiting[:_NAMED])
        others = len(waiting) - _NAMED
        more = f", and {others} more" if others > 0 else ""
        self.note(f"  no answer for a while; under way: {named}{more}")

    def _described(self, sent: Sent[Outcome]) -> str:
        where = self.executor.where and self.executor.where(sent.future)
        place = f" on {where}" if where else ""
        return f"{sent.name}{place} for {time.monotonic() - sent.since:.0f} s"


def _died(what: str, error: Exception) -> IncompleteError:
    return IncompleteError(
        "RUN004",
        f"the workers must stay alive; {what}: {error}",
        fix="Run the same command again: it resumes after what is done. Fewer workers take less "
        "memory.",
    )
