"""
Several processes that judge: each makes the implementation anew, and is dealt check after check.

A check that brings its process down is errored, and another process takes its place. Processes end
with the run, with Ctrl-C, and with the process that started them.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from attrs import define

from rmqm_conformance.checks import Check
from rmqm_conformance.endings import ending_of
from rmqm_conformance.jobs.working import PATIENCE_S, Dealt, Ended, NotOpened, Ready, work
from rmqm_conformance.report import Outcome
from rmqm_spec.errors import UsageError

__all__ = ["judge_in_jobs"]


@define
class _Worker:
    """A process, the line to it, and the check that it runs."""

    process: BaseProcess
    line: Connection
    is_open: bool = False
    check: Check | None = None


def judge_in_jobs(
    dealt: Dealt, chosen: Sequence[Check], jobs: int, notes: list[str]
) -> Iterator[Outcome]:
    """
    Run checks in several processes.

    Parameters
    ----------
    dealt : Dealt
        What every process is given.
    chosen : sequence of Check
        The checks, in the order in which they are dealt.
    jobs : int
        Number of processes.
    notes : list of str
        Takes remarks on the subject that belong to no check.

    Yields
    ------
    Outcome
        The outcome of each check, as they end.

    Raises
    ------
    UsageError
        CON001 if the implementation does not open in a process.
    """
    todo = deque(chosen)
    workers = [_started(dealt) for _ in range(min(jobs, len(todo)))]
    try:
        while workers:
            for line in wait([worker.line for worker in workers]):
                worker = next(worker for worker in workers if worker.line is line)
                match _answer(worker):
                    case Outcome() as outcome:
                        _deal(worker, todo)
                        yield outcome
                    case Ready():
                        worker.is_open = True
                        _deal(worker, todo)
                    case NotOpened(why):
                        raise _cannot_open(why)
                    case Ended(remarks):
                        workers.remove(worker)
                        notes += [remark for remark in remarks if remark not in notes]
                    case None if not worker.is_open:
                        raise _cannot_open(_ending(worker.process))
                    case None:
                        workers.remove(worker)
                        workers += [_started(dealt)] if todo else []
                        yield from _lost(worker)
    finally:
        _end([worker.process for worker in workers])


def _cannot_open(why: str) -> UsageError:
    return UsageError(
        "CON001",
        "the implementation must start in every process that judges it; it started in the first, "
        f"but not in another: {why}",
        fix="Judge it in a single process: --jobs 1.",
    )


def _started(dealt: Dealt) -> _Worker:
    """Start a process; where it can, a server with everything imported forks it."""
    methods = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload([work.__module__])
    here, there = context.Pipe()
    process = context.Process(target=work, args=(there, dealt), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _answer(worker: _Worker) -> Any:
    """Return what a process says, or None if it has ended."""
    try:
        return worker.line.recv()
    except (EOFError, OSError):
        return None


def _deal(worker: _Worker, todo: deque[Check]) -> None:
    """Hand over the next check, or None at the end; a process that is gone is met again."""
    worker.check = todo.popleft() if todo else None
    with suppress(OSError):
        worker.line.send(worker.check.id if worker.check else None)


def _lost(worker: _Worker) -> Iterator[Outcome]:
    """Account for the check in which a process ended."""
    ending = _ending(worker.process)
    if (check := worker.check) is not None:
        yield Outcome(
            id=check.id,
            title=check.title,
            kind=check.kind,
            clauses=check.clauses,
            status="errored",
            message=f"the process that ran the implementation ended with {ending}",
        )


def _ending(process: BaseProcess) -> str:
    process.join(PATIENCE_S)
    if process.exitcode is None:
        process.kill()
        return "its line to the judge closed"
    return ending_of(process.exitcode)


def _end(processes: Sequence[BaseProcess]) -> None:
    until = time.monotonic() + PATIENCE_S
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))
        if process.is_alive():
            process.kill()
