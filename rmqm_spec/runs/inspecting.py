"""``inspect`` and ``doctor``: a model by its file alone, and the environment tried for real."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from rmqm_spec.contracts.backend import Diagnosing, Inspecting
from rmqm_spec.contracts.registry import GROUPS, BrokenPlug, available, load_all
from rmqm_spec.errors import RmqmError, UnavailableError, UsageError
from rmqm_spec.runs.isolation.running import Ending, follow
from rmqm_spec.runs.isolation.trials import document_of, told
from rmqm_spec.runs.isolation.worker import Emit, Task
from rmqm_spec.runs.models import backend_of, preprocessing_of
from rmqm_spec.runs.request import RunRequest

__all__ = ["diagnose", "diagnose_in_worker", "inspect", "inspect_in_worker"]

_SILENCE = 300.0
"""Seconds that a runtime may take to start and to try a provider."""


def inspect(request: RunRequest) -> Mapping[str, Any]:
    """
    Describe a model by its file alone; an open choice is in the description, not an error.

    The file is read in a process of its own: a parser may crash on it.

    Returns
    -------
    mapping
        Plain data, as JSON has it.

    Raises
    ------
    UsageError
        ARG001 if the backend describes no models.
    """
    return document_of(f"{__name__}:inspect_in_worker", request)


def inspect_in_worker(request: RunRequest, emit: Emit) -> None:
    """Describe a model in this process."""
    from rmqm_spec.results.document import plain

    told(lambda: plain(_inspected(request)), emit)


def _inspected(request: RunRequest) -> Mapping[str, Any]:
    backend = backend_of(request)
    if not isinstance(backend, Inspecting):
        raise UsageError(
            "ARG001",
            f"inspect must be given a model of a backend that describes models; {backend.name} "
            "does not",
            fix="Use rmqm-spec check instead.",
        )
    options = request.opening.open_options(preprocessing_of(request.opening, backend))
    return backend.inspect(request.path, evolve(options))


def diagnose() -> dict[str, Any]:
    """
    Return runtimes, providers and threads, tried for real, and all plugs with their faults.

    They are tried in a process of its own, which they may crash.

    Raises
    ------
    UnavailableError
        ENV011 if trying them crashes.
    """
    events: dict[str, Any] = {}
    task = Task(function=f"{__name__}:diagnose_in_worker", argument=None)
    ending = follow(task, events.update, silence=_SILENCE)
    if "document" not in events:
        raise _undiagnosed(ending)
    document: dict[str, Any] = events["document"]
    return document


def _undiagnosed(ending: Ending) -> RmqmError:
    if ending.returncode > 0 and ending.silence is None:
        return ending.error() or RuntimeError("no diagnosis")  # type: ignore[return-value]
    what = "a crash" if ending.silence is None else f"no answer within {ending.silence:g} s"
    return UnavailableError(
        "ENV011",
        f"the runtime must start; got {what} while it was tried{ending.last_words}",
        fix="Install it again (pip install --force-reinstall onnxruntime), in a version for this "
        "machine and this Python.",
    )


def diagnose_in_worker(_: None, emit: Emit) -> None:
    """Try the environment in this process."""
    from rmqm_spec.results.document import plain

    emit({"stage": "trying the environment"})
    emit({"document": plain(_diagnosed())})


def _diagnosed() -> dict[str, Any]:
    seen: dict[str, Any] = {"plugs": {kind: available(kind) for kind in GROUPS}}
    broken: list[BrokenPlug] = []
    for kind in GROUPS:
        working, failed = load_all(kind)
        broken += failed
        if kind == "backend":
            seen["diagnoses"] = {
                name: backend.diagnose()
                for name, backend in working.items()
                if isinstance(backend, Diagnosing)
            }
    seen["broken"] = [
        {
            "kind": plug.kind,
            "name": plug.name,
            "origin": plug.origin,
            "code": plug.error.code,
            "message": plug.error.message,
            "fix": plug.error.fix,
        }
        for plug in broken
    ]
    return seen
