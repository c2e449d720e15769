"""Quantisation, straight through: rounding counts as the identity, saturation stops a gradient."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor

STRAIGHT_THROUGH = ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear")


@rule("QuantizeLinear")
def quantize_linear(s: Step) -> Gradients:
    """Differentiate q = round(x / scale) + zero point, kept within the bounds of its type."""
    s.fixed_input(1, "scale")
    low, high = _bounds(s.y.type)
    q = s.y.cast(TensorProto.FLOAT)
    inside = ((q > low) & (q < high)).cast(s.x.type)
    return s.g.cast(s.x.type) * inside / _by_axis(s, s.input(1), s.x)


@rule("DequantizeLinear")
def dequantize_linear(s: Step) -> Gradients:
    """Differentiate x = (q - zero point) * scale."""
    s.fixed_input(1, "scale")
    return s.g * _by_axis(s, s.input(1), s.x)


def _by_axis(s: Step, scale: Tensor, like: Tensor) -> Tensor:
    """Shape a scale, or one per channel, to broadcast."""
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
