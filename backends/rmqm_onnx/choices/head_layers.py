"""The last layers of heads: from an output upwards to the first operators with weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onnx import GraphProto, NodeProto

from rmqm_onnx.choices.last_layers import LAYERS, is_learnt
from rmqm_onnx.reading.graph import constants, makers_above, needed_names, producers

__all__ = ["decodes_maps", "last_layers", "shared_features"]

_CONVOLUTIONS = ("Conv", "QLinearConv", "FusedConv")
_ARRANGING = ("Reshape", "Flatten", "Transpose", "Concat")
_DECODING = frozenset(
    [
        *(*_ARRANGING, "Squeeze", "Unsqueeze", "Split", "Slice", "Identity", "Cast"),
        *("Sigmoid", "Softmax", "Add", "Sub", "Mul", "Div", "Sqrt", "Pow", "Exp", "Clip"),
        *("QuantizeLinear", "DequantizeLinear"),
    ]
)
"""Operators that make boxes and scores of a map; an activation between them makes features."""

_SIZES = ("Shape", "Constant", "ConstantOfShape", "Range", "Size")
"""Operators behind which there are sizes and places of a grid, and no features."""

_FEATURES = frozenset(
    [
        *("Conv", "FusedConv", "ConvTranspose", "MatMul", "Gemm", "Add", "Mul", "Div", "Concat"),
        *("Relu", "LeakyRelu", "PRelu", "Clip", "HardSwish", "Elu", "Gelu", "Mish", "Tanh"),
        *("BatchNormalization", "InstanceNormalization", "LayerNormalization"),
        *("MaxPool", "AveragePool", "DequantizeLinear"),
    ]
)
"""Operators that make features; sizes and places are reckoned by others."""


def last_layers(graph: GraphProto, output: str) -> list[NodeProto]:
    """Return the operators with weights that an output meets first, on every way upwards."""
    return [node for node in _met(graph, output) if node.op_type in LAYERS]


def decodes_maps(graph: GraphProto, output: str, *, arranged: bool) -> bool:
    """
    Return whether an output is made of maps of convolutions, by nothing but decoding.

    Where it must be `arranged`, the maps are laid out as a list of places, too.
    """
    met = list(_met(graph, output))
    layers = [node for node in met if node.op_type in LAYERS]
    others = [node for node in met if node.op_type not in LAYERS]
    if not layers or any(node.op_type not in (*_DECODING, *_SIZES, "Gather") for node in others):
        return False
    is_arranged = any(node.op_type in _ARRANGING for node in others)
    return (is_arranged or not arranged) and all(
        node.op_type in _CONVOLUTIONS and _is_of_images(graph, node) for node in layers
    )


def shared_features(graph: GraphProto, outputs: Sequence[str]) -> str | None:
    """Return the last features, in the order of the graph, on which all last layers depend."""
    constant, makers = constants(graph), producers(graph)
    taken: list[set[str]] = []
    for output in outputs:
        layers = last_layers(graph, output)
        inputs = [next(iter(node.input)) for node in layers if node.input[0] not in constant]
        taken += [needed_names(graph, name) for name in inputs] or [set()]
    common = set.intersection(*taken)
    for node in reversed(graph.node):
        name = next(iter(node.output), "")
        if node.op_type in _FEATURES and name in common and _is_feature(graph, makers, name):
            return name
    return None


def _met(graph: GraphProto, output: str) -> Iterator[NodeProto]:
    """Yield the operators above an output, layers and sizes without what is above these."""
    makers = producers(graph)
    pending, seen = [output], set()
    while pending:
        name = pending.pop()
        if name in seen or name not in makers:
            continue
        node = makers[name]
        seen.update(node.output)
        yield node
        if node.op_type not in (*LAYERS, *_SIZES):
            pending.extend(node.input)


def _is_of_images(graph: GraphProto, layer: NodeProto) -> bool:
    """Return whether a layer is a convolution in two dimensions, by the axes of its weights."""
    ranks = {tensor.name: len(tensor.dims) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].HasField("t"):
            ranks[node.output[0]] = len(node.attribute[0].t.dims)
    makers = producers(graph)
    names = [
        makers[name].input[0]
        if name in makers and makers[name].op_type == "DequantizeLinear"
        else name
        for name in layer.input[1:]
    ]
    return any(ranks.get(name) == 4 for name in names)


def _is_feature(graph: GraphProto, makers: dict[str, NodeProto], name: str) -> bool:
    """Return whether a tensor comes from a layer, and not from a size."""
    above = makers_above(makers, name)
    return is_learnt(graph, name) and all(node.op_type not in _SIZES for node in above)
