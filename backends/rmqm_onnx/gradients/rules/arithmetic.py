"""Elementwise operators of several inputs: each gradient is summed back to the operand's shape."""

from __future__ import annotations

from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Operand, Tensor


@rule("Add", "Sum")
def add(s: Step) -> Gradients:
    """Differentiate y = a + b + ..."""
    return _back(s, [s.g] * s.n_inputs)


@rule("Sub")
def sub(s: Step) -> Gradients:
    """Differentiate y = a - b."""
    return _back(s, [s.g, -s.g])


@rule("Mul")
def mul(s: Step) -> Gradients:
    """Differentiate y = a * b."""
    a, b = s.input(0), s.input(1)
    return _back(s, [s.g * b, s.g * a])


@rule("Div")
def div(s: Step) -> Gradients:
    """Differentiate y = a / b: g / b, and -g y / b."""
    quotient = s.g / s.input(1)
    return _back(s, [quotient, -(quotient * s.y)])


@rule("Mod")
def mod(s: Step) -> Gradients:
    """Differentiate y = a - b * n with n whole."""
    n = (s.input(0) - s.y) / s.input(1)
    return _back(s, [s.g, -(s.g * n)])


@rule("Mean")
def mean(s: Step) -> Gradients:
    """Divide the sum by the number of operands."""
    return _back(s, [s.g * (1 / s.n_inputs)] * s.n_inputs)


@rule("Pow")
def power(s: Step) -> Gradients:
    """Differentiate y = x^p: p x^(p - 1), which is 0 for p = 0, and y log x, 0 for x = 0."""
    x, p = s.input(0), s.input(1)
    known = s.value(1)
    gradients = []
    if known is not None and known.size == 1:
        gradients.append(s.g * _power_slope(x, float(known.reshape(-1)[0])))
    else:
        exponent = p.cast(x.type)
        gradients.append(s.g * exponent * x.power(exponent - 1 + exponent.equals(0)))
    if s.wants(1):
        gradients.append(s.g * s.y * (x + x.equals(0)).map("Log"))
    return _back(s, gradients)


def _power_slope(x: Tensor, p: float) -> Operand:
    if p == 0:
        return 0.0
    if p == 1:
        return 1.0
    return x * 2.0 if p == 2 else x.power(p - 1) * p


@rule("Max", "Min")
def extreme(s: Step) -> Gradients:
    """Give everything to the first operand that equals the result."""
    gradients, rest = [], s.g
    for k in range(s.n_inputs):
        taken = rest * s.input(k).equals(s.y)
        gradients.append(taken)
        rest = rest - taken
    return _back(s, gradients)


@rule("Where")
def where(s: Step) -> Gradients:
    """Differentiate y = a where the condition holds, else b."""
    mask = s.input(0).cast(s.y.type)
    return {1: (s.g * mask).sum_to(s.input(1)), 2: (s.g * (1 - mask)).sum_to(s.input(2))}


@rule("Expand")
def expand(s: Step) -> Gradients:
    """Add up the copies."""
    return s.g.sum_to(s.x)


def _back(s: Step, gradients: list[Tensor]) -> Gradients:
    return {k: gradient.sum_to(s.input(k)) for k, gradient in enumerate(gradients) if s.wants(k)}
