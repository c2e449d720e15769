"""The way of values through a graph: what moves with a tensor, and where all ways meet."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from onnx import GraphProto, NodeProto

from rmqm_onnx.reading.graph import names_read, producers

__all__ = ["bottlenecks", "moved_by", "values_behind", "values_read"]

_BY_SHAPE_ALONE = (
    "EyeLike",
    "RandomNormalLike",
    "RandomUniformLike",
    "Shape",
    "Size",
)
"""Operators that look at the lengths of their input, and not at its values."""


def values_read(node: NodeProto) -> Iterator[str]:
    """Yield the tensors whose values a node reads."""
    if node.op_type not in _BY_SHAPE_ALONE:
        yield from names_read(node)


def moved_by(graph: GraphProto, names: Collection[str]) -> set[str]:
    """Return these tensors, and all whose values depend on theirs."""
    moved = set(names)
    for node in graph.node:
        if not moved.isdisjoint(values_read(node)):
            moved.update(name for name in node.output if name)
    return moved


def values_behind(graph: GraphProto, output: str, *, known: Collection[str] = ()) -> set[str]:
    """Return the tensors on whose values `output` depends, as far back as those that are known."""
    makers = producers(graph)
    behind: set[str] = set()
    pending = [output]
    while pending:
        name = pending.pop()
        if name in behind:
            continue
        behind.add(name)
        if name in makers and name not in known:
            pending.extend(values_read(makers[name]))
    return behind


def bottlenecks(graph: GraphProto, first: str, last: str) -> list[str]:
    """
    Return the tensors that every way from one tensor to another goes through, in order.

    In the order of the nodes, such a tensor is the only one at its moment that was made on a way
    and is still to be read on a way: whatever lies on a way comes before it or behind it.

    Examples
    --------
    >>> from onnx import parser
    >>> graph = parser.parse_graph('''g (float[N, 2] x) => (float[N, 2] y) {
    ...     a = Relu(x)
    ...     b = Neg(a)
    ...     c = Add(a, b)
    ...     y = Tanh(c)
    ... }''')
    >>> bottlenecks(graph, "x", "y")
    ['a', 'c']
    """
    on_way = moved_by(graph, [first]) & values_behind(graph, last)
    nodes = [node for node in graph.node if not on_way.isdisjoint(node.output)]
    last_reader = {name: k for k, node in enumerate(nodes) for name in values_read(node)}
    found: list[str] = []
    live = {first}
    for k, node in enumerate(nodes):
        live |= on_way & set(node.output)
        live = {name for name in live if last_reader.get(name, -1) > k}
        if len(live) == 1:
            found.extend(live)
    return list(dict.fromkeys(name for name in found if name not in (first, last)))
