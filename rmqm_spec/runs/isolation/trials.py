"""Models opened first in a process of their own: what is opened here has been opened there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import evolve

import rmqm_spec.errors
from rmqm_spec.errors import RmqmError, UnavailableError
from rmqm_spec.runs.isolation.limits import usual_memory
from rmqm_spec.runs.isolation.running import Ending, follow
from rmqm_spec.runs.isolation.worker import Emit, Task, is_isolated
from rmqm_spec.runs.request import DataSettings, ProtocolSettings, RunRequest

__all__ = [
    "document_of",
    "error_of",
    "open_for_trial",
    "require_sound",
    "silence_of",
    "taken_back",
    "task_of",
    "told",
]

_SILENCE = 120.0
_SILENCE_OF_COMPILERS = 1800.0
_QUICK = ("cpu", "cuda")
"""Other providers may compile a model when they open it, for minutes and without a word."""

_sound: set[tuple[object, ...]] = set()
"""Models that were opened soundly, as they lay on disk then."""


def silence_of(request: RunRequest) -> float:
    """Return how many seconds a model may be silent."""
    compiles = request.opening.provider_name not in _QUICK
    usual = _SILENCE_OF_COMPILERS if compiles else _SILENCE
    return request.opening.timeout or usual


def task_of(function: str, request: RunRequest) -> Task:
    """
    Return a task about a model, with the limit of its memory.

    Drivers of accelerators reserve far more than they use: there the usual limit does not hold.
    """
    opening = request.opening
    if opening.memory is not None:
        memory: int | None = int(opening.memory * 1e9)
    else:
        memory = usual_memory() if opening.provider_name == "cpu" else None
    return Task(function=function, argument=request, memory=memory, preload=_preload(request))


def _preload(request: RunRequest) -> tuple[str, ...]:
    """Return what the backend needs before its runtime; a wrong name is met by the task."""
    from rmqm_spec.runs.models import backend_of

    with suppress(RmqmError):
        return tuple(getattr(backend_of(request), "preload", ()))
    return ()


def require_sound(request: RunRequest, data_shape: tuple[int, ...] | None = None) -> None:
    """
    Open the model of a request in a process of its own, each model once.

    Of the inputs, perhaps a large array, only the shape of one matters for opening it.

    Raises
    ------
    RmqmError
        What opening it raises there; MOD008 where it crashes, MOD009 where it does not answer,
        MOD010 where it takes too much memory.
    """
    if is_isolated():
        return
    key = (*_key(request), data_shape)
    if key in _sound:
        return
    alone = evolve(request, inputs=DataSettings(), protocol=ProtocolSettings())
    task = evolve(task_of(f"{__name__}:open_for_trial", alone), argument=(alone, data_shape))
    _run(task, silence_of(request))
    _sound.add(key)


def document_of(function: str, request: RunRequest) -> Mapping[str, Any]:
    """
    Return the document that a function makes of a request in a process of its own.

    Raises
    ------
    RmqmError
        What the function raises there, and as `require_sound`.
    """
    document = _run(task_of(function, request), silence_of(request))
    if document is None:
        raise RuntimeError("the other process ended without a document")
    return document


def open_for_trial(argument: tuple[RunRequest, tuple[int, ...] | None], emit: Emit) -> None:
    """Open a model in this process, and say what that raises."""
    request, data_shape = argument
    from rmqm_spec.runs.models import open_model

    def look() -> None:
        open_model(request, data_shape=data_shape)

    told(look, emit)


def told(look: Callable[[], Any], emit: Emit) -> None:
    """Do something to a model; say what it returns, or raises on purpose."""
    emit({"stage": "opening the model"})
    try:
        emit({"document": look()})
    except RmqmError as error:
        fields = {"code": error.code, "message": error.message, "fix": error.fix}
        emit({"raised": {"kind": _kind(error), **fields}})


def taken_back(raised: Mapping[str, str]) -> RmqmError:
    """Return the error that another process raised."""
    kind: type[RmqmError] = getattr(rmqm_spec.errors, raised["kind"])
    return kind(raised["code"], raised["message"], fix=raised["fix"])


def error_of(ending: Ending) -> RmqmError | None:
    """Return what is wrong with a process that ended; a crash may be the runtime's alone."""
    error = ending.error()
    if error is not None and error.code == "MOD008" and not ending.is_kill:
        return _of_the_runtime() or error
    return error


def _run(task: Task, silence: float) -> Mapping[str, Any] | None:
    events: dict[str, Any] = {}
    ending = follow(task, events.update, silence=silence)
    error = error_of(ending)
    if "raised" in events:
        error = taken_back(events["raised"])
    if error is not None and "document" not in events:
        raise error
    return events.get("document")


def _of_the_runtime() -> RmqmError | None:
    """Try the environment without a model: a runtime that crashes there crashes on every model."""
    task = Task(function="rmqm_spec.runs.inspecting:diagnose_in_worker", argument=None)
    ending = follow(task, lambda _: None, silence=_SILENCE)
    if ending.returncode >= 0 or ending.silence is not None:
        return None
    return UnavailableError(
        "ENV011",
        f"the runtime must start; got a crash before any model was opened{ending.last_words}",
        fix="Install it again (pip install --force-reinstall onnxruntime), in a version for this "
        "machine and this Python.",
    )


def _kind(error: RmqmError) -> str:
    """Return the nearest class of errors that every process knows."""
    names = (kind.__name__ for kind in type(error).__mro__)
    return next(name for name in names if hasattr(rmqm_spec.errors, name))


def _key(request: RunRequest) -> tuple[object, ...]:
    """Name a model as it lies on disk, and how it is opened."""
    path = request.path
    return (os.path.realpath(path), repr(request.opening), tuple(sorted(_states(path))))


def _states(path: Path) -> list[tuple[str, int, int]]:
    """Return size and time of the files of a model; data files beside it are checked by opening."""
    files = [path, *path.glob("*"), *path.glob("onnx/*")] if path.is_dir() else [path]
    states = []
    for file in files:
        with suppress(OSError):
            state = file.stat()
            states.append((str(file), state.st_size, state.st_mtime_ns))
    return states
