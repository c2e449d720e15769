"""Normalisations: x is centred and scaled by statistics that move with it."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from rmqm_onnx.gradients.step import FLOAT, NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor

SMALL = 1e-12
"""The least norm by which is divided, as `normalize` of PyTorch has it."""


@rule("BatchNormalization")
def batch_normalization(s: Step) -> Gradients:
    """(x - mean) / sqrt(var + eps) * scale + bias, with stored statistics."""
    if s.integer("training_mode", 0):
        raise NoRuleError("it is in training mode")
    for k, what in enumerate(("scale", "bias", "mean", "variance"), start=1):
        s.fixed_input(k, what)
    factor = s.input(1) / (s.input(4) + s.number("epsilon", 1e-5)).map("Sqrt")
    return s.g * _by_channel(factor, len(s.x.shape))


@rule("LayerNormalization")
def layer_normalization(s: Step) -> Gradients:
    """Ask the node itself for mean and inverse deviation, its second and third output."""
    x, rank = s.x, len(s.x.shape)
    axes = range(s.axis(-1), rank)
    if x.type == FLOAT:
        shape = (*x.shape[: axes[0]], *(1 for _ in axes))
        mean, inverse = (s.extra_output(k, shape, FLOAT) for k in (1, 2))
        normed = (x - mean) * inverse
    else:
        normed, inverse = _normed(s, axes)
    gradients = {0: _normalised(s.g * s.input(1), normed, inverse, axes, _count(s, axes))}
    if s.wants(1):
        gradients[1] = (s.g * normed).sum_to(s.input(1))
    if s.wants(2):
        gradients[2] = s.g.sum_to(s.input(2))
    return gradients


@rule("InstanceNormalization")
def instance_normalization(s: Step) -> Gradients:
    """Centre and scale every channel of every input by itself."""
    s.fixed_input(1, "scale")
    s.fixed_input(2, "bias")
    axes = range(2, len(s.x.shape))
    normed, inverse = _normed(s, axes)
    scaled = s.g * _by_channel(s.input(1), len(s.x.shape))
    return _normalised(scaled, normed, inverse, axes, _count(s, axes))


@rule("LpNormalization")
def lp_normalization(s: Step) -> Gradients:
    """Differentiate y = x / |x|: (g - n sum(g y)) / |x|, n being the derivative of the norm."""
    axis = [s.axis(-1)]
    share = (s.g * s.y).sum(axis)
    if s.integer("p", 2) == 1:
        norm = s.x.map("Abs").sum(axis)
        return (s.g - s.x.map("Sign") * share) / norm.at_least(SMALL)
    norm = (s.x * s.x).sum(axis).map("Sqrt")
    return (s.g - s.y * share) / norm.at_least(SMALL)


@rule("LRN")
def lrn(s: Step) -> Gradients:
    """Differentiate y = x d^-beta, d = bias + alpha / size * (sum of x^2 of near channels)."""
    size, alpha = s.integer("size", 1), s.number("alpha", 1e-4)
    beta, bias = s.number("beta", 0.75), s.number("bias", 1.0)
    channels = s.fixed(s.x.shape[1:2], "number of channels")[0]
    distance = np.arange(channels)[None] - np.arange(channels)[:, None]
    near = (distance >= -((size - 1) // 2)) & (distance <= size // 2)
    d = (s.x * s.x).along(1, near) * (alpha / size) + bias
    through_d = (s.g * s.x * d.power(-beta - 1)).along(1, near.T)
    return s.g * d.power(-beta) - s.x * through_d * (2 * alpha * beta / size)


def _normalised(
    g: Tensor, normed: Tensor, inverse: Tensor, axes: Sequence[int], n_values: int
) -> Tensor:
    """Take out of g what changes mean and deviation: (g - mean(g) - n mean(g n)) / deviation."""
    share = 1 / n_values
    return inverse * (g - g.sum(axes) * share - normed * ((g * normed).sum(axes) * share))


def _normed(s: Step, axes: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Return (x - mean) / deviation, and 1 / deviation."""
    share = 1 / _count(s, axes)
    centred = s.x - s.x.sum(axes) * share
    variance = (centred * centred).sum(axes) * share
    inverse = 1 / (variance + s.number("epsilon", 1e-5)).map("Sqrt")
    return centred * inverse, inverse


def _count(s: Step, axes: Sequence[int]) -> int:
    lengths = s.fixed([s.x.shape[k] for k in axes], "number of normalised values")
    return int(prod(lengths))


def _by_channel(values: Tensor, rank: int) -> Tensor:
    return values.reshape([*values.shape, *(1 for _ in range(rank - 2))])
