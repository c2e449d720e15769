"""
Operators of com.microsoft and ai.onnx.ml and recurrent layers, in other operators of ai.onnx.

Files written by ONNX Runtime or its optimiser contain operators of com.microsoft. Each function
below defines an operator in the notation of the rules: `s.x` is the first input, `s.input(k)` any
other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import TypeAlias

import numpy as np
from onnx import helper

from rmqm_onnx.gradients import quantised_operators as quantised
from rmqm_onnx.gradients.deformable import deform_conv
from rmqm_onnx.gradients.fused_attention import attention, multi_head_attention
from rmqm_onnx.gradients.recurrent import gru, lstm, rnn
from rmqm_onnx.gradients.rules.normalisation import SMALL
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["DEFINITIONS", "Definition"]

Definition: TypeAlias = Callable[[Step], Tensor | Mapping[int, Tensor]]
"""It returns the first output, or several outputs by position."""

DEFINITIONS: dict[tuple[str, str], Definition] = {}
"""By domain and operator."""

_MS, _ML = "com.microsoft", "ai.onnx.ml"


def definition(operator: str, domain: str = _MS) -> Callable[[Definition], Definition]:
    """Enter a function as the definition of an operator."""

    def enter(function: Definition) -> Definition:
        DEFINITIONS[domain, operator] = function
        return function

    return enter


# Attention, recurrent layers, and quantised operators

DEFINITIONS |= {(_MS, "Attention"): attention, (_MS, "MultiHeadAttention"): multi_head_attention}

DEFINITIONS["", "DeformConv"] = deform_conv
DEFINITIONS |= {("", "RNN"): rnn, ("", "GRU"): gru, ("", "LSTM"): lstm}
DEFINITIONS |= {
    ("", "QLinearConv"): quantised.q_linear_conv,
    ("", "QLinearMatMul"): quantised.q_linear_matmul,
    (_MS, "QGemm"): quantised.q_gemm,
    (_MS, "QLinearAdd"): quantised.q_linear_binary,
    (_MS, "QLinearMul"): quantised.q_linear_binary,
    (_MS, "QLinearLeakyRelu"): quantised.q_linear_unary,
    (_MS, "QLinearSigmoid"): quantised.q_linear_unary,
    (_MS, "QLinearGlobalAveragePool"): quantised.q_linear_global_average_pool,
    (_MS, "QLinearConcat"): quantised.q_linear_concat,
    (_MS, "DynamicQuantizeMatMul"): quantised.dynamic_quantize_matmul,
    (_MS, "MatMulIntegerToFloat"): quantised.matmul_integer_to_float,
    (_MS, "MatMulNBits"): quantised.matmul_n_bits,
}

# Activations

DEFINITIONS[_MS, "Gelu"] = lambda s: gelu(s.x)
DEFINITIONS[_MS, "BiasGelu"] = lambda s: gelu(s.x + s.input(1))
DEFINITIONS[_MS, "FastGelu"] = lambda s: tanh_gelu(s.x + s.input(1) if s.has(1) else s.x)
DEFINITIONS[_MS, "QuickGelu"] = lambda s: s.x * (s.x * s.number("alpha", 1.702)).map("Sigmoid")


def gelu(x: Tensor) -> Tensor:
    """x * Phi(x)."""  # noqa: D403
    return x * ((x * sqrt(0.5)).map("Erf") + 1) * 0.5


def tanh_gelu(x: Tensor) -> Tensor:
    """Approximate x * Phi(x)."""
    return x * 0.5 * ((x * (x * x * 0.035677408136300125 + 0.7978845608028654)).map("Tanh") + 1)


_ALPHA = {"LeakyRelu": 0.01, "Elu": 1.0, "HardSigmoid": 0.2}


def activated(s: Step, x: Tensor) -> Tensor:
    """Apply the activation that a fused operator names."""
    name = s.text("activation", "")
    listed = s.names()["activation_params"].floats if "activation_params" in s.names() else []
    first, second = [*listed, None, None][:2]
    alpha = s.number("activation_alpha", _ALPHA.get(name, 0.0)) if first is None else first
    beta = s.number("activation_beta", 0.5) if second is None else second
    if name in ("", "Relu", "Tanh", "Sigmoid", "Softplus", "Softsign"):
        return x.map(name) if name else x
    if name in ("LeakyRelu", "Elu"):
        return x.map(name, alpha=alpha)
    if name == "HardSigmoid":
        return x.map(name, alpha=alpha, beta=beta)
    if name == "Clip" and first is not None and second is not None:
        return x.at_least(first).at_most(second)
    raise NoRuleError(f"its activation {name!r} is not known")


# Products and convolutions


@definition("FusedConv")
def fused_conv(s: Step) -> Tensor:
    """Convolve, add, activate."""
    fused = ("activation", "activation_params")
    kept = {k: helper.get_attribute_value(v) for k, v in s.names().items() if k not in fused}
    bias = s.input(2) if s.has(2) else None
    y = s.x.op("Conv", s.input(1), bias, shape=s.y.shape, **kept)
    return activated(s, y + s.input(3) if s.has(3) else y)


@definition("FusedGemm")
def fused_gemm(s: Step) -> Tensor:
    """Multiply matrices, add, activate."""
    names = ("alpha", "beta", "transA", "transB")
    kept = {k: helper.get_attribute_value(v) for k, v in s.names().items() if k in names}
    added = s.input(2) if s.has(2) else None
    return activated(s, s.x.op("Gemm", s.input(1), added, shape=s.y.shape, **kept))


@definition("FusedMatMul")
def fused_matmul(s: Step) -> Tensor:
    """Multiply transposed matrices."""
    if s.integer("transBatchA", 0) or s.integer("transBatchB", 0):
        raise NoRuleError("it transposes the batch")
    a = s.x.swap_last() if s.integer("transA", 0) else s.x
    b = s.input(1).swap_last() if s.integer("transB", 0) else s.input(1)
    return a.matmul(b) * s.number("alpha", 1.0)


# Normalisations


@definition("SkipLayerNormalization")
def skip_layer_normalization(s: Step) -> Mapping[int, Tensor]:
    """Normalise x + skip + bias; the sum is the fourth output."""
    total = _summed(s, 4)
    offset = s.input(3) if s.has(3) else None
    return {0: _layer_norm(s, total, s.input(2), offset, 1e-12), 3: total}


@definition("SkipSimplifiedLayerNormalization")
def skip_simplified(s: Step) -> Mapping[int, Tensor]:
    """Divide x + skip + bias by its root mean square; the sum is the fourth output."""
    total = _summed(s, 3)
    return {0: _rms_norm(s, total, s.input(2), 1e-12), 3: total}


@definition("SimplifiedLayerNormalization", domain="")
def simplified(s: Step) -> Tensor:
    """Divide by the root mean square."""
    return _rms_norm(s, s.x, s.input(1), 1e-5)


def _summed(s: Step, bias: int) -> Tensor:
    if any(name for name in s.node.output[1:3]):
        raise NoRuleError("its statistics are used")
    total = s.x + s.input(1)
    return total + s.input(bias) if s.has(bias) else total


def _layer_norm(s: Step, x: Tensor, scale: Tensor, bias: Tensor | None, epsilon: float) -> Tensor:
    epsilon = s.number("epsilon", epsilon)
    return x.op("LayerNormalization", scale, bias, shape=x.shape, axis=-1, epsilon=epsilon)


def _rms_norm(s: Step, x: Tensor, scale: Tensor, epsilon: float) -> Tensor:
    last = len(x.shape) - 1
    width = s.fixed(x.shape[last:], "width")[0]
    mean = (x * x).sum([last]) * (1 / width)
    return x / (mean + s.number("epsilon", epsilon)).map("Sqrt") * scale


# Tables of numbers


@definition("Scaler", domain=_ML)
def scaler(s: Step) -> Tensor:
    """(x - offset) * scale."""
    offset = np.array(s.names()["offset"].floats, dtype=np.float32)
    scale = np.array(s.names()["scale"].floats, dtype=np.float32)
    return (s.x - s.tape.constant(offset, s.x.type)) * s.tape.constant(scale, s.x.type)


@definition("Normalizer", domain=_ML)
def normalizer(s: Step) -> Tensor:
    """Divide rows by their norm."""
    last, norm = [len(s.x.shape) - 1], s.text("norm", "MAX")
    if norm == "L2":
        return s.x / (s.x * s.x).sum(last).map("Sqrt").at_least(SMALL)
    if norm == "L1":
        return s.x / s.x.map("Abs").sum(last).at_least(SMALL)
    raise NoRuleError(f"its norm is {norm!r}")
