"""Questions to a graph (who makes this tensor, what does it need) and cutting a part out of it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from onnx import GraphProto, ModelProto, NodeProto, helper

__all__ = ["consumers", "cut_out", "needed_names", "producers"]


def producers(graph: GraphProto) -> dict[str, NodeProto]:
    """Return the node that makes each tensor."""
    return {name: node for node in graph.node for name in node.output if name}


def consumers(graph: GraphProto, tensor: str) -> list[NodeProto]:
    """Return the nodes that take `tensor`, in order."""
    return [node for node in graph.node if tensor in node.input]


def needed_names(graph: GraphProto, output: str) -> set[str]:
    """Return `output` and every tensor, input and initializer that it depends on."""
    makers = producers(graph)
    found: set[str] = set()
    open_names = [output]
    while open_names:
        name = open_names.pop()
        if name in found:
            continue
        found.add(name)
        if name in makers:
            open_names.extend(_inputs_of(makers[name]))
    return found


def cut_out(model: ModelProto, output: str) -> ModelProto:
    """
    Return a model whose only output is `output`, any tensor of the graph.

    Nodes, inputs and initializers that it does not depend on are gone, and so is the need to
    feed them.
    """
    needed = needed_names(model.graph, output)
    part = ModelProto()
    part.CopyFrom(model)
    graph = part.graph
    _keep(graph.node, [node for node in graph.node if needed & set(node.output)])
    _keep(graph.initializer, [tensor for tensor in graph.initializer if tensor.name in needed])
    _keep(graph.input, [value for value in graph.input if value.name in needed])
    declared = [value for value in (*graph.output, *graph.value_info) if value.name == output]
    _keep(graph.output, declared[:1] or [helper.make_empty_tensor_value_info(output)])
    return part


def _keep(repeated, kept) -> None:  # type: ignore[no-untyped-def]
    """Replace the content of a repeated protobuf field."""
    copies = [type(item).FromString(item.SerializeToString()) for item in kept]
    del repeated[:]
    repeated.extend(copies)


def _inputs_of(node: NodeProto) -> Iterator[str]:
    """Yield what a node reads, the outer tensors that its subgraphs read included."""
    yield from (name for name in node.input if name)
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield from _outer_names(attribute.g, set())


def _outer_names(graph: GraphProto, known: AbstractSet[str]) -> Iterator[str]:
    inner = known | {value.name for value in graph.input} | {t.name for t in graph.initializer}
    for node in graph.node:
        for name in node.input:
            if name and name not in inner:
                yield name
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _outer_names(attribute.g, inner)
        inner |= set(node.output)
    yield from (value.name for value in graph.output if value.name not in inner)
