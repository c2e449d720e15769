"""Activation functions: each is y = f(x), and its rule multiplies by f'(x)."""

from __future__ import annotations

from math import pi, sqrt

from rmqm_onnx.gradients.derivative import derivative
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.support import within
from rmqm_onnx.gradients.table import Gradients, rule, zero
from rmqm_onnx.gradients.tensor import Tensor

# The masks of kinks are taken as PyTorch takes them: relu'(0) = 0, and clip passes at its bounds.
# A product with a mask is many times faster in ONNX Runtime than Where(mask, g, 0). Relu looks at
# y and not at x, so that the runtime can still fuse it with the convolution before it.
derivative("Relu", lambda s: s.y > 0)
derivative("ThresholdedRelu", lambda s: s.x > s.number("alpha", 1.0))
derivative("LeakyRelu", lambda s: _sides(s.x, 1, s.number("alpha", 0.01)))
derivative("Elu", lambda s: _sides(s.x, 1, s.y.at_most(0) + s.number("alpha", 1.0)))
derivative("Celu", lambda s: _sides(s.x, 1, (s.x.at_most(0) / s.number("alpha", 1.0)).map("Exp")))

derivative("Sigmoid", lambda s: s.y * (1 - s.y))
derivative("Softplus", lambda s: s.x.map("Sigmoid"))
derivative("HardSigmoid", lambda s: _mask(s.y, 0, 1) * s.number("alpha", 0.2))

zero(["Hardmax"])


@rule("Clip", elementwise=True)
def clip(s: Step) -> Gradients:
    """Pass within the bounds and at them; behind a convolution, which is ReLU6, only within."""
    bounds = [s.value(k) for k in (1, 2)]
    low, high = (float(bound.reshape(-1)[0]) if bound is not None else None for bound in bounds)
    if s.wants(1) or s.wants(2):
        return _clip_to(s)
    if low is None or high is None or s.maker(0) != "Conv":
        return within(s.g, s.x.equals(s.y))
    # Without a look at x the runtime can fuse both, which saves far more than this costs.
    return s.g * _mask(s.y, low, high)


def _clip_to(s: Step) -> Gradients:
    """Give to the bounds what they stopped; where they cross, y is the upper bound."""
    passed = within(s.g, s.x.equals(s.y))
    above = (s.g - passed) * s.y.equals(s.input(2)) if s.has(2) else None
    below = s.g - passed if above is None else s.g - passed - above
    gradients = {0: passed, 1: below, 2: above}
    return {
        k: gradient.sum_to(s.input(k))
        for k, gradient in gradients.items()
        if gradient and s.wants(k)
    }


@rule("Selu")
def selu(s: Step) -> Gradients:
    """Differentiate gamma * x above zero, gamma * alpha * (exp(x) - 1) below."""
    alpha = s.number("alpha", 1.6732632423543772)
    gamma = s.number("gamma", 1.0507009873554805)
    return s.g * _sides(s.x, gamma, s.y.at_most(0) + gamma * alpha)


@rule("PRelu")
def prelu(s: Step) -> Gradients:
    """Differentiate x above zero, slope * x below."""
    gradients = {0: s.g * _sides(s.x, 1, s.input(1))}
    if s.wants(1):
        gradients[1] = (s.g * s.x.at_most(0)).sum_to(s.input(1))
    return gradients


@rule("Softsign")
def softsign(s: Step) -> Gradients:
    """Differentiate x / (1 + |x|), whose derivative is 1 / (1 + |x|)^2."""
    t = 1 + s.x.map("Abs")
    return s.g / (t * t)


@rule("Shrink")
def shrink(s: Step) -> Gradients:
    """Differentiate x + bias below -lambd, x - bias above lambd, zero between."""
    return s.g * (s.x.map("Abs") > s.number("lambd", 0.5))


@rule("HardSwish")
def hard_swish(s: Step) -> Gradients:
    """Differentiate x * h(x) with h(x) = clip(x / 6 + 1/2, 0, 1)."""
    h = s.x.map("HardSigmoid", alpha=1 / 6, beta=0.5)
    return s.g * (h + s.x * (1 / 6) * (s.x.map("Abs") < 3))


@rule("Swish")
def swish(s: Step) -> Gradients:
    """Differentiate x * sigma(a x)."""
    alpha = s.number("alpha", 1.0)
    h = (s.x * alpha).map("Sigmoid")
    return s.g * (h + s.x * alpha * h * (1 - h))


@rule("Mish")
def mish(s: Step) -> Gradients:
    """Differentiate x * t with t = tanh(softplus(x)): t + x sigma(x) (1 - t^2)."""
    t = s.x.map("Softplus").map("Tanh")
    return s.g * (t + s.x * s.x.map("Sigmoid") * (1 - t * t))


@rule("Gelu")
def gelu(s: Step) -> Gradients:
    """Differentiate x * Phi(x): Phi + x * phi; or x/2 * (1 + t): (1 + t)/2 + x/2 * t'."""
    x = s.x
    form = s.text("approximate", "none")
    if form == "none":
        cumulative = ((x * sqrt(0.5)).map("Erf") + 1) * 0.5
        density = (x * x * -0.5).map("Exp") * (1 / sqrt(2 * pi))
        return s.g * (cumulative + x * density)
    if form != "tanh":
        raise NoRuleError(f"its form {form!r} is not known")
    k, c = sqrt(2 / pi), 0.044715
    square = x * x
    t = (x * (square * (k * c) + k)).map("Tanh")
    slope = (1 - t * t) * (square * (3 * k * c) + k)
    return s.g * ((t + 1) * 0.5 + x * 0.5 * slope)


def _sides(x: Tensor, above: float, below: float | Tensor) -> Tensor:
    """Return the slope `above` where x is above zero, `below` elsewhere."""
    mask = (x > 0).cast(x.type)
    return mask * above + (1 - mask) * below


def _mask(y: Tensor, low: float, high: float) -> Tensor:
    """Return 1 strictly between both bounds, 0 elsewhere."""
    return ((y > low) & (y < high)).cast(y.type)
