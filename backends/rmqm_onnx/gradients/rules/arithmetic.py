"""Elementwise operators of several inputs: each gradient is summed back to the operand's shape."""

from __future__ import annotations

from math import inf

from rmqm_onnx.gradients.finiteness import has_pole, may_be_infinite
from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.support import supported, within, zero_where
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Operand, Tensor
from rmqm_onnx.gradients.vanishing import vanishing_order

ALMOST_ONE = 1 - 1e-4
"""The order of a norm at 0, a little less because PyTorch exports the root as 1 / (2 + 1e-6)."""


@rule("Add", "Sum", elementwise=True)
def add(s: Step) -> Gradients:
    """Differentiate y = a + b + ..."""
    return _back(s, [s.g] * s.n_inputs)


@rule("Sub", elementwise=True)
def sub(s: Step) -> Gradients:
    """Differentiate y = a - b."""
    return _back(s, [s.g, -s.g])


@rule("Mul", elementwise=True)
def mul(s: Step) -> Gradients:
    """Differentiate y = a * b."""
    return _back(s, [_times(s, other) for other in (s.input(1), s.input(0))])


def _times(s: Step, other: Tensor) -> Tensor:
    product = s.g * other
    return supported(s.g, product) if may_be_infinite(s.tape, other.name) else product


@rule("Div", elementwise=True)
def div(s: Step) -> Gradients:
    """Differentiate y = a / b: g / b, and -g y / b."""
    if not has_pole(s.tape, s.node):
        quotient = s.g / s.input(1)
        return _back(s, [quotient, -(quotient * s.y)])
    quotient = supported(s.g, s.g / s.input(1))
    return _back(s, [quotient, -supported(s.g, quotient * s.y)])


@rule("Mod")
def mod(s: Step) -> Gradients:
    """Differentiate y = a - b * n with n whole."""
    n = (s.input(0) - s.y) / s.input(1)
    return _back(s, [s.g, -(s.g * n)])


@rule("Mean", elementwise=True)
def mean(s: Step) -> Gradients:
    """Divide the sum by the number of operands."""
    return _back(s, [s.g * (1 / s.n_inputs)] * s.n_inputs)


@rule("Pow", elementwise=True)
def power(s: Step) -> Gradients:
    """Differentiate y = x^p: p x^(p - 1), which is 0 for p = 0, and y log x, 0 for x = 0."""
    x, p = s.input(0), s.input(1)
    known = s.value(1)
    gradients = []
    if known is not None and known.size == 1:
        gradients.append(s.g * _power_slope(s, float(known.reshape(-1)[0])))
    else:
        exponent = p.cast(x.type)
        gradients.append(s.g * exponent * x.power(exponent - 1 + exponent.equals(0)))
    if s.wants(1):
        gradients.append(s.g * s.y * (x + x.equals(0)).map("Log"))
    if has_pole(s.tape, s.node):
        gradients = [supported(s.g, gradient) for gradient in gradients]
    return _back(s, gradients)


def _power_slope(s: Step, p: float) -> Operand:
    """Return p x^(p - 1), and 0 at the kink of a norm that is written as a power of a sum."""
    x = s.x
    if p == 0:
        return 0.0
    if p == 1:
        return 1.0
    if p == 2:
        return x * 2.0
    slope = x.power(p - 1) * p
    order = vanishing_order(s.tape, x.name)
    has_kink = 0 < p < 1 and ALMOST_ONE < order * p < inf
    return zero_where(x.equals(0), slope) if has_kink else slope


@rule("Max", "Min", elementwise=True)
def extreme(s: Step) -> Gradients:
    """Give everything to the first operand that equals the result."""
    gradients, free = [], None
    for k in range(s.n_inputs):
        equal = s.input(k).equals(s.y)
        first = equal if free is None else equal & free
        others = equal.map("Not")
        free = others if free is None else others & free
        gradients.append(within(s.g, first))
    return _back(s, gradients)


@rule("Where", elementwise=True)
def where(s: Step) -> Gradients:
    """Differentiate y = a where the condition holds, else b."""
    mask = s.input(0)
    taken = {1: mask, 2: mask.map("Not")}
    return {k: within(s.g, own).sum_to(s.input(k)) for k, own in taken.items() if s.wants(k)}


@rule("Expand")
def expand(s: Step) -> Gradients:
    """Add up the copies."""
    return s.g.sum_to(s.x)


def _back(s: Step, gradients: list[Tensor]) -> Gradients:
    return {k: gradient.sum_to(s.input(k)) for k, gradient in enumerate(gradients) if s.wants(k)}
