"""
GridSample: linear in the image, whatever the mode, so the gradient is a transposed product.

That of the grid is in `grids`.
"""

from __future__ import annotations

from math import prod

import numpy as np
from onnx import helper

from rmqm_onnx.gradients.rules.grids import grid_gradient
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor

MAX_WEIGHTS = 2**25
"""Weights per input, image values times grid points, up to which the matrix is written out."""


@rule("GridSample")
def grid_sample(s: Step) -> Gradients:
    """Differentiate with respect to the image, the grid, or both."""
    gradients = {0: _image_gradient(s)} if s.wants(0) else {}
    if s.wants(1):
        gradients[1] = grid_gradient(s)
    return gradients


def _image_gradient(s: Step) -> Tensor:
    """Sample the images of single pixels: that gives the weight of every pixel at every point."""
    x, grid, g = s.x, s.input(1), s.g
    image = s.fixed(x.shape[2:], "height or width")
    points = s.fixed(g.shape[2:], "grid")
    channels = s.fixed(x.shape[1:2], "number of channels")[0]
    n_pixels, n_points = prod(image), prod(points)
    if n_pixels * n_points > MAX_WEIGHTS:
        raise NoRuleError(f"{n_points} points of {n_pixels} pixels are too many")
    if x.shape[0] != grid.shape[0]:
        raise NoRuleError("image and grid have not the same batch")
    pixels = s.tape.constant(np.eye(n_pixels).reshape(1, n_pixels, *image), x.type)
    like = s.tape.zeros(grid).sum(range(1, len(grid.shape))).cast(x.type)
    images = pixels + like.reshape([x.shape[0], *(1 for _ in x.shape[1:])])
    attributes = {name: helper.get_attribute_value(value) for name, value in s.names().items()}
    weights = images.op(
        "GridSample", grid, shape=(x.shape[0], n_pixels, *points), **attributes
    ).reshape([x.shape[0], n_pixels, n_points])
    flat = g.reshape([x.shape[0], channels, n_points])
    return flat.matmul(weights.swap_last()).reshape_like(x)
