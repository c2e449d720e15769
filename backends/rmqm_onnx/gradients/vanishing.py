"""
How a tensor vanishes: whether it is never below zero, and how fast it goes to zero at its zeros.

A sum of squares goes to zero like the square of a distance, so its root like the distance itself.
The root has a kink there, as the absolute value has, and no infinite slope. Which of both is meant
cannot be seen at the root alone; it is read off the nodes before it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np
from onnx import NodeProto, helper

from rmqm_onnx.gradients.opsets import is_standard
from rmqm_onnx.gradients.tape import Tape

__all__ = ["MOVES_AND_SHAPES", "SIGNED", "vanishing_order"]

SIGNED = -1.0
"""The order of a tensor that may be negative, or of which nothing is known."""

_DEPTH = 64
"""Nodes that are followed back; beyond, nothing is known."""

MOVES_AND_SHAPES = frozenset(
    [
        "Cast",
        "Expand",
        "Flatten",
        "Gather",
        "Identity",
        "Reshape",
        "Slice",
        "Split",
        "Squeeze",
        "Tile",
        "Transpose",
        "Unsqueeze",
    ]
)
"""Operators that only choose, copy or order values."""

_AVERAGES = frozenset(["GlobalAveragePool", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum"])
_NEVER_NEGATIVE = frozenset(["Exp", "Sigmoid", "Softmax", "Softplus", "HardSigmoid"])
"""They have no zeros but by underflow."""


def vanishing_order(tape: Tape, name: str) -> float:
    """
    Return k if a tensor is never negative and goes to zero like distance^k.

    Returns
    -------
    float
        Infinity if it has no zeros, 0 if nothing is known of them, and -1 (`SIGNED`) if it may be
        negative.
    """
    return _order(tape, name, _DEPTH)


def _order(tape: Tape, name: str, depth: int) -> float:
    if name in tape.orders:
        return tape.orders[name]
    found, node = _of_values(tape, name), tape.makers.get(name)
    if found == SIGNED and node is not None and is_standard(node):
        if not depth:
            return SIGNED
        found = _of_node(tape, node, depth - 1)
    tape.orders[name] = found
    return found


def _of_values(tape: Tape, name: str) -> float:
    values = tape.small_value(name)
    if values is None or values.dtype.kind not in "fiu" or not np.all(values >= 0):
        return SIGNED
    return inf if np.all(values > 0) else 0.0


def _of_node(tape: Tape, node: NodeProto, depth: int) -> float:
    if node.op_type in _NEVER_NEGATIVE:
        return 0.0
    own = _BY_OPERATOR.get(node.op_type)
    if own is not None:
        return own(tape, node, [_order(tape, name, depth) for name in node.input if name])
    if node.op_type in MOVES_AND_SHAPES | _AVERAGES:
        return _order(tape, node.input[0], depth)
    return SIGNED


Order = Callable[[Tape, NodeProto, list[float]], float]


def _sum(_: Tape, __: NodeProto, orders: list[float]) -> float:
    """Vanish where all do; if one never does, nowhere."""
    return inf if min(orders) >= 0 and max(orders) == inf else min(orders)


def _product(_: Tape, node: NodeProto, orders: list[float]) -> float:
    if len(set(node.input)) == 1:
        return 2 * _root_order(orders[0])
    return min(orders)


def _quotient(_: Tape, __: NodeProto, orders: list[float]) -> float:
    return orders[0] if orders[1] == inf else SIGNED


def _power(tape: Tape, node: NodeProto, orders: list[float]) -> float:
    known = tape.small_value(node.input[1])
    if known is None or known.size != 1:
        return inf if orders[0] == inf else SIGNED
    exponent = float(known.reshape(-1)[0])
    if exponent > 0 and exponent % 2 == 0:
        return exponent * _root_order(orders[0])
    if orders[0] == inf:
        return inf
    return orders[0] * exponent if exponent > 0 and orders[0] >= 0 else SIGNED


def _magnitude(_: Tape, __: NodeProto, orders: list[float]) -> float:
    return _root_order(orders[0])


def _root(_: Tape, __: NodeProto, orders: list[float]) -> float:
    return max(orders[0] / 2, 0.0)


def _square(_: Tape, __: NodeProto, orders: list[float]) -> float:
    return 2 * _root_order(orders[0])


def _clip(tape: Tape, node: NodeProto, orders: list[float]) -> float:
    low = tape.small_value(node.input[1]) if len(node.input) > 1 and node.input[1] else None
    if low is None or not np.all(low >= 0):
        return orders[0]
    return inf if np.all(low > 0) else _root_order(orders[0])


def _greatest(_: Tape, __: NodeProto, orders: list[float]) -> float:
    top = max(orders)
    if top in (inf, SIGNED):
        return top
    return min(_root_order(order) for order in orders if order != 0.0) if top else 1.0


def _einsum(_: Tape, node: NodeProto, orders: list[float]) -> float:
    """Look for sums of squares: the same tensor twice, by the same letters."""
    equation = next(helper.get_attribute_value(a) for a in node.attribute if a.name == "equation")
    terms = equation.decode().replace(" ", "").split("->")[0].split(",")
    alike = len(terms) == 2 and terms[0] == terms[1] and node.input[0] == node.input[1]
    return 2 * _root_order(orders[0]) if alike else min(orders)


def _chosen(_: Tape, __: NodeProto, orders: list[float]) -> float:
    return min(orders[1:])


def _least(_: Tape, __: NodeProto, orders: list[float]) -> float:
    return min(orders)


def _root_order(order: float) -> float:
    """Return the order of the absolute value: 1, as for a smooth function, if none is known."""
    return 1.0 if order <= 0 else order


_BY_OPERATOR: dict[str, Order] = {
    "Abs": _magnitude,
    "Add": _sum,
    "Clip": _clip,
    "Concat": _least,
    "Cosh": lambda *_: inf,
    "Div": _quotient,
    "Einsum": _einsum,
    "Max": _greatest,
    "Mean": _sum,
    "Min": _least,
    "Mul": _product,
    "Pow": _power,
    "ReduceL1": _magnitude,
    "ReduceL2": _magnitude,
    "ReduceSumSquare": _square,
    "Relu": _magnitude,
    "Sqrt": _root,
    "Sum": _sum,
    "Where": _chosen,
}
