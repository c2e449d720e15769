"""What is worth knowing about the inputs, the gradient and the folders of a run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rmqm_spec.contracts.backend import Backend, GradientGiving
from rmqm_spec.contracts.encoder import as_differentiable
from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.request import DataSettings

_LOOKED_AT = 8
"""How many inputs are looked at to say what kind of values an array holds."""

_SEVERAL = 17
"""Fewer different values make a drawing or a mask, which is no evidence of 8-bit pixels."""

if TYPE_CHECKING:
    from rmqm_spec.inputs.prepared import PreparedInputs
    from rmqm_spec.runs.opening import Run

__all__ = ["elsewhere", "folder_findings", "gradient_error", "gradient_findings", "input_findings"]


def input_findings(asked: DataSettings, prepared: PreparedInputs) -> Iterator[Finding]:
    """Say what stood in for the user's inputs, what was left out, and what was missing."""
    if asked.data is None:
        yield Finding(
            code="SCO007",
            level="warn",
            message="the bundled images are used: the score is a smoke test, not a ranking of "
            "encoders",
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
    yield from range_findings(prepared)
    if asked.n is not None and len(prepared) < asked.n:
        yield Finding(
            code="DAT021",
            level="warn",
            message=f"--n asks for {asked.n} inputs; there are {len(prepared)} different ones",
            fix="Give more inputs, or leave --n out.",
        )


def float_findings(prepared: PreparedInputs) -> Iterator[Finding]:
    """Say what becomes of floats for an encoder of images, and which of them are 8-bit pixels."""
    from rmqm_spec.inputs.array_rows import ArrayRows

    source = prepared.source
    if not isinstance(source, ArrayRows) or not source.is_float or not source.of_images:
        return
    low, high = source.value_range
    if prepared.features is not None:
        return
    if source.is_kept:
        yield Finding(
            code="DAT030",
            level="warn",
            message=f"the floats of {source.label}, declared in [{low:g}, {high:g}], go into the "
            "network as they are: no value map is known; noise is relative to that range",
            fix="Nothing to do if the network was trained on such values. If it takes [0, 1]: "
            "--scale 1 maps the range to that; then --mean and --std apply.",
        )
        return
    if source.has_declared_range and (low, high) != (0.0, 1.0):
        yield Finding(
            code="DAT030",
            level="warn",
            message=f"the floats of {source.label} are mapped from [{low:g}, {high:g}] to [0, 1]; "
            f"the value map is applied to that ({prepared.preprocessing.source})",
            fix=f"Nothing to do if {low:g} is black and {high:g} is white.",
        )
    if _holds_bytes(prepared):
        yield Finding(
            code="DAT031",
            level="warn",
            message=f"the floats of {source.label} are 8-bit pixels: as floats they have other "
            "ids, and so other noise, than the same pixels as image files or uint8",
            fix=f"To compare with those, save {_as_bytes(low, high)}.",
        )


def range_findings(prepared: PreparedInputs) -> Iterator[Finding]:
    """Say where the ranges of single values come from, and which values they leave alone."""
    features = prepared.features
    if features is None:
        return
    n_values = features.low.size
    constant = f"; {features.n_constant} of them never change and stay as they are"
    message = f"noise is relative to the range of each of {n_values} values, " + (
        f"read off {features.n_rows} rows of {features.source}"
        if features.n_rows is not None
        else f"declared in {features.source}"
    )
    yield Finding(
        code="DAT032",
        level="ok" if features.n_rows is None and not features.n_constant else "warn",
        message=message + (constant if features.n_constant else ""),
        fix="Scores compare only where the ranges are the same: declare them with --range FILE "
        "to score other data.",
    )


def _holds_bytes(prepared: PreparedInputs) -> bool:
    """Whether the first inputs hold nothing but 256 equally spaced values, and several of them."""
    import numpy as np

    source = prepared.source
    if source.value_range is None:
        return False
    low, high = source.value_range
    kept: set[float] = set()
    for index in range(min(len(prepared), _LOOKED_AT)):
        row = source.read(prepared.position(index)).astype(np.float64)
        steps = (row - low) / (high - low) * 255
        nearest = np.rint(steps)
        if not np.allclose(steps, nearest, rtol=0, atol=1e-3):  # also if one is not finite
            return False
        kept.update(np.unique(nearest).tolist())
    return len(kept) >= _SEVERAL


def _as_bytes(low: float, high: float) -> str:
    scaled = {(0.0, 1.0): "x * 255", (0.0, 255.0): "x"}
    given = scaled.get((low, high), f"(x - {low:g}) / {high - low:g} * 255".replace("- -", "+ "))
    return f"numpy.rint({given}).astype(numpy.uint8)"


def gradient_error(run: Run) -> float | None:
    """Hold the gradient against differences on the first input that can be read."""
    if not run.kind.needs_gradients or not isinstance(run.backend, GradientGiving):
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
    """Say that a folder was left alone, and which folder was taken instead."""
    return Finding(
        code="ARG004",
        level="warn",
        message=f"{wanted} holds another {kind}: this one is in {taken}",
        fix=f"Choose another --out, or pass --force to replace the old {kind}.",
    )
