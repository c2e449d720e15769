"""A node of a graph within a graph, under names that nothing else has."""

from __future__ import annotations

from collections.abc import Mapping

from onnx import GraphProto, NodeProto

__all__ = ["renamed"]


def renamed(node: NodeProto, names: Mapping[str, str]) -> NodeProto:
    """Return a copy under other names, also where graphs within it read them."""
    renamed = NodeProto()
    renamed.CopyFrom(node)
    renamed.name = ""
    for own in (renamed.input, renamed.output):
        own[:] = [names.get(name, name) for name in own]
    for attribute in renamed.attribute:
        if attribute.HasField("g"):
            _rename_within(attribute.g, names)
    return renamed


def _rename_within(graph: GraphProto, names: Mapping[str, str]) -> None:
    own = {value.name for value in graph.input} | {tensor.name for tensor in graph.initializer}
    own |= {out for node in graph.node for out in node.output}
    outer = {old: new for old, new in names.items() if old not in own}
    for value in graph.output:
        value.name = outer.get(value.name, value.name)
    kept = [renamed(node, outer) for node in graph.node]
    del graph.node[:]
    graph.node.extend(kept)
