"""What of a derivative is computed in the forward pass, before the direction is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import prod

from onnx import NodeProto

from rmqm_onnx.gradients.shapes import BatchLength
from rmqm_onnx.gradients.tensor import FLOATS, Tensor

__all__ = ["early"]


def early(
    nodes: Sequence[NodeProto], direction: str, own: Collection[str], tensors: Mapping[str, Tensor]
) -> set[str]:
    """
    Return the names of tensors that the forward pass should make.

    Truth values and lengths are made there: where a ReLU is open takes a quarter of the memory of
    its output, which is still in the cache then. So are numbers, such as the derivative
    1 - y^2 of a tanh, wherever they take no more memory than the tensors of the network that would
    be kept for them; many directions then share them.

    Parameters
    ----------
    nodes : sequence of NodeProto
        The nodes of the product, in order.
    direction : str
        What they multiply.
    own : collection of str
        Tensors that the network's own nodes make.
    tensors : mapping of str to Tensor
        Shapes and types of all tensors.
    """
    waiting = {direction}
    ready: list[NodeProto] = []
    late: list[NodeProto] = []
    for node in nodes:
        is_waiting = bool(waiting & set(node.input))
        (late if is_waiting else ready).append(node)
        if is_waiting:
            waiting.update(node.output)
    light = {name for node in ready for name in node.output if tensors[name].type not in FLOATS}
    heavy = [node for node in ready if not light & set(node.output)]
    read_late = {name for node in late for name in node.input}
    made = light.copy()
    for part in _connected(heavy):
        outputs = {name for node in part for name in node.output}
        elsewhere = {name for node in heavy if node not in part for name in node.input} | read_late
        spared = ({name for node in part for name in node.input} & set(own)) - elsewhere
        needed = outputs & read_late
        if needed and _size(needed, tensors) <= _size(spared, tensors):
            made |= outputs
    return made


def _connected(nodes: Sequence[NodeProto]) -> list[list[NodeProto]]:
    """Part nodes into those that take nothing from each other."""
    group: dict[str, int] = {}
    parts: dict[int, list[NodeProto]] = defaultdict(list)
    for k, node in enumerate(nodes):
        parts[k].append(node)
        for other in {group[name] for name in node.input if name in group}:
            parts[k] = parts.pop(other) + parts[k]
        group |= {name: k for member in parts[k] for name in member.output}
    return list(parts.values())


def _size(names: Collection[str], tensors: Mapping[str, Tensor]) -> int:
    """Return the number of values for one more row."""
    return sum(
        prod(n.slope if isinstance(n, BatchLength) else n for n in tensors[name].shape)
        for name in names
    )
