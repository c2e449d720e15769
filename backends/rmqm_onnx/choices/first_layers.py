"""The beginning of a network: where does it look for the channels of its input?"""

from __future__ import annotations

from typing import Literal

from onnx import GraphProto, NodeProto

from rmqm_onnx.reading.graph import consumers

__all__ = ["first_evidence"]

_CONVOLUTIONS = frozenset(["Conv", "QLinearConv", "ConvInteger", "FusedConv", "ImageScaler", "LRN"])
"""Operators that ONNX defines with the channels on axis 1."""

_PASSED = frozenset(
    [
        "Cast",
        "Identity",
        "Sub",
        "Add",
        "Mul",
        "Div",
        "Pad",
        "Clip",
        "Resize",
        "Upsample",
        "QuantizeLinear",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
    ]
)
"""Operators between input and first layer that leave every axis in its place."""

_REACH = 8
"""How many operators in a row are examined."""


def first_evidence(graph: GraphProto, name: str) -> Literal["convolution", "transposed"] | None:
    """Return what the input meets first: a convolution, or a transposition from channels-last."""
    tensors = {name}
    for _ in range(_REACH):
        nodes = [node for tensor in tensors for node in consumers(graph, tensor)]
        if any(node.op_type in _CONVOLUTIONS for node in nodes):
            return "convolution"
        if any(_moves_channels_forward(node) for node in nodes):
            return "transposed"
        tensors = {node.output[0] for node in nodes if node.op_type in _PASSED and node.output}
    return None


def _moves_channels_forward(node: NodeProto) -> bool:
    perm = next((list(entry.ints) for entry in node.attribute if entry.name == "perm"), None)
    return node.op_type == "Transpose" and perm == [0, 3, 1, 2]
