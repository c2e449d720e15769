"""GridSample with respect to its grid: how the sampled value moves with the place."""

from __future__ import annotations

from itertools import product

from rmqm_onnx.gradients.rules.grid_places import Axis, axes_of
from rmqm_onnx.gradients.rules.grid_taps import Taps, taps_of
from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["grid_gradient"]


def grid_gradient(s: Step) -> Tensor:
    """
    Differentiate linear or cubic interpolation between the pixels around each place.

    The value is a sum over pixels, each weighted axis by axis; along one of the axes the slope of
    the weight takes the place of the weight. Nearest neighbours do not move. Pixels are read by
    GridSample itself.
    """
    if s.text("mode", "linear") == "nearest":
        return s.tape.zeros(s.input(1))
    axes = axes_of(s)
    taps = taps_of(s, axes)
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
