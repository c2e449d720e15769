"""GridSample with respect to its grid: how the sampled value moves with the place."""

from __future__ import annotations

from itertools import product

from attrs import frozen

from rmqm_onnx.gradients.rules.grid_places import Axis, axis_of
from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.tensor import Operand, Tensor

__all__ = ["grid_gradient"]

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
    weights, slopes : list of Tensor or float
        What each pixel counts, and how that moves with the place.
    """

    places: list[Tensor]
    weights: list[Operand]
    slopes: list[Operand]


def grid_gradient(s: Step) -> Tensor:
    """
    Differentiate linear or cubic interpolation between the pixels around each place.

    The value is a sum over pixels, each weighted axis by axis; along one of the axes the slope of
    the weight takes the place of the weight. Nearest neighbours do not move. Pixels are read by
    GridSample itself.
    """
    mode = s.text("mode", "linear")
    if mode == "nearest":
        return s.tape.zeros(s.input(1))
    cubic = mode in ("cubic", "bicubic")
    axes = [axis_of(s, k) for k in range(len(s.x.shape) - 2)]
    taps = [_cubic(axis) if cubic else _linear(axis) for axis in axes]
    totals: list[Tensor | None] = [None] * len(axes)
    for sides in product(range(len(taps[0].places)), repeat=len(axes)):
        pixels = _read(s, axes, [own.places[side] for own, side in zip(taps, sides, strict=True)])
        share = (s.g * pixels).sum([1], keepdims=False)
        for k, total in enumerate(totals):
            part = _weighted(share, taps, sides, along=k)
            totals[k] = part if total is None else total + part
    parts = [total * axis.scale for total, axis in zip(totals, axes, strict=True) if total]
    first, *rest = [part.unsqueeze([len(part.shape)]) for part in parts]
    return first.op("Concat", *rest, shape=s.input(1).shape, axis=len(first.shape) - 1)


def _weighted(share: Tensor, taps: list[Taps], sides: tuple[int, ...], along: int) -> Tensor:
    for k, (own, side) in enumerate(zip(taps, sides, strict=True)):
        share = share * (own.slopes if k == along else own.weights)[side]
    return share


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


def _read(s: Step, axes: list[Axis], places: list[Tensor]) -> Tensor:
    """Read whole places; beyond the image are zeros."""
    rows = [axis.in_grid(place) for axis, place in zip(axes, places, strict=True)]
    columns = [row.unsqueeze([len(row.shape)]) for row in rows]
    last = len(columns[0].shape) - 1
    return s.x.op(
        "GridSample",
        columns[0].op("Concat", *columns[1:], shape=s.input(1).shape, axis=last),
        shape=s.y.shape,
        mode="nearest",
        padding_mode="zeros",
        align_corners=s.integer("align_corners", 0),
    )
