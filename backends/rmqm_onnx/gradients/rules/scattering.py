"""Scatters, which write values into a copy: the gradient reads them from the same places."""

from __future__ import annotations

from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor


@rule("ScatterND")
def scatter_nd(s: Step) -> Gradients:
    """Stop at what was overwritten; what was added to moves as before."""
    indices, updates = s.input(1), s.input(2)
    gradients: dict[int, Tensor] = {}
    if s.wants(0):
        gradients[0] = s.g
        if not _adds(s):
            zeros = s.tape.zeros(updates)
            gradients[0] = s.g.op("ScatterND", indices, zeros, shape=s.x.shape)
    if s.wants(2):
        gradients[2] = s.g.op("GatherND", indices, shape=updates.shape)
    return gradients


@rule("ScatterElements", "Scatter")
def scatter_elements(s: Step) -> Gradients:
    """Do the same along an axis."""
    indices, updates, axis = s.input(1), s.input(2), s.axis(0)
    gradients: dict[int, Tensor] = {}
    if s.wants(0):
        gradients[0] = s.g
        if not _adds(s):
            zeros = s.tape.zeros(updates)
            gradients[0] = s.g.op("ScatterElements", indices, zeros, shape=s.x.shape, axis=axis)
    if s.wants(2):
        gradients[2] = s.g.op("GatherElements", indices, shape=updates.shape, axis=axis)
    return gradients


def _adds(s: Step) -> bool:
    reduction = s.text("reduction", "none")
    if reduction not in ("none", "add"):
        raise NoRuleError(f"its reduction is {reduction!r}")
    return reduction == "add"
