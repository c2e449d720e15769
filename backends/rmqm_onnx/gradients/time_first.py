"""Recurrent layers whose batch comes first, which ONNX Runtime does not run, with time first."""

from __future__ import annotations

from collections.abc import Sequence

from onnx import ModelProto, NodeProto, helper

__all__ = ["time_first"]

RECURRENT = frozenset(["RNN", "GRU", "LSTM"])

_INPUTS = {0: [1, 0, 2], 5: [1, 0, 2], 6: [1, 0, 2]}
"""The sequence and the initial states: the first two axes change places."""

_OUTPUTS = [[2, 0, 1, 3], [1, 0, 2], [1, 0, 2]]
"""From (T, D, N, H) to (N, T, D, H), and from (D, N, H) to (N, D, H)."""


def time_first(model: ModelProto) -> ModelProto:
    """
    Return a model without the attribute ``layout`` of RNN, GRU and LSTM: transposes say the same.

    The model itself is returned if it has none.
    """
    if not any(_batch_is_first(node) for node in model.graph.node):
        return model
    changed = ModelProto()
    changed.CopyFrom(model)
    nodes: list[NodeProto] = []
    for node in changed.graph.node:
        nodes.extend(_turned(node) if _batch_is_first(node) else [node])
    del changed.graph.node[:]
    changed.graph.node.extend(nodes)
    return changed


def _batch_is_first(node: NodeProto) -> bool:
    layouts = [entry.i for entry in node.attribute if entry.name == "layout"]
    return not node.domain and node.op_type in RECURRENT and any(layouts)


def _turned(node: NodeProto) -> list[NodeProto]:
    layer = NodeProto()
    layer.CopyFrom(node)
    kept = [entry for entry in node.attribute if entry.name != "layout"]
    del layer.attribute[:]
    layer.attribute.extend(kept)
    stem = next(name for name in node.output if name)
    before = []
    for k, perm in _INPUTS.items():
        if k < len(node.input) and node.input[k]:
            layer.input[k] = f"{stem}_time_first_input_{k}"
            before.append(_transpose(node.input[k], layer.input[k], perm))
    after = []
    for k, name in enumerate(node.output):
        if name:
            layer.output[k] = f"{stem}_time_first_output_{k}"
            after.append(_transpose(layer.output[k], name, _OUTPUTS[k]))
    return [*before, layer, *after]


def _transpose(x: str, y: str, perm: Sequence[int]) -> NodeProto:
    return helper.make_node("Transpose", [x], [y], perm=perm)
