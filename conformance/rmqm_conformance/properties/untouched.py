"""Laws of arguments: an operation reads them, and leaves them as they were. RMQM-ENC-004."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.laws import walk
from rmqm_conformance.operations import CAPABILITIES, operations
from rmqm_conformance.properties.requests import sound_of
from rmqm_conformance.require import require
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

LOSSES = ("cross-entropy", "triplet", "nt-xent")


def _untouched(capability: str) -> Check:
    @walk(f"RMQM-ENC-004/arguments-of-{capability}", needs=capability)
    def untouched(subject: Subject) -> None:
        """No operation writes to its arguments: neither to arrays nor to lists."""
        for name, request in _requests(subject, capability):
            touched = subject.touched(name, **request)
            require(
                not touched,
                f"{name} must not write to its arguments; it writes to {touched}",
                mistake="writes to its arguments",
            )

    return untouched


def _requests(subject: Subject, capability: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield requests of every operation of a capability, as others would take them by surprise."""
    for name, performed in operations().items():
        if performed.needs == capability:
            usual = sound_of(subject, name)
            yield name, usual
            if "variant" in usual:
                yield name, usual | {"variant": "authors-2022"}
            if name in {"white_noise", "evaluate", "document", "pgd_path", "pgd_step"}:
                yield name, _bound_inputs(usual)
            if name == "loss":
                yield from ((name, _loss(loss)) for loss in LOSSES)
            if name == "pool":
                yield from ((name, usual | {"how": how}) for how in ("flatten", "cls"))
            if name == "prepare":
                image = np.linspace(0, 1, 12, dtype="<f4").reshape(2, 2, 3)
                yield name, usual | {"input": image, "kind": "image"}
                yield name, usual | {"input": -0.0 * image, "kind": "image"}
                yield name, usual | {"input": -0.0 * usual["input"]}
            if name == "white_noise":
                yield name, usual | {"levels": [3, 0, 2, 1]}
            if name == "map_values":
                yield name, usual | {"dtype": "float64"}
            if name in {"characterize", "interval"}:
                yield name, _still(usual)


def _bound_inputs(usual: dict[str, Any]) -> dict[str, Any]:
    """Return inputs at the bounds, in an unusual order of their names, in float32."""
    values = np.array([[0, 1, 0.5, 1], [1, 0, 0, 0.25]], "<f4")
    return usual | {"inputs": values, "ids": ["beta", "alpha"]}


def _still(usual: dict[str, Any]) -> dict[str, Any]:
    """Return distances some of which are below the resolution."""
    tiny = np.array([[1e-13, 0.5, 0.25], [0.5, 1e-13, 1e-13]])
    return usual | {"displacements": tiny, "step_lengths": tiny}


def _loss(name: str) -> dict[str, Any]:
    z = np.array([[3.0, 4.0], [1.0, 2.0], [-1.0, 2.0], [0.5, 0.25]])
    views = name == "nt-xent"
    labels = None if views else [0, 1, 0, 1]
    return {
        "name": name,
        "encodings": z,
        "references": z[::-1] if views else None,
        "labels": labels,
    }


CHECKS = tuple(map(_untouched, (name for name in CAPABILITIES if name != "comparison")))
"""One for each capability; documents that are compared are texts, which nobody can write to."""
