"""Softmax and its logarithm."""

from __future__ import annotations

from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.table import Gradients, rule


@rule("Softmax")
def softmax(s: Step) -> Gradients:
    """Differentiate y (g - sum(g y))."""
    weighted = s.g * s.y
    return weighted - s.y * weighted.sum([s.axis(-1)])


@rule("LogSoftmax")
def log_softmax(s: Step) -> Gradients:
    """G - softmax(x) sum(g)."""
    return s.g - s.y.map("Exp") * s.g.sum([s.axis(-1)])
