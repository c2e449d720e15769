"""What is worth knowing about arrays: floats for encoders of images, and ranges of values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rmqm_spec.findings import Finding
from rmqm_spec.inputs.array_rows import ArrayRows
from rmqm_spec.inputs.prepared import PreparedInputs
from rmqm_spec.runs.filled_range import LOOKED_AT

__all__ = ["feature_findings", "float_findings"]

_SEVERAL = 17
"""Fewer different values make a drawing or a mask, which is no evidence of 8-bit pixels."""


def float_findings(prepared: PreparedInputs) -> Iterator[Finding]:
    """Say what becomes of floats for an encoder of images, and which of them are 8-bit pixels."""
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


def feature_findings(prepared: PreparedInputs) -> Iterator[Finding]:
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
    source = prepared.source
    if source.value_range is None:
        return False
    low, high = source.value_range
    kept: set[float] = set()
    for index in range(min(len(prepared), LOOKED_AT)):
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
