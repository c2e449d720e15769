"""Actors of Ray as a `concurrent.futures.Executor`: a thread of the driver waits for each."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import ray
from attrs import define
from ray.exceptions import RayError, RayTaskError

from rmqm_spec.errors import UnavailableError

__all__ = ["ActorPool", "Worker"]


class Worker:
    """What an actor is: a process that does whatever it is handed, one thing at a time."""

    def place(self) -> str:
        """Where the process is."""
        return f"{platform.node()}, process {os.getpid()}"

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function."""
        return function(*arguments)


@define
class _Place:
    """Where a piece of work is; it waits until an actor has taken it."""

    words: str = "no worker yet"


class ActorPool(Executor):
    """
    As many actors as workers; an actor that dies is replaced by the next piece of work.

    Ray itself repeats nothing: only the death of an actor is told, as a `BrokenExecutor` for the
    piece of work that it had.

    Parameters
    ----------
    workers : int
        How many actors.
    **resources
        What each actor needs, as ``num_cpus`` and ``num_gpus``.
    """

    def __init__(self, workers: int, **resources: float) -> None:
        self._actor_class: Any = ray.remote(Worker).options(
            max_restarts=0, max_task_retries=0, **resources
        )
        self._own = threading.local()
        self._actors: set[Any] = set()
        self._is_closed = False
        self._places: WeakKeyDictionary[Future[Any], _Place] = WeakKeyDictionary()
        # A thread takes work only when its actor is there: those that find no room take none.
        self._threads = ThreadPoolExecutor(workers, "rmqm-ray", initializer=self._first_actor)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand over a function and its arguments, which pickle."""
        if kwargs:
            raise TypeError("arguments go by position")
        place = _Place()
        future = self._threads.submit(self._run, place, fn, args)
        self._places[future] = place
        return future

    def where(self, future: Future[Any]) -> str:
        """Return where a piece of work is."""
        place = self._places.get(future)
        return place.words if place else ""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all actors, also those that are at work."""
        self._is_closed = True
        self._threads.shutdown(wait=False, cancel_futures=cancel_futures)
        for actor in list(self._actors):
            _kill(actor)
        self._threads.shutdown(wait=wait)

    def _run(self, place: _Place, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        if self._own.actor is None:
            self._new_actor()
        place.words = self._own.place
        try:
            return ray.get(self._own.actor.run.remote(function, *arguments))
        except RayTaskError as error:
            raise _cause(error) from None
        except RayError as error:
            self._forget_actor()
            raise BrokenExecutor(f"{place.words}: {_first_line(error)}") from error

    def _first_actor(self) -> None:
        self._own.actor = None
        with suppress(BrokenExecutor):  # the first piece of work meets it again
            self._new_actor()

    def _new_actor(self) -> None:
        """Start an actor, and wait until it runs."""
        if self._is_closed:
            raise BrokenExecutor("the pool is closed")
        actor = self._actor_class.remote()
        self._actors.add(actor)
        self._own.actor = actor
        try:
            self._own.place = ray.get(actor.place.remote())
        except RayTaskError as error:
            self._forget_actor()
            raise _cause(error) from None
        except RayError as error:
            self._forget_actor()
            raise BrokenExecutor(f"a worker did not start: {_first_line(error)}") from error

    def _forget_actor(self) -> None:
        self._actors.discard(self._own.actor)
        _kill(self._own.actor)  # also where only its node is out of reach: it must not go on
        self._own.actor = None


def _kill(actor: Any) -> None:
    with suppress(Exception):  # it is dead, or Ray is
        ray.kill(actor, no_restart=True)


def _cause(error: RayTaskError) -> BaseException:
    """Return what went wrong in a worker, as if it had gone wrong here."""
    cause: BaseException | None = getattr(error, "cause", None)
    if isinstance(cause, ImportError):
        return UnavailableError(
            "RUN005",
            f"workers must have the same packages as their caller; one says: {cause}",
            fix="Install the same version of rmqm-spec and its extras on every node.",
        )
    return cause if isinstance(cause, Exception) else error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
