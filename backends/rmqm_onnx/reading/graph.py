"""Queries of a graph (what makes a tensor, what does it need) and cutting a part out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

__all__ = [
    "all_nodes",
    "all_tensors",
    "constants",
    "consumers",
    "cut_out",
    "has_zero_dims",
    "makers_above",
    "names_read",
    "needed_names",
    "operators",
    "producers",
]


def producers(graph: GraphProto) -> dict[str, NodeProto]:
    """Return the node that makes each tensor."""
    return {name: node for node in graph.node for name in node.output if name}


def consumers(graph: GraphProto, tensor: str) -> list[NodeProto]:
    """Return the nodes that take `tensor`, in order."""
    return [node for node in graph.node if tensor in node.input]


def constants(graph: GraphProto) -> set[str]:
    """Return the names of initializers and of what Constant nodes give."""
    stored = {tensor.name for tensor in graph.initializer}
    return stored | {node.output[0] for node in graph.node if node.op_type == "Constant"}


def makers_above(makers: Mapping[str, NodeProto], name: str) -> Iterator[NodeProto]:
    """Yield the node that makes a tensor, the node that makes its first input, and so on."""
    visited: set[str] = set()
    while name in makers and name not in visited:
        visited.add(name)
        yield makers[name]
        name = next(iter(makers[name].input), "")


def needed_names(graph: GraphProto, output: str) -> set[str]:
    """Return `output` and every tensor, input and initializer that it depends on."""
    makers = producers(graph)
    needed: set[str] = set()
    pending = [output]
    while pending:
        name = pending.pop()
        if name in needed:
            continue
        needed.add(name)
        if name in makers:
            pending.extend(names_read(makers[name]))
    return needed


def all_nodes(model: ModelProto) -> Iterator[NodeProto]:
    """Yield every node: of the graph, of graphs within nodes, and of the model's functions."""
    pending = [*model.graph.node, *(node for function in model.functions for node in function.node)]
    while pending:
        node = pending.pop()
        yield node
        for graph in _subgraphs(node):
            pending.extend(graph.node)


def operators(model: ModelProto) -> set[str]:
    """Return the operators of all nodes, whatever their domain."""
    return {node.op_type for node in all_nodes(model)}


def all_tensors(model: ModelProto) -> Iterator[TensorProto]:
    """Yield every stored tensor, wherever it stands; of a sparse tensor its values and indices."""
    nodes = list(all_nodes(model))
    for graph in (model.graph, *(inner for node in nodes for inner in _subgraphs(node))):
        yield from graph.initializer
        for sparse in graph.sparse_initializer:
            yield from (sparse.values, sparse.indices)
    for node in nodes:
        for attribute in node.attribute:
            yield from attribute.tensors
            if attribute.HasField("t"):
                yield attribute.t
            if attribute.HasField("sparse_tensor"):
                yield from (attribute.sparse_tensor.values, attribute.sparse_tensor.indices)


def cut_out(model: ModelProto, output: str) -> ModelProto:
    """
    Return a model whose only output is `output`, any tensor of the graph.

    Nodes, inputs and initializers that it does not depend on are gone, and so is the need to
    feed them. Input dimensions declared as 0, which the runtime would insist on, are dynamic.
    """
    needed = needed_names(model.graph, output)
    part = ModelProto()
    part.CopyFrom(model)
    graph = part.graph
    declared = [value for value in (*graph.output, *graph.value_info) if value.name == output]
    last = ValueInfoProto()
    last.CopyFrom(declared[0] if declared else helper.make_empty_tensor_value_info(output))
    _keep(graph.node, lambda node: bool(needed & set(node.output)))
    _keep(graph.initializer, lambda tensor: tensor.name in needed)
    _keep(graph.sparse_initializer, lambda tensor: tensor.values.name in needed)
    _keep(graph.input, lambda value: value.name in needed)
    _keep(graph.output, lambda _: False)
    graph.output.append(last)
    for value in graph.input:
        for dim in value.type.tensor_type.shape.dim:
            if dim.HasField("dim_value") and dim.dim_value == 0:
                dim.ClearField("dim_value")
    return part


def names_read(node: NodeProto) -> Iterator[str]:
    """Yield what a node reads, the outer tensors that its subgraphs read included."""
    yield from (name for name in node.input if name)
    for graph in _subgraphs(node):
        yield from _outer_names(graph, set())


def has_zero_dims(graph: GraphProto) -> bool:
    """Return whether an input declares a dimension of length 0, which means a dynamic dimension."""
    dims = (dim for value in graph.input for dim in value.type.tensor_type.shape.dim)
    return any(dim.HasField("dim_value") and dim.dim_value == 0 for dim in dims)


def _keep(repeated: Any, wanted: Callable[[Any], bool]) -> None:
    """Delete what is not wanted from a repeated protobuf field, in place: weights can be large."""
    for k in reversed(range(len(repeated))):
        if not wanted(repeated[k]):
            del repeated[k]


def _subgraphs(node: NodeProto) -> Iterator[GraphProto]:
    for attribute in node.attribute:
        yield from attribute.graphs
        if attribute.HasField("g"):
            yield attribute.g


def _outer_names(graph: GraphProto, known: AbstractSet[str]) -> Iterator[str]:
    inner = known | {value.name for value in graph.input} | {t.name for t in graph.initializer}
    for node in graph.node:
        for name in node.input:
            if name and name not in inner:
                yield name
        for subgraph in _subgraphs(node):
            yield from _outer_names(subgraph, inner)
        inner |= set(node.output)
    yield from (value.name for value in graph.output if value.name not in inner)
