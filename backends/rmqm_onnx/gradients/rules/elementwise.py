"""Functions of a single variable: each line is the derivative of y = f(x)."""

from __future__ import annotations

from math import inf, pi, sqrt

import numpy as np

from rmqm_onnx.gradients.derivative import derivative
from rmqm_onnx.gradients.step import FLOAT, NoRuleError, Step
from rmqm_onnx.gradients.support import zero_where
from rmqm_onnx.gradients.table import Gradients, rule, zero
from rmqm_onnx.gradients.tensor import FLOATS, Tensor
from rmqm_onnx.gradients.vanishing import vanishing_order


def _root_slope(s: Step) -> Tensor:
    """
    Return 1 / (2 y), and 0 where the root of a sum of squares has its kink, as the norm.

    Where anything else is zero, the slope of its root is infinite, and stays so.
    """
    slope = 0.5 / s.y
    order = vanishing_order(s.tape, s.node.input[0])
    return slope if order < 2 or order == inf else zero_where(s.y.equals(0), slope)


derivative("Abs", lambda s: s.x.map("Sign"))
derivative("Exp", lambda s: s.y)
derivative("Log", lambda s: 1 / s.x)
derivative("Sqrt", _root_slope)
derivative("Reciprocal", lambda s: -(s.y * s.y))
derivative("Erf", lambda s: 2 / sqrt(pi) * (-(s.x * s.x)).map("Exp"))

derivative("Sin", lambda s: s.x.map("Cos"))
derivative("Cos", lambda s: -s.x.map("Sin"))
derivative("Tan", lambda s: 1 + s.y * s.y)
derivative("Asin", lambda s: 1 / _sqrt(1 - s.x * s.x))
derivative("Acos", lambda s: -1 / _sqrt(1 - s.x * s.x))
derivative("Atan", lambda s: 1 / (1 + s.x * s.x))
derivative("Sinh", lambda s: s.x.map("Cosh"))
derivative("Cosh", lambda s: s.x.map("Sinh"))
derivative("Tanh", lambda s: 1 - s.y * s.y)
derivative("Asinh", lambda s: 1 / _sqrt(s.x * s.x + 1))
derivative("Acosh", lambda s: 1 / _sqrt(s.x * s.x - 1))
derivative("Atanh", lambda s: 1 / (1 - s.x * s.x))

zero(["Sign", "Floor", "Ceil", "Round", "IsNaN", "IsInf"])
zero(["Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Not", "And", "Or", "Xor"])
zero(["BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor"])


@rule("Neg", elementwise=True)
def neg(s: Step) -> Gradients:
    """Differentiate y = -x."""
    return -s.g


@rule("Identity", elementwise=True)
def identity(s: Step) -> Gradients:
    """Pass."""
    return s.g


@rule("Dropout", elementwise=True)
def dropout(s: Step) -> Gradients:
    """Pass: dropout drops nothing when a network is used."""
    if s.has(2) and (s.value(2) is None or np.any(s.value(2))):
        raise NoRuleError("it is in training mode")
    return s.g


@rule("Cast", elementwise=True)
def cast(s: Step) -> Gradients:
    """Convert back; integers that stand for quantised values have gradients of type float."""
    return _converted(s)


@rule("CastLike")
def cast_like(s: Step) -> Gradients:
    """Convert back; the second input gives its type alone."""
    gradients = {0: _converted(s)}
    if s.wants(1):
        gradients[1] = s.tape.zeros(s.input(1))
    return gradients


def _converted(s: Step) -> Tensor:
    return s.g.cast(s.x.type if s.x.type in FLOATS else FLOAT)


def _sqrt(x: Tensor) -> Tensor:
    return x.map("Sqrt")
