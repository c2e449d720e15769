"""Convolutions and their transposes."""

from __future__ import annotations

from math import prod

import numpy as np
from attrs import evolve

from rmqm_onnx.gradients.rules.windows import Windows, scatter, windows
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor
from rmqm_spec.arrays import AnyArray


@rule("Conv")
def conv(s: Step) -> Gradients:
    """With stride 1 a convolution with the flipped kernel, else a transposed convolution."""
    gradients = {0: convolved_back(s, s.input(1))} if s.wants(0) else {}
    if s.wants(1):
        w = windows(s, s.fixed(s.input(1).shape[2:], "kernel"))
        gradients[1] = weight_gradient(s, s.x, s.g, w)
    if s.wants(2):
        gradients[2] = s.g.sum([0, *range(2, len(s.x.shape))], keepdims=False)
    return gradients


def convolved_back(s: Step, weight: Tensor) -> Tensor:
    """Return the gradient of the input of a convolution with `weight`."""
    group = s.integer("group", 1)
    w = windows(s, s.fixed(weight.shape[2:], "kernel"))
    values = s.tape.value(weight.name)
    begin = [reach - 1 - pad for reach, pad in zip(w.reach, w.begin, strict=True)]
    end = [reach - 1 - pad for reach, pad in zip(w.reach, w.end, strict=True)]
    if values is None or set(w.strides) != {1} or min(*begin, *end) < 0:
        channels = s.fixed(s.x.shape[1:2], "number of channels")[0]
        return scatter(s.g, weight, w, group, channels)
    # The runtime's blocked and depthwise kernels exist for Conv alone: 1.4 to 10 times faster.
    return s.g.op(
        "Conv",
        s.tape.constant(flipped(values, group), weight.type),
        shape=s.x.shape,
        kernel_shape=w.kernel,
        pads=[*begin, *end],
        dilations=w.dilations,
        group=group,
    )


def flipped(weight: AnyArray, group: int) -> AnyArray:
    """
    Reverse a kernel along its spatial axes and exchange its input and output channels.

    Examples
    --------
    >>> import numpy as np
    >>> flipped(np.arange(6).reshape(2, 1, 3), group=1).tolist()
    [[[2, 1, 0], [5, 4, 3]]]
    """
    outputs, inputs = weight.shape[:2]
    spatial = weight.shape[2:]
    grouped = weight.reshape(group, outputs // group, inputs, *spatial).swapaxes(1, 2)
    reverse = (slice(None, None, -1),) * len(spatial)
    turned = grouped[(slice(None),) * 3 + reverse]
    return turned.reshape(group * inputs, outputs // group, *spatial)


def weight_gradient(s: Step, image: Tensor, cotangent: Tensor, w: Windows) -> Tensor:
    """
    Return the gradient of weights that depend on the input, as a tracker's template does.

    A convolution of the image with the cotangent, the batch taking the place of the channels,
    strides and dilations that of each other. A transposed convolution has the roles of image and
    cotangent exchanged.
    """
    weight, group = s.input(1), s.integer("group", 1)
    inputs, outputs = s.fixed([image.shape[1], cotangent.shape[1]], "number of channels")
    x = image.pad({k + 2: (w.begin[k], w.end[k]) for k in range(w.rank)})
    each = (inputs // group, outputs // group)
    cut = {k + 2: (0, w.used[k] - w.padded[k]) for k in range(w.rank)}
    swap = [1, 0, *range(2, w.rank + 2)]
    blocks = []
    for k in range(group):
        part = x.slice(1, k * each[0], (k + 1) * each[0]).pad(cut).transpose(swap)
        kernel = cotangent.slice(1, k * each[1], (k + 1) * each[1]).transpose(swap)
        blocks.append(
            part.op(
                "Conv",
                kernel,
                shape=(each[0], each[1], *w.kernel),
                strides=w.dilations,
                dilations=w.strides,
            ).transpose(swap)
        )
    return blocks[0].op("Concat", *blocks[1:], shape=weight.shape, axis=0)


@rule("Col2Im")
def col2im(s: Step) -> Gradients:
    """Take every block again: a convolution with the unit vectors."""
    kernel = s.known(2, "block")
    rank, n_values = len(kernel), prod(kernel)
    channels = s.fixed(s.y.shape[1:2], "number of channels")[0]
    unit = np.tile(np.eye(n_values).reshape(n_values, 1, *kernel), (channels, *[1] * (rank + 1)))
    strides = s.integers("strides") or [1] * rank
    dilations = s.integers("dilations") or [1] * rank
    pads = s.integers("pads") or [0] * (2 * rank)
    size = s.fixed(s.y.shape[2:], "height or width")
    places = [
        (size[k] + pads[k] + pads[k + rank] - dilations[k] * (kernel[k] - 1) - 1) // strides[k] + 1
        for k in range(rank)
    ]
    return s.g.op(
        "Conv",
        s.tape.constant(unit, s.x.type),
        shape=(s.x.shape[0], channels * n_values, *places),
        kernel_shape=kernel,
        strides=strides,
        dilations=dilations,
        pads=pads,
        group=channels,
    ).reshape_like(s.x)


@rule("ConvTranspose")
def conv_transpose(s: Step) -> Gradients:
    """Convolve with the same weights; what output padding added is cut off."""
    w = _transposed_windows(s)
    g = s.g.pad({k + 2: (0, min(w.end[k], 0)) for k in range(w.rank)})
    w = evolve(w, end=[max(length, 0) for length in w.end])
    gradients = {}
    if s.wants(0):
        gradients[0] = g.op(
            "Conv",
            s.input(1),
            shape=s.x.shape,
            kernel_shape=w.kernel,
            strides=w.strides,
            dilations=w.dilations,
            pads=[*w.begin, *w.end],
            group=s.integer("group", 1),
        )
    if s.wants(1):
        gradients[1] = weight_gradient(s, g, s.x, evolve(w, input=s.fixed(g.shape[2:], "size")))
    if s.wants(2):
        gradients[2] = s.g.sum([0, *range(2, w.rank + 2)], keepdims=False)
    return gradients


def _transposed_windows(s: Step) -> Windows:
    """Return the windows of the convolution that is transposed, from y to x."""
    kernel = s.fixed(s.input(1).shape[2:], "kernel")
    rank = len(kernel)
    strides = s.integers("strides") or [1] * rank
    dilations = s.integers("dilations") or [1] * rank
    before = s.fixed(s.x.shape[2:], "height or width")
    after = s.fixed(s.y.shape[2:], "height or width")
    extra = s.integers("output_padding") or [0] * rank
    total = [
        (before[k] - 1) * strides[k] + dilations[k] * (kernel[k] - 1) + 1 + extra[k] - after[k]
        for k in range(rank)
    ]
    begin = _begin(s, total)
    end = [total[k] - extra[k] - begin[k] for k in range(rank)]
    if min(begin) < 0:
        raise NoRuleError("it pads its output")
    return Windows(kernel, strides, dilations, begin, end, after, before)


def _begin(s: Step, total: list[int]) -> list[int]:
    """Return how much is cut off at the beginning of each axis."""
    mode = s.text("auto_pad", "NOTSET")
    if mode == "NOTSET" and "output_shape" not in s.names():
        return (s.integers("pads") or [0] * (2 * len(total)))[: len(total)]
    if mode == "VALID":
        return [0] * len(total)
    # As the runtime does it: the odd pixel goes to the end for SAME_UPPER, else to the beginning.
    if mode == "SAME_UPPER":
        return [length // 2 for length in total]
    return [length - length // 2 for length in total]
