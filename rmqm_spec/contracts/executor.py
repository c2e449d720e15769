"""Executors: where the groups of a run are walked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager
from typing import Any

from attrs import frozen

from rmqm_spec.contracts.option import Option

__all__ = ["ExecutorKind", "OpenExecutor"]


@frozen(kw_only=True, eq=False)
class OpenExecutor:
    """
    An executor that is ready for work.

    Parameters
    ----------
    pool : concurrent.futures.Executor
        Takes a function that pickles, with arguments that pickle (PEP 3148).
    workers : int
        How many pieces of work it does at a time.
    threads : int
        How many processors each worker may use.
    replace : callable, optional
        Called with a pool after a piece of work failed because its worker died; returns the pool to
        go on with. That is a new pool, or the same one if it replaces dead workers by itself.
        Without it, a worker that dies ends the run.
    deaths : tuple of exception classes
        What a piece of work raises if its worker died.
    retries : int
        How often a piece of work is done again after a worker died with it.
    where : callable, optional
        From a future to words for its worker, such as ``"node-7, process 4711"``; the words are
        shown when a piece of work takes long.
    """

    pool: Executor
    workers: int
    threads: int = 1
    replace: Callable[[Executor], Executor] | None = None
    deaths: tuple[type[Exception], ...] = (BrokenExecutor,)
    retries: int = 3
    where: Callable[[Future[Any]], str] | None = None


@frozen(kw_only=True)
class ExecutorKind:
    """
    An executor as a plug: an entry point of the group ``rmqm_spec.executors`` names one.

    A worker opens model and inputs from the run's request, once, and walks the groups that it is
    handed. Which groups there are does not depend on the executor: every one of them gives the same
    bits.

    Parameters
    ----------
    name : str
        As it is typed.
    summary : str
        One short sentence for help.
    open : callable
        From the values of its options to a context with an `OpenExecutor`; None for work in the
        calling process, by its own threads.
    options : tuple of Option
        What it takes.
    """

    name: str
    summary: str
    open: Callable[[Mapping[str, Any]], AbstractContextManager[OpenExecutor]] | None
    options: tuple[Option, ...] = ()
