"""GridSample with respect to its grid: how the sampled value moves with the place."""

from __future__ import annotations

from itertools import product

from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["grid_gradient"]


def grid_gradient(s: Step) -> Tensor:
    """
    Differentiate multilinear interpolation between the corners around each place.

    Along an axis the slope is the difference of the corners on both sides, weighted as the value
    is along the other axes. Nearest neighbours do not move. Corners are read by GridSample itself.
    """
    mode = s.text("mode", "linear")
    if mode == "nearest":
        return s.tape.zeros(s.input(1))
    if mode not in ("linear", "bilinear"):
        raise NoRuleError("its grid depends on the input and its mode is cubic")
    places = [_place(s, k) for k in range(len(s.x.shape) - 2)]
    low = [place.map("Floor") for place, _ in places]
    weights = [
        (1 - (place - below), place - below) for (place, _), below in zip(places, low, strict=True)
    ]
    corners = {
        corner: _read(s, [below + float(offset) for below, offset in zip(low, corner, strict=True)])
        for corner in product((0, 1), repeat=len(places))
    }
    parts = [_along(s, k, corners, weights) * slope for k, (_, slope) in enumerate(places)]
    first, *rest = [grid.unsqueeze([len(grid.shape)]) for grid in parts]
    return first.op("Concat", *rest, shape=s.input(1).shape, axis=len(first.shape) - 1)


def _along(
    s: Step,
    axis: int,
    corners: dict[tuple[int, ...], Tensor],
    weights: list[tuple[Tensor, Tensor]],
) -> Tensor:
    """Return the cotangent of the place along an axis, channels added up."""
    total: Tensor | None = None
    for corner, values in corners.items():
        share = (s.g * values).sum([1], keepdims=False)
        for k, side in enumerate(corner):
            if k != axis:
                share = share * weights[k][side]
        part = share if corner[axis] else -share
        total = part if total is None else total + part
    if total is None:
        raise NoRuleError("it has no axes")
    return total


def _place(s: Step, k: int) -> tuple[Tensor, Tensor]:
    """Return where an axis is read, counted in pixels, and how that moves with the grid."""
    grid = s.input(1)
    last = len(grid.shape) - 1
    length = s.fixed([s.x.shape[len(s.x.shape) - 1 - k]], "height or width")[0]
    aligned = s.integer("align_corners", 0)
    scale, offset = _scale(length, aligned)
    place = grid.slice(last, k, k + 1).reshape(grid.shape[:last]) * scale + offset
    slope = s.tape.zeros(place) + scale
    mode = s.text("padding_mode", "zeros")
    if mode == "zeros":
        return place, slope
    if mode == "reflection":
        low, width = (0.0, length - 1.0) if aligned else (-0.5, float(length))
        period = 2 * width
        phase = (place - low) / period
        phase = (phase - phase.map("Floor")) * period
        forth = (phase < width).cast(place.type)
        slope = slope * (forth * 2 - 1)
        place = phase.at_most(period - phase) + low
    inside = (place > 0) & (place < length - 1.0)
    return place.at_least(0.0).at_most(length - 1.0), slope * inside


def _scale(length: int, aligned: int) -> tuple[float, float]:
    """Return a and b of the place a g + b for a grid value g from -1 to 1."""
    half = length / 2
    return (half - 0.5, half - 0.5) if aligned else (half, half - 0.5)


def _read(s: Step, places: list[Tensor]) -> Tensor:
    """Read whole places; beyond the image are zeros."""
    aligned = s.integer("align_corners", 0)
    rows = []
    for k, place in enumerate(places):
        length = s.fixed([s.x.shape[len(s.x.shape) - 1 - k]], "height or width")[0]
        scale, offset = _scale(length, aligned)
        row = (place - offset) * (1 / scale if scale else 0.0)
        rows.append(row.unsqueeze([len(row.shape)]))
    grid = rows[0].op("Concat", *rows[1:], shape=s.input(1).shape, axis=len(rows[0].shape) - 1)
    return s.x.op(
        "GridSample",
        grid,
        shape=s.y.shape,
        mode="nearest",
        padding_mode="zeros",
        align_corners=aligned,
    )
