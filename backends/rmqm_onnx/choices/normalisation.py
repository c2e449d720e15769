"""Does the graph normalise its input itself? Read off its first operators."""

from __future__ import annotations

from onnx import GraphProto, NodeProto

from rmqm_onnx.choices.scaling_layers import scaling_of, stored_tensors
from rmqm_onnx.reading.graph import constants, consumers

__all__ = ["leading_part", "normalisation_in_graph", "normalising_nodes"]

_PASSED = ("Cast", "Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Pad")
_WITH_CONSTANT = ("Sub", "Add", "Mul", "Div")


def normalisation_in_graph(graph: GraphProto, name: str) -> list[str]:
    """Return the operators that shift or scale the input before the first layer, in order."""
    return [node.op_type for node, _ in normalising_nodes(graph, name)]


def normalising_nodes(graph: GraphProto, name: str) -> list[tuple[NodeProto, str]]:
    """Return these operators, each with the name of the tensor that it shifts or scales."""
    return [(node, tensor) for node, tensor, shifts in _leading_nodes(graph, name) if shifts]


def leading_part(graph: GraphProto, name: str) -> GraphProto:
    """Return a graph of the operators before the first layer, with their constants: it is small."""
    nodes = [node for node, _, _ in _leading_nodes(graph, name)]
    read = {tensor for node in nodes for tensor in node.input}
    part = GraphProto()
    part.node.extend(
        node for node in graph.node if node.op_type == "Constant" and node.output[0] in read
    )
    part.node.extend(nodes)
    part.initializer.extend(tensor for tensor in graph.initializer if tensor.name in read)
    return part


def _leading_nodes(graph: GraphProto, name: str) -> list[tuple[NodeProto, str, bool]]:
    """Return nodes before the first layer, what each takes, and whether it shifts or scales it."""
    constant, stored = constants(graph), stored_tensors(graph)
    leading: list[tuple[NodeProto, str, bool]] = []
    for _ in range(16):
        nodes = [node for node in consumers(graph, name) if node.op_type != "Shape"]
        if len(nodes) != 1:
            break
        node = nodes[0]
        others = [other for other in node.input if other and other != name]
        by_constant = node.op_type in _WITH_CONSTANT and others and set(others) <= constant
        shifts = bool(by_constant) or node.op_type in ("ImageScaler", "BatchNormalization")
        shifts = shifts or scaling_of(node, name, stored) is not None
        if not shifts and node.op_type not in _PASSED:
            break
        leading.append((node, name, shifts))
        name = node.output[0]
    return leading
