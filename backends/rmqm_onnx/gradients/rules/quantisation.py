"""Quantisation, straight through: rounding counts as the identity, saturation stops a gradient."""

from __future__ import annotations

import numpy as np
from onnx import helper

from rmqm_onnx.gradients.rules.convolution import convolved_back
from rmqm_onnx.gradients.step import FLOAT, NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor
from rmqm_spec.arrays import AnyArray

STRAIGHT_THROUGH = ("QuantizeLinear", "DynamicQuantizeLinear")
"""Operators that round, and whose rule takes rounding for the identity."""


@rule("QuantizeLinear")
def quantize_linear(s: Step) -> Gradients:
    """Differentiate q = round(x / scale) + zero point; what leaves the bounds of q is stopped."""
    s.fixed_input(1, "scale")
    low, high = _bounds(s.y.type)
    scale = _by_axis(s, s.input(1), s.x)
    q = (s.x / scale).map("Round")
    if s.has(2):
        q = q + _by_axis(s, s.input(2), s.x).cast(s.x.type)
    inside = (q > low - 0.5) & (q < high + 0.5)
    return s.g.cast(s.x.type) * inside / scale


@rule("DequantizeLinear")
def dequantize_linear(s: Step) -> Gradients:
    """Differentiate x = (q - zero point) * scale."""
    s.fixed_input(1, "scale")
    return s.g * _by_axis(s, s.input(1), s.x)


@rule("DynamicQuantizeLinear")
def dynamic_quantize_linear(s: Step) -> Gradients:
    """Divide by the scale, which is taken as it is: nothing saturates."""
    return s.g / s.tape.tensors[s.node.output[1]]


@rule("ConvInteger")
def conv_integer(s: Step) -> Gradients:
    """Convolve (x - its zero point) with (w - its zero point)."""
    s.fixed_input(1, "weight")
    weight = s.tape.constant(_centred(s), FLOAT)
    return convolved_back(s, weight)


@rule("MatMulInteger")
def matmul_integer(s: Step) -> Gradients:
    """Multiply (a - its zero point) by (b - its zero point)."""
    s.fixed_input(1, "second factor")
    if len(s.x.shape) < 2 or len(s.input(1).shape) < 2:
        raise NoRuleError("a factor of it is a row")
    weight = s.tape.constant(_centred(s), FLOAT)
    return s.g.matmul(weight.swap_last()).sum_to(s.x)


def _centred(s: Step) -> AnyArray:
    """Return the stored weights less their zero point."""
    values, zero = s.value(1), s.value(3) if s.has(3) else np.zeros(())
    if values is None or zero is None:
        raise NoRuleError("its weight is computed while it runs")
    if zero.ndim == 1 and zero.size > 1 and s.node.op_type == "ConvInteger":
        zero = zero.reshape(-1, *(1 for _ in values.shape[1:]))
    return np.asarray(values.astype(np.float32) - zero.astype(np.float32))


def _by_axis(s: Step, scale: Tensor, like: Tensor) -> Tensor:
    """Shape a scale, or a scale for each channel, to broadcast."""
    if s.integer("block_size", 0):
        raise NoRuleError("it quantises in blocks")
    if not scale.shape or scale.shape == (1,):
        return scale
    axis, rank = s.axis(1), len(like.shape)
    return scale.reshape([*scale.shape, *(1 for _ in range(rank - axis - 1))])


def _bounds(of: int) -> tuple[float, float]:
    """Return the least and the greatest value of a type."""
    dtype = helper.tensor_dtype_to_np_dtype(of)
    if np.issubdtype(dtype, np.integer):
        return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
    return -float("inf"), float("inf")
