"""Does the graph normalise its input itself? Read off its first operators."""

from __future__ import annotations

from onnx import GraphProto, NodeProto

from rmqm_onnx.reading.graph import constants, consumers

__all__ = ["normalisation_in_graph", "normalising_nodes"]

_PASSED = ("Cast", "Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Pad")
_WITH_CONSTANT = ("Sub", "Add", "Mul", "Div")


def normalisation_in_graph(graph: GraphProto, name: str) -> list[str]:
    """Return the operators that shift or scale the input before the first layer, in order."""
    return [node.op_type for node, _ in normalising_nodes(graph, name)]


def normalising_nodes(graph: GraphProto, name: str) -> list[tuple[NodeProto, str]]:
    """Return these operators, each with the name of the tensor that it shifts or scales."""
    constant = constants(graph)
    normalising: list[tuple[NodeProto, str]] = []
    for _ in range(16):
        nodes = [node for node in consumers(graph, name) if node.op_type != "Shape"]
        if len(nodes) != 1:
            break
        node = nodes[0]
        others = [other for other in node.input if other and other != name]
        shifts = node.op_type in _WITH_CONSTANT and others and set(others) <= constant
        if shifts or node.op_type in ("ImageScaler", "BatchNormalization"):
            normalising.append((node, name))
        elif node.op_type not in _PASSED:
            break
        name = node.output[0]
    return normalising
