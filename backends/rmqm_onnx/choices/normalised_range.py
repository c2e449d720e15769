"""What a graph's own normalisation makes of its input: the constants show the expected range."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

from rmqm_onnx.choices.normalisation import normalising_nodes
from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.findings import Finding

__all__ = ["range_after_normalisation", "range_finding"]

Range = tuple[float, float, float]
"""Lowest and highest value, and the widest range of a channel."""

_OPERATIONS: dict[str, Callable[[AnyArray, AnyArray], AnyArray]] = {
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide,
}  # fmt: skip

_NARROW = 0.02
"""Least spread of an input, relative to its magnitude or to 1: the spread of 5 grey levels."""

_WIDE = 300.0
"""Bytes that are not normalised at all reach 255, centred bytes 152."""


def range_after_normalisation(
    graph: GraphProto, name: str, low: float, high: float
) -> Range | None:
    """
    Follow the range of an input through the operators that shift or scale it.

    Parameters
    ----------
    graph : GraphProto
        The network.
    name : str
        Its input.
    low, high : float
        Range of the values that it is given.

    Returns
    -------
    tuple of float or None
        See `Range`. None if there are no such operators, or their constants are elsewhere.
    """
    known = _constants(graph)
    ends: list[Float64Array] = [np.array(low, np.float64), np.array(high, np.float64)]
    nodes = normalising_nodes(graph, name)
    try:
        for node, tensor in nodes:
            ends = [_applied(node, tensor, end, known) for end in ends]
    except (KeyError, ValueError):  # a constant is missing or has an unexpected shape
        return None
    if not nodes:
        return None
    lowest, highest = float(np.minimum(*ends).min()), float(np.maximum(*ends).max())
    return lowest, highest, float(np.abs(ends[1] - ends[0]).max())


def range_finding(graph: GraphProto, name: str, low: float, high: float) -> Finding | None:
    """Warn if the graph's own normalisation makes the values nearly equal, or far too large."""
    after = range_after_normalisation(graph, name, low, high)
    if after is None:
        return None
    lowest, highest, spread = after
    largest = max(abs(lowest), abs(highest))
    given = f"values from {low:.4g} to {high:.4g} become {lowest:.4g} to {highest:.4g} in the graph"
    if not np.isfinite(largest) or largest > _WIDE:
        return _warning(f"{given}, far beyond what a normalisation leaves", "--scale 1")
    if spread < _NARROW * max(largest, 1.0):
        return _warning(f"{given}, so that pictures hardly differ", "--scale 255")
    return None


def _warning(message: str, option: str) -> Finding:
    fix = f"Look at what the model was trained with; perhaps it wants {option}."
    return Finding(code="PRE007", level="warn", message=message, fix=fix)


def _constants(graph: GraphProto) -> Mapping[str, TensorProto]:
    stored = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.name == "value":
                stored[node.output[0]] = attribute.t
    return {
        name: tensor
        for name, tensor in stored.items()
        if tensor.data_location != TensorProto.EXTERNAL
    }


def _applied(
    node: NodeProto, tensor: str, value: Float64Array, known: Mapping[str, TensorProto]
) -> Float64Array:
    def constant(name: str) -> Float64Array:
        return numpy_helper.to_array(known[name]).astype(np.float64)

    attributes = {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
    if node.op_type == "BatchNormalization":
        scale, shift, mean, variance = (constant(name) for name in node.input[1:5])
        deviation = np.sqrt(variance + attributes.get("epsilon", 1e-5))
        return np.asarray(scale * (value.reshape(-1) - mean) / deviation + shift)
    if node.op_type == "ImageScaler":
        bias = np.array(attributes.get("bias", [0.0]))
        return np.asarray(value.reshape(-1) * attributes.get("scale", 1.0) + bias)
    operands = [value if name == tensor else constant(name) for name in node.input]
    return np.asarray(_OPERATIONS[node.op_type](*operands), dtype=np.float64)
