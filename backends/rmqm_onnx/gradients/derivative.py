"""Elementwise operators of one variable, entered by their derivative."""

from __future__ import annotations

from collections.abc import Callable

from onnx import TensorProto

from rmqm_onnx.gradients.finiteness import has_pole
from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.support import supported, within
from rmqm_onnx.gradients.table import ELEMENTWISE, RULES
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["derivative"]


def derivative(operator: str, slope: Callable[[Step], Tensor]) -> None:
    """Enter an operator by its derivative: the gradient is ``g * slope``, or a mask of g."""

    def apply(s: Step) -> Tensor:
        factor = slope(s)
        if factor.type == TensorProto.BOOL:
            return within(s.g, factor)
        product = s.g * factor
        return supported(s.g, product) if has_pole(s.tape, s.node) else product

    RULES[operator] = apply
    ELEMENTWISE.add(operator)
