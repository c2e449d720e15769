"""Where a feature map has its channels: read off the operators that make it."""

from __future__ import annotations

from onnx import GraphProto

from rmqm_onnx.reading.graph import makers_above, producers

__all__ = ["channels_come_first"]

_CHANNELS_FIRST = frozenset(
    [
        "Conv",
        "ConvTranspose",
        "QLinearConv",
        "ConvInteger",
        "FusedConv",
        "MaxPool",
        "AveragePool",
        "GlobalAveragePool",
        "BatchNormalization",
        "InstanceNormalization",
        "GroupNormalization",
        "LRN",
        "DepthToSpace",
    ]
)
"""Operators that ONNX defines with the channels on axis 1."""

_PASSED = frozenset(
    [
        "Relu",
        "LeakyRelu",
        "PRelu",
        "Elu",
        "Selu",
        "Gelu",
        "Clip",
        "Tanh",
        "Sigmoid",
        "HardSigmoid",
        "HardSwish",
        "Softplus",
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Identity",
        "Cast",
        "Dropout",
        "Pad",
        "Resize",
        "Upsample",
        "Concat",
        "QuantizeLinear",
        "DequantizeLinear",
    ]
)
"""Operators that leave every axis in its place."""


def channels_come_first(graph: GraphProto, output: str) -> bool | None:
    """
    Return where a feature map has its channels, whatever the layout of the network's input is.

    Returns
    -------
    bool or None
        True for axis 1, False for the last axis, None if the graph leaves it open.
    """
    for node in makers_above(producers(graph), output):
        if node.op_type in _CHANNELS_FIRST:
            return True
        if node.op_type == "Transpose":
            perm = next((list(entry.ints) for entry in node.attribute if entry.name == "perm"), [])
            return False if perm in ([0, 2, 1], [0, 2, 3, 1], [0, 2, 3, 4, 1]) else None
        if node.op_type not in _PASSED:
            break
    return None
