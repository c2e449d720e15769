"""GridSample with respect to its image: every pixel gets back what it gave, by the same weights."""

from __future__ import annotations

from itertools import product
from math import prod

from rmqm_onnx.gradients.rules.grid_places import Axis, axes_of
from rmqm_onnx.gradients.rules.grid_taps import Taps, taps_of
from rmqm_onnx.gradients.rules.grids import grid_gradient
from rmqm_onnx.gradients.step import INT64, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor


@rule("GridSample")
def grid_sample(s: Step) -> Gradients:
    """Differentiate with respect to the image, the grid, or both."""
    gradients = {0: _image_gradient(s)} if s.wants(0) else {}
    if s.wants(1):
        gradients[1] = grid_gradient(s)
    return gradients


def _image_gradient(s: Step) -> Tensor:
    """Add the weighted cotangent of each place to the pixels that it read."""
    channels = s.fixed(s.x.shape[1:2], "number of channels")[0]
    n_pixels = prod(s.fixed(s.x.shape[2:], "height or width"))
    n_places = prod(s.fixed(s.g.shape[2:], "grid"))
    n, axes = s.x.shape[0], axes_of(s)
    taps = taps_of(s, axes)
    g = s.g.reshape([n, channels, n_places]).swap_last()
    pixels, updates = [], []
    for sides in product(range(len(taps[0].places)), repeat=len(axes)):
        pixel, weight = _pixel(axes, taps, sides)
        pixels.append(pixel.reshape([n, n_places, 1]))
        updates.append(g * weight.reshape([n, n_places, 1]))
    n_all = n_places * len(pixels)
    pixel = pixels[0].op("Concat", *pixels[1:], shape=(n, n_all, 1), axis=1).cast(INT64)
    ones = s.tape.zeros(pixel) + s.tape.constant(1, INT64)
    row = ones.op("CumSum", s.tape.constant(0, INT64), shape=pixel.shape, exclusive=1)
    zeros = s.tape.zeros(s.x).reshape([n, channels, n_pixels]).swap_last()
    added = zeros.op(
        "ScatterND",
        row.op("Concat", pixel, shape=(n, n_all, 2), axis=2),
        updates[0].op("Concat", *updates[1:], shape=(n, n_all, channels), axis=1),
        shape=zeros.shape,
        reduction="add",
    )
    return added.swap_last().reshape_like(s.x)


def _pixel(axes: list[Axis], taps: list[Taps], sides: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return the number of a pixel, counted by rows, and its weight, zero beyond the image."""
    stride, number, weight = 1, None, None
    for axis, own, side in zip(axes, taps, sides, strict=True):
        place = own.places[side]
        inside = place.at_least(0.0).at_most(axis.length - 1.0)
        part = inside * float(stride)
        number = part if number is None else number + part
        share = inside.equals(place).cast(place.type) * own.weights[side]
        weight = share if weight is None else weight * share
        stride *= axis.length
    if number is None or weight is None:
        raise AssertionError("an image has an axis")
    return number, weight
