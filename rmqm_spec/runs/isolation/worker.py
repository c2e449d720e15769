"""The process in which models are opened: a task on stdin, events as lines on stdout."""

from __future__ import annotations

import importlib
import json
import os
import pickle
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from attrs import frozen

from rmqm_spec.runs.isolation.limits import end_with_parent, limit_memory

__all__ = ["MARK", "Emit", "Task", "is_isolated", "main", "trust_models"]

Emit = Callable[[Mapping[str, Any]], None]
"""Takes an event: plain data, on its way to the process that started this one."""

MARK = b"rmqm-spec event: "
"""Begins every line that is an event: other programs of this Python may print to stdout, too."""

_state = {"isolated": False}


@frozen(kw_only=True)
class Task:
    """
    Work for a process of its own.

    Parameters
    ----------
    function : str
        ``module:name`` of a function; it takes the argument and an `Emit`.
    argument : object
        What it is given; pickled.
    memory : int, optional
        Bytes that it may take.
    preload : tuple of str
        Modules to import once, for this task and those to come; they start no thread.
    """

    function: str
    argument: Any
    memory: int | None = None
    preload: tuple[str, ...] = ()


def is_isolated() -> bool:
    """Whether models may simply be opened here: a crash would hurt nobody, or has been tried."""
    return _state["isolated"]


def trust_models() -> None:
    """Open models without a trial from now on: this process is one that may crash."""
    _state["isolated"] = True


def main() -> NoReturn:
    """Read the task, work, and end."""
    code = 1
    try:
        _work()
        code = 0
    except MemoryError:
        code = 0 if _emit_memory_error() else 1
    except BaseException:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)  # no thread of a runtime, and no exit function, may keep it waiting


def _work() -> None:
    trust_models()
    emit = _claim_stdout()
    task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    end_with_parent(sys.stdin.fileno())
    limit_memory(task.memory)
    module, _, name = task.function.partition(":")
    getattr(importlib.import_module(module), name)(task.argument, emit)


def _claim_stdout() -> Emit:
    """Keep stdout for events: what native code prints there goes to stderr instead."""
    events = os.dup(1)
    os.dup2(2, 1)

    def emit(event: Mapping[str, Any]) -> None:
        line = b"\n" + MARK + json.dumps(event).encode("ascii") + b"\n"
        while line:
            line = line[os.write(events, line) :]

    _state["emit"] = emit  # type: ignore[assignment]
    return emit


def _emit_memory_error() -> bool:
    emit: Any = _state.get("emit")
    if emit is None:
        return False
    emit({"out_of_memory": True})
    return True


if __name__ == "__main__":
    # Under its own name, so that the state is that of the module which others import.
    importlib.import_module("rmqm_spec.runs.isolation.worker").main()
