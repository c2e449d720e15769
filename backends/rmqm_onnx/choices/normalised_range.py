"""What a graph's own normalisation makes of its input: the constants show the expected range."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

from rmqm_onnx.choices.normalisation import normalisation_in_graph, normalising_nodes
from rmqm_onnx.choices.scaling_layers import scaling_of, stored_tensors
from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.findings import Finding

__all__ = ["fitting_scale", "normalisation_finding", "range_after_normalisation", "range_finding"]

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
    known = stored_tensors(graph)
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
    doubt = _doubt(graph, name, low, high)
    if doubt is None:
        return None
    return Finding(code="PRE007", level="warn", message=doubt, fix=_remedy(graph, name))


def fitting_scale(graph: GraphProto, name: str) -> int | None:
    """Return 1 or 255, if pictures of that range alone fit the graph's own normalisation."""
    fitting = [scale for scale in (1, 255) if _doubt(graph, name, 0, scale) is None]
    knows = range_after_normalisation(graph, name, 0, 1) is not None
    return fitting[0] if knows and len(fitting) == 1 else None


def normalisation_finding(
    graph: GraphProto, name: str, preprocessing: Preprocessing
) -> list[Finding]:
    """Say that the graph normalises its input, and warn where that would happen twice."""
    operators = normalisation_in_graph(graph, name)
    if not operators:
        return []
    message = f"the graph itself shifts or scales its input ({', '.join(operators)})"
    if not any(preprocessing.mean or ()):
        return [Finding(code="PRE002", level="ok", message=message)]
    message += f", and so does the preprocessing from {preprocessing.source}"
    return [Finding(code="PRE002", level="warn", message=message, fix=_remedy(graph, name))]


def _doubt(graph: GraphProto, name: str, low: float, high: float) -> str | None:
    """Return what is odd about values from low to high in the graph; None if nothing is."""
    after = range_after_normalisation(graph, name, low, high)
    if after is None:
        return None
    lowest, highest, spread = after
    largest = max(abs(lowest), abs(highest))
    given = f"values from {low:.4g} to {high:.4g} become {lowest:.4g} to {highest:.4g} in the graph"
    if not np.isfinite(largest) or largest > _WIDE:
        return f"{given}, far beyond what a normalisation leaves"
    if spread < _NARROW * max(largest, 1.0):
        return f"{given}, so that pictures hardly differ"
    return None


def _remedy(graph: GraphProto, name: str) -> str:
    scale = fitting_scale(graph, name)
    if scale is None:
        return (
            "Look at what the model was trained with, and give the value map with --scale, --mean "
            "and --std; rmqm-spec preprocess show shows what the network sees."
        )
    return (
        f"The graph expects values from 0 to {scale}: pass --scale {scale}, without --mean and "
        "--std."
    )


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
    scaling = scaling_of(node, tensor, known)
    if scaling is not None:
        return scaling(value)
    operands = [value if name == tensor else constant(name) for name in node.input]
    return np.asarray(_OPERATIONS[node.op_type](*operands), dtype=np.float64)
