"""The table of rules: operator by operator, how a cotangent goes from the outputs to the inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["ELEMENTWISE", "RULES", "ZERO", "Gradients", "Rule", "rule", "zero"]

Gradients: TypeAlias = "Tensor | Mapping[int, Tensor]"
"""The gradient of the first input, or the gradients of several inputs by position."""

Rule: TypeAlias = Callable[[Step], Gradients]

RULES: dict[str, Rule] = {}
"""Operators of ``ai.onnx`` with a rule."""

ZERO: set[str] = set()
"""Operators whose outputs do not move with small changes of the inputs, or carry no gradient."""


ELEMENTWISE: set[str] = set()
"""Operators of which each value depends on a single value of each input."""


def rule(*operators: str, elementwise: bool = False) -> Callable[[Rule], Rule]:
    """Enter a function as the rule of one or several operators."""

    def enter(function: Rule) -> Rule:
        if elementwise:
            ELEMENTWISE.update(operators)
        for operator in operators:
            RULES[operator] = function
        return function

    return enter


def zero(operators: Sequence[str]) -> None:
    """Enter operators without gradient."""
    ZERO.update(operators)
