"""A task in a process of its own, from outside: its events, its limits, and how it ended."""

from __future__ import annotations

import json
import os
import pickle
import queue
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from attrs import frozen

from rmqm_spec.errors import RmqmError, SubjectError
from rmqm_spec.memory import in_words
from rmqm_spec.runs.bug import bug
from rmqm_spec.runs.isolation.nursery import start_worker
from rmqm_spec.runs.isolation.worker import MARK, Task

__all__ = ["Ending", "follow"]

_GRACE = 10.0
"""Seconds that a process may take to end after its last word."""


@frozen(kw_only=True)
class Ending:
    """
    How a task ended.

    Parameters
    ----------
    task : Task
        What was to be done.
    stage : str
        What was being done last.
    returncode : int
        As `subprocess` has it: 0, an exit code, or minus a signal.
    errors : str
        What was written to stderr.
    silence : float, optional
        After how many seconds without any event it was stopped.
    out_of_memory : bool
        Whether it met the limit of its memory.
    """

    task: Task
    stage: str
    returncode: int
    errors: str
    silence: float | None = None
    out_of_memory: bool = False

    @property
    def is_kill(self) -> bool:
        """Whether it was ended from outside: by the system, or by whoever uses the machine."""
        return self.returncode in (-9, -signal.SIGTERM)

    @property
    def last_words(self) -> str:
        """The last line of stderr, to be put behind a sentence."""
        last = self.errors.strip().splitlines()[-1:]
        return f"; it said: {last[0]}" if last else ""

    def error(self) -> RmqmError | None:
        """Return what is wrong; None where the task ended by itself, with or without a result."""
        if self.silence is not None:
            return SubjectError(
                "MOD009",
                f"the model must answer within {self.silence:g} s; got no answer for so long while "
                f"{self.stage}, and it was stopped",
                fix="If it is slow rather than stuck, give it longer: --timeout SECONDS. A loop "
                "that never ends must be exported again.",
            )
        if self.out_of_memory:
            return self._too_large()
        if self.returncode > 0:
            return bug(f"the check stopped while {self.stage}{self.last_words}", self.errors)
        return self._crash() if self.returncode else None

    def _too_large(self) -> RmqmError:
        limit = "what is free" if self.task.memory is None else in_words(self.task.memory)
        return SubjectError(
            "MOD010",
            f"the model must fit into memory; got more than {limit} while {self.stage}",
            fix="Use smaller inputs (--size) where they are open, or a machine with more memory; "
            "--memory GB raises the limit.",
        )

    def _crash(self) -> RmqmError:
        try:
            name = signal.Signals(-self.returncode).name
        except ValueError:
            name = f"signal {-self.returncode}"
        return SubjectError(
            "MOD008",
            f"the model crashed the runtime ({name}) while {self.stage}{self.last_words}",
            fix="Try another version of ONNX Runtime; a kill can also mean too little memory.",
        )


class _Process(Protocol):
    """What is needed of a worker, forked or started."""

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...


def follow(task: Task, hear: Callable[[Mapping[str, Any]], None], *, silence: float) -> Ending:
    """
    Run a task to its end, to its crash, or to its limits.

    Parameters
    ----------
    task : Task
        What to do.
    hear : callable
        Takes its events, in order. An event ``{"stage": str}`` names what is being done, an event
        ``{"patience": float}`` how many seconds may pass from now on without an event.
    silence : float
        How many seconds may pass without an event.
    """
    with tempfile.TemporaryFile() as errors:
        process, given, lines = _started(task, errors.fileno())
        heard = _Heard(hear, silence)
        try:
            timed_out = not heard.follow(lines)
            if not timed_out:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=_GRACE)
        finally:
            process.kill()
            os.close(given)
            returncode = process.wait()
        errors.seek(0)
        return Ending(
            task=task,
            stage=heard.stage,
            returncode=returncode,
            errors=errors.read().decode("utf-8", "replace"),
            silence=heard.silence if timed_out else None,
            out_of_memory=heard.out_of_memory,
        )


def _started(task: Task, errors: int) -> tuple[_Process, int, queue.Queue[bytes | None]]:
    """Start a worker; return it, the pipe that keeps it alive, and the lines that it writes."""
    stdin, given = os.pipe()
    written, stdout = os.pipe()
    try:
        process = start_worker(stdin, stdout, errors, task.preload)
    finally:
        os.close(stdin)
        os.close(stdout)
    lines: queue.Queue[bytes | None] = queue.Queue()
    threading.Thread(target=_read_lines, args=(written, lines), daemon=True).start()
    threading.Thread(target=_write, args=(given, pickle.dumps(task)), daemon=True).start()
    return process, given, lines


def _write(descriptor: int, content: bytes) -> None:
    """Hand the task over; a worker that died at once reads nothing."""
    view = memoryview(content)
    with suppress(OSError):
        while view:
            view = view[os.write(descriptor, view) :]


def _read_lines(descriptor: int, lines: queue.Queue[bytes | None]) -> None:
    with os.fdopen(descriptor, "rb") as stream, suppress(OSError):
        for line in stream:
            lines.put(line)
    lines.put(None)


class _Heard:
    """Events as they come in."""

    def __init__(self, hear: Callable[[Mapping[str, Any]], None], silence: float) -> None:
        self._hear = hear
        self.silence = silence
        self.stage = "starting"
        self.out_of_memory = False

    def follow(self, lines: queue.Queue[bytes | None]) -> bool:
        """Hear every event; returns False where none came for too long."""
        while True:
            try:
                line = lines.get(timeout=self.silence)
            except queue.Empty:
                return False
            if line is None:
                return True
            if line.startswith(MARK) and line.endswith(b"\n"):  # else others wrote it, or it died
                self._take(json.loads(line.removeprefix(MARK)))

    def _take(self, event: Mapping[str, Any]) -> None:
        self.stage = event.get("stage", self.stage)
        self.silence = event.get("patience", self.silence)
        self.out_of_memory |= bool(event.get("out_of_memory"))
        self._hear(event)
