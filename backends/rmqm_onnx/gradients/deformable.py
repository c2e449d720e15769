"""Deformable convolutions, written out as bilinear samples and a product with the weights."""

from __future__ import annotations

from math import prod

import numpy as np
from attrs import frozen

from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.tensor import Tensor
from rmqm_spec.arrays import AnyArray

__all__ = ["deform_conv"]

AXES = 2
"""ONNX leaves open how other numbers of axes are done, and ONNX Runtime does only two."""


@frozen
class Sizes:
    """
    Lengths of a deformable convolution.

    Parameters
    ----------
    n_taps : int
        Values of the kernel, kh * kw.
    image, places : list of int
        Height and width, before and after.
    channels, filters : int
        Channels of input and output.
    groups, offset_groups : int
        Parts of the channels that have weights, and offsets, of their own.
    """

    n_taps: int
    image: list[int]
    places: list[int]
    channels: int
    filters: int
    groups: int
    offset_groups: int


def deform_conv(s: Step) -> Tensor:
    """
    Sample the image where each weight falls, moved by its offset; multiply by mask and weights.

    Inputs are x (N, C, H, W), weights, offsets (N, groups * kh * kw * 2, oh, ow), bias and mask.
    """
    if len(s.x.shape) != AXES + 2:
        raise NoRuleError("its image has not two axes")
    channels, filters = s.fixed([s.x.shape[1], s.y.shape[1]], "number of channels")
    size = Sizes(
        n_taps=prod(s.fixed(s.input(1).shape[2:], "kernel")),
        image=s.fixed(s.x.shape[2:], "height or width"),
        places=s.fixed(s.y.shape[2:], "height or width"),
        channels=channels,
        filters=filters,
        groups=s.integer("group", 1),
        offset_groups=s.integer("offset_group", 1),
    )
    columns = [_columns(s, size, k) for k in range(size.offset_groups)]
    n, first = s.x.shape[0], columns[0]
    joined = first.op(
        "Concat", *columns[1:], shape=(n, channels, size.n_taps, prod(size.places)), axis=1
    )
    share = channels // size.groups * size.n_taps
    weights = s.input(1).reshape([1, size.groups, filters // size.groups, share])
    product = weights.matmul(joined.reshape([n, size.groups, share, prod(size.places)]))
    y = product.reshape_like(s.y)
    return y + s.input(3).reshape([filters, 1, 1]) if s.has(3) else y


def _columns(s: Step, size: Sizes, k: int) -> Tensor:
    """Return what each weight meets at each place, (N, C / groups, taps, places), of a group."""
    n, channels = s.x.shape[0], size.channels // size.offset_groups
    points = [size.n_taps * size.places[0], size.places[1]]
    width = size.n_taps * AXES
    offsets = s.input(2).slice(1, k * width, (k + 1) * width)
    offsets = offsets.reshape([n, size.n_taps, AXES, *size.places])
    pixels = offsets + s.tape.constant(_taps(s, size), s.x.type)
    rows = []
    for axis in (1, 0):  # GridSample wants the width first
        own = pixels.slice(2, axis, axis + 1).reshape([n, *points, 1])
        rows.append((own * 2.0 + 1.0) * (1 / size.image[axis]) - 1.0)
    grid = rows[0].op("Concat", rows[1], shape=(n, *points, AXES), axis=3)
    part = s.x.slice(1, k * channels, (k + 1) * channels)
    mode = "linear" if s.tape.opset >= 20 else "bilinear"
    read = part.op("GridSample", grid, shape=(n, channels, *points), mode=mode)
    read = read.reshape([n, channels, size.n_taps, prod(size.places)])
    if not s.has(4):
        return read
    mask = s.input(4).slice(1, k * size.n_taps, (k + 1) * size.n_taps)
    return read * mask.reshape([n, 1, size.n_taps, prod(size.places)])


def _taps(s: Step, size: Sizes) -> AnyArray:
    """Return the pixel of each weight at each place, (taps, 2, oh, ow), before it is moved."""
    kernel = s.fixed(s.input(1).shape[2:], "kernel")
    strides = s.integers("strides") or [1] * AXES
    dilations = s.integers("dilations") or [1] * AXES
    begin = (s.integers("pads") or [0] * (2 * AXES))[:AXES]
    ways = [
        np.arange(kernel[k])[:, None] * dilations[k]
        + np.arange(size.places[k]) * strides[k]
        - begin[k]
        for k in range(AXES)
    ]
    taps = np.empty((*kernel, AXES, *size.places))
    taps[:, :, 0] = ways[0][:, None, :, None]
    taps[:, :, 1] = ways[1][None, :, None, :]
    return taps.reshape(size.n_taps, AXES, *size.places)
