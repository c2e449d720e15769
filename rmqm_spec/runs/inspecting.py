"""``inspect`` and ``doctor``: a model by its file alone, and the environment tried for real."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from rmqm_spec.contracts.backend import Diagnosing, Inspecting
from rmqm_spec.contracts.registry import GROUPS, BrokenPlug, available, load_all
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.models import backend_of, preprocessing_of
from rmqm_spec.runs.request import RunRequest

__all__ = ["diagnose", "inspect"]


def inspect(request: RunRequest) -> Mapping[str, Any]:
    """
    Describe a model by its file alone; an open choice is in the description, not an error.

    Raises
    ------
    UsageError
        ARG001 if the backend describes no models.
    """
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
    """Return runtimes, providers and threads, tried for real, and all plugs with their faults."""
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
        {"kind": plug.kind, "name": plug.name, "origin": plug.origin, "message": plug.error.message}
        for plug in broken
    ]
    return seen
