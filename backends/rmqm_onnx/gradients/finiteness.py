"""Where a tensor may hold infinities or NaN, as the logarithm of zero does; by its nodes alone."""

from __future__ import annotations

from math import inf

import numpy as np
from onnx import NodeProto

from rmqm_onnx.gradients.tape import Tape
from rmqm_onnx.gradients.vanishing import MOVES_AND_SHAPES, vanishing_order

__all__ = ["has_pole", "may_be_infinite"]

_DEPTH = 64

_ARITHMETIC = MOVES_AND_SHAPES | {
    "Abs",
    "Add",
    "Clip",
    "Concat",
    "Mean",
    "Mul",
    "Neg",
    "ReduceMean",
    "ReduceSum",
    "Sub",
    "Sum",
    "Where",
}
"""Operators that hand on what is not finite."""

_OF_ANY_SIGN = frozenset(["Acos", "Acosh", "Asin", "Atanh", "Cosh", "Exp", "Sinh", "Tan"])
"""Operators with a pole, an end of their domain, or values beyond float32."""


def may_be_infinite(tape: Tape, name: str) -> bool:
    """Return whether a tensor may hold infinities or NaN though the inputs are finite."""
    return _found(tape, name, _DEPTH)


def has_pole(tape: Tape, node: NodeProto) -> bool:
    """Return whether a value or a slope of an elementwise operator may be infinite."""
    if node.op_type in _OF_ANY_SIGN:
        return True
    if node.op_type in ("Log", "Reciprocal", "Sqrt"):
        return vanishing_order(tape, node.input[0]) < inf
    if node.op_type == "Div":
        return vanishing_order(tape, node.input[1]) < inf and not _is_without_zero(tape, node)
    if node.op_type == "Pow":
        return vanishing_order(tape, node.input[0]) < inf and not _is_whole_power(tape, node)
    return False


def _found(tape: Tape, name: str, depth: int) -> bool:
    if name in tape.infinite:
        return tape.infinite[name]
    found, node = _in_values(tape, name), tape.makers.get(name)
    if node is not None and not found:
        found = has_pole(tape, node)
        if not found and node.op_type in _ARITHMETIC:
            if not depth:
                return False
            found = any(_found(tape, own, depth - 1) for own in node.input if own)
    tape.infinite[name] = found
    return found


def _in_values(tape: Tape, name: str) -> bool:
    values = tape.small_value(name)
    return values is not None and values.dtype.kind == "f" and not np.all(np.isfinite(values))


def _is_without_zero(tape: Tape, node: NodeProto) -> bool:
    values = tape.small_value(node.input[1])
    return values is not None and bool(np.all(values != 0))


def _is_whole_power(tape: Tape, node: NodeProto) -> bool:
    values = tape.small_value(node.input[1])
    return values is not None and bool(np.all((values >= 0) & (values % 1 == 0)))
