"""Pools of regions, as detectors have them: linear in the image, like GridSample."""

from __future__ import annotations

from math import prod

import numpy as np
from onnx import helper

from rmqm_onnx.gradients.step import INT64, NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule

MAX_WEIGHTS = 2**25
"""Weights per region, pixels times averages, up to which the matrix is written out."""


@rule("RoiAlign")
def roi_align(s: Step) -> Gradients:
    """Pool the images of single pixels: that gives the weight of every pixel in every average."""
    s.fixed_input(1, "region")
    if s.text("mode", "avg") != "avg":
        raise NoRuleError("it takes maxima, not averages")
    image = s.fixed(s.x.shape[2:], "height or width")
    channels = s.fixed(s.x.shape[1:2], "number of channels")[0]
    n_pixels, bins = prod(image), s.fixed(s.y.shape[2:], "height or width")
    if n_pixels * prod(bins) > MAX_WEIGHTS:
        raise NoRuleError(f"{prod(bins)} averages of {n_pixels} pixels are too many")
    n_regions = s.y.shape[0]
    pixels = s.tape.constant(np.eye(n_pixels).reshape(1, n_pixels, *image), s.x.type)
    of_image = s.input(2).cast(INT64)
    attributes = {name: helper.get_attribute_value(value) for name, value in s.names().items()}
    weights = pixels.op(
        "RoiAlign",
        s.input(1),
        s.tape.zeros(of_image),
        shape=(n_regions, n_pixels, *bins),
        **attributes,
    ).reshape([n_regions, n_pixels, prod(bins)])
    each = s.g.reshape([n_regions, channels, prod(bins)]).matmul(weights.swap_last())
    zeros = s.tape.zeros(s.x)
    updates = each.reshape([n_regions, channels, *image])
    return zeros.op("ScatterND", of_image.unsqueeze([1]), updates, shape=s.x.shape, reduction="add")
