"""The pixels that GridSample reads around each place, and what each of them counts."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from rmqm_onnx.gradients.rules.grid_places import Axis
from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.tensor import Operand, Tensor

__all__ = ["Taps", "taps_of"]

SHARPNESS = -0.75
"""The constant of the cubic kernel, as ONNX and PyTorch choose it."""


@frozen
class Taps:
    """
    The pixels that an axis reads around each place.

    Parameters
    ----------
    places : list of Tensor
        Whole numbers, in the image or beyond.
    weights, slopes : sequence of Tensor or float
        What each pixel counts, and how that moves with the place.
    """

    places: list[Tensor]
    weights: Sequence[Operand]
    slopes: Sequence[Operand]


def _linear(axis: Axis) -> Taps:
    """Two pixels; where the padding holds a place at the border, it does not move."""
    place, moves = axis.padded()
    low = place.map("Floor")
    t = place - low
    return Taps([low, low + 1.0], [1 - t, t], [-moves, moves])


def _cubic(axis: Axis) -> Taps:
    """Four pixels, each of which is padded by itself."""
    low = axis.place.map("Floor")
    t = axis.place - low
    a = SHARPNESS
    distances = [t + 1.0, t, 1 - t, 2 - t]
    weights, slopes = [], []
    for k, d in enumerate(distances):
        far = k in (0, 3)
        weight = ((d * a - 5 * a) * d + 8 * a) * d - 4 * a if far else None
        weights.append(weight or (d * (a + 2) - (a + 3)) * d * d + 1.0)
        slope = (d * (3 * a) - 10 * a) * d + 8 * a if far else (d * (3 * a + 6) - (2 * a + 6)) * d
        slopes.append(slope if k < 2 else -slope)
    places = [axis.within(low + float(offset)) for offset in range(-1, 3)]
    return Taps(places, weights, slopes)


def taps_of(s: Step, axes: list[Axis]) -> list[Taps]:
    """Return the pixels of each axis for the mode of a node, by the names of old and new opsets."""
    mode = s.text("mode", "linear")
    if mode == "nearest":
        return [Taps([axis.padded()[0].map("Round")], [1.0], [0.0]) for axis in axes]
    return [_cubic(axis) if mode in ("cubic", "bicubic") else _linear(axis) for axis in axes]
