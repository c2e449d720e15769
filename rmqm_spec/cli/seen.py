"""What the network sees of an input: the array it is handed, and the picture that this is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_onnx import OnnxEncoder
    from rmqm_spec.alterations import WhiteNoise
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["Seen", "arranged_range", "channel_statistics", "restoring_finding", "seen_inputs"]


@frozen(kw_only=True, eq=False)
class Seen:
    """
    One input at a few levels.

    Parameters
    ----------
    id, name : str
        Which input.
    given : (L, *S) ndarray
        It after geometry and alteration, before the value map.
    handed : (L, *T) ndarray
        What the network is handed.
    restored : (L, *S) ndarray
        What that is, with the value map undone.
    error : float
        Largest difference between `given` and `restored`.
    rounding : float
        How much of it the type of the network's input explains.
    """

    id: str
    name: str
    given: FloatArray
    handed: AnyArray
    restored: Float64Array
    error: float
    rounding: float


def seen_inputs(
    encoder: OnnxEncoder, prepared: PreparedInputs, alteration: WhiteNoise, levels: Sequence[int]
) -> Iterator[Seen | UnreadableError]:
    """Alter each input, hand it to the value map of the encoder, and undo that; or say why not."""
    for index in range(len(prepared)):
        try:
            one = prepared.load(index)
        except UnreadableError as error:
            yield error
            continue
        given = np.stack(
            [alteration.alter(one.values[None], [one.id], level, 1)[0, 0] for level in levels]
        )
        handed = encoder.arrangement(given)
        restored = encoder.arrangement.restore(handed)
        yield Seen(
            id=one.id,
            name=one.name,
            given=given,
            handed=handed,
            restored=restored,
            error=float(np.abs(restored - given).max()),
            rounding=encoder.arrangement.rounding(handed),
        )


def arranged_range(encoder: OnnxEncoder, prepared: PreparedInputs) -> tuple[float, float]:
    """Return the range of what the network can be handed, from the bounds of the inputs."""
    ends = [np.full((1, *encoder.spec.shape), end, np.float32) for end in prepared.bounds]
    values = np.concatenate([encoder.arrangement(end).ravel() for end in ends])
    return float(values.min()), float(values.max())


def channel_statistics(values: AnyArray, layout: str) -> list[dict[str, Any]]:
    """Return smallest, mean and largest value of each channel of a batch, in its order."""
    axis = {"nchw": 1, "nhwc": values.ndim - 1}.get(layout)
    moved = values[None] if axis is None else np.moveaxis(values, axis, 0)
    rows = moved.reshape(len(moved), -1).astype(np.float64)
    return [
        {"min": float(row.min()), "mean": float(row.mean()), "max": float(row.max())}
        for row in rows
    ]


def restoring_finding(seen: Sequence[Seen]) -> Finding:
    """Say whether the picture that was drawn is what went into the value map."""
    worst = max(seen, key=lambda one: one.error - one.rounding)
    told = f"undoing the preprocessing gives the pictures back, up to {worst.error:.1e}"
    if worst.error <= worst.rounding:
        return Finding(code="PRE008", level="ok", message=told)
    return Finding(
        code="PRE008",
        level="fail",
        message=f"what reaches the network must be the picture, up to {worst.rounding:.1e};"
        f" got {worst.error:.1e} in {worst.name}",
        fix="Values are cut off on the way: correct --scale, --mean and --std.",
    )
