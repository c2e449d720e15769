"""
Gradients of ONNX graphs as ONNX graphs: reverse mode, with respect to an input.

    from rmqm_onnx.gradients import vjp_model
    onnx.save(vjp_model("encoder.onnx"), "encoder_vjp.onnx")

`vjp_model` and `jvp_model` write derivatives behind a graph, `unsupported` lists the nodes that
have no rule, `GradientSession` runs them, `self_check` compares with a difference quotient.
"""

from rmqm_onnx.gradients.checking import (
    gradient_finding,
    self_check,
    staircase_check,
    staircase_finding,
)
from rmqm_onnx.gradients.coverage import coverage_table, operators_without_rule
from rmqm_onnx.gradients.models import jvp_model, unsupported, vjp_model
from rmqm_onnx.gradients.reverse import Missing
from rmqm_onnx.gradients.session import GradientSession, LossAndGradient

__all__ = [
    "GradientSession",
    "LossAndGradient",
    "Missing",
    "coverage_table",
    "gradient_finding",
    "jvp_model",
    "operators_without_rule",
    "self_check",
    "staircase_check",
    "staircase_finding",
    "unsupported",
    "vjp_model",
]
