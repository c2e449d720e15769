"""What is worth knowing about the inputs, the gradient and the folders of a run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rmqm_spec.contracts.backend import Backend, GradientGiving, ModelEncoder
from rmqm_spec.contracts.encoder import as_differentiable
from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.damage import damage_in
from rmqm_spec.runs.gradients import gradient_purpose
from rmqm_spec.runs.network_range import range_findings
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.inputs.prepared import PreparedInputs
    from rmqm_spec.runs.opening import Run

__all__ = ["elsewhere", "folder_findings", "gradient_error", "gradient_findings", "input_findings"]


def input_findings(
    request: RunRequest, backend: Backend, encoder: ModelEncoder, prepared: PreparedInputs
) -> Iterator[Finding]:
    """
    Say everything that every command has to say about inputs.

    What stood in for the user's inputs, what was left out, what was missing, and whether the values
    fit the network.
    """
    from rmqm_spec.runs.array_remarks import feature_findings, float_findings
    from rmqm_spec.runs.filled_range import share_findings
    from rmqm_spec.runs.image_remarks import transparency_findings

    if prepared.features is None:
        yield from range_findings(backend, encoder, prepared.bounds)
    asked = request.inputs
    if asked.data is None:
        yield Finding(
            code="SCO007",
            level="warn",
            message="the bundled images are used: a smoke test, not a ranking of encoders",
            fix="Pass --data with images like those the encoder will see.",
        )
    if prepared.ignored:
        message = f"{prepared.ignored} file(s) without the name of an image were not opened"
        yield Finding(code="DAT019", level="ok", message=message)
    if asked.data is not None and prepared.duplicates:
        yield Finding(
            code="DAT020",
            level="warn",
            message=f"{prepared.duplicates} input(s) repeat another one and are left out",
            fix="Nothing to do: equal inputs count once.",
        )
    yield from float_findings(prepared)
    yield from feature_findings(prepared)
    yield from share_findings(prepared)
    yield from transparency_findings(prepared)
    if asked.n is not None and len(prepared) < asked.n:
        yield Finding(
            code="DAT021",
            level="warn",
            message=f"--n asks for {asked.n} inputs; there are {len(prepared)} different ones",
            fix="Give more inputs, or leave --n out.",
        )


def gradient_error(run: Run) -> float | None:
    """Hold the gradient against differences on the first input that can be read."""
    if gradient_purpose(run.request) is None or not isinstance(run.backend, GradientGiving):
        return None
    for index in range(len(run.prepared)):
        with suppress(UnreadableError):
            values = run.prepared.load(index).values[None]
            error = run.backend.gradient_error(as_differentiable(run.graded), values)
            return error if error is not None and math.isfinite(error) else None
    return None


def gradient_findings(
    backend: Backend, route: str | None, error: float | None
) -> Iterator[Finding]:
    """Say where a gradient is no derivative, and how well it agrees with differences."""
    if route is None:
        return
    if isinstance(backend, GradientGiving):
        yield from backend.gradient_findings(route, error)
    if route == "finite differences":
        yield Finding(
            code="GRA015",
            level="warn",
            message="the gradient was taken by finite differences: where it is near zero its sign "
            "can be wrong",
            fix="Nothing to do where the model has no gradient of its own.",
        )


def folder_findings(wanted: Path, taken: Path) -> Iterator[Finding]:
    """Say where the result is not where it was to be, and where nobody is kept out."""
    from rmqm_spec.documents.writing import can_lock

    if taken != wanted:
        yield elsewhere(wanted, taken, "result")
    if not can_lock(taken):
        yield Finding(
            code="ARG006",
            level="warn",
            message=f"the file system of {taken} has no locks",
            fix="Let one process at a time write there.",
        )


def elsewhere(wanted: Path, taken: Path, kind: str) -> Finding:
    """Say that a folder was left alone, why, and which folder was taken instead."""
    damage = damage_in(wanted, kind)
    if damage is not None:
        return Finding(
            code="ARG004",
            level="warn",
            message=f"{wanted} holds a {kind} that is damaged or no {kind} at all, and was left "
            f"alone: this one is in {taken} ({damage})",
            fix=f"Pass --force to replace the damaged {kind}, or choose another --out.",
        )
    return Finding(
        code="ARG004",
        level="warn",
        message=f"{wanted} holds another {kind}: this one is in {taken}",
        fix=f"Choose another --out, or pass --force to replace the old {kind}.",
    )
