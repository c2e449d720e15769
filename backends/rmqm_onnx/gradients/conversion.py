"""
A graph of an old opset in the forms of a newer opset.

Our own, because the converter of onnx refuses operators of other domains, and because it writes
some old forms with another meaning: a normalisation of single values, the rounding of coordinates.
"""

from __future__ import annotations

from collections.abc import Mapping

from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, shape_inference

from rmqm_onnx.gradients.old_form import OldForm, Types
from rmqm_onnx.gradients.opset_changes import CHANGES
from rmqm_onnx.gradients.opsets import MIN_OPSET, opset_of

__all__ = ["converted"]


def converted(model: ModelProto) -> ModelProto:
    """
    Return a model of at least the oldest opset of the rules.

    Operators of other domains stay as they are.

    Raises
    ------
    SubjectError
        GRA004 if an operator has an old form that no newer form expresses.
    """
    opset = opset_of(model)
    if opset >= MIN_OPSET:
        return model
    newer = ModelProto()
    newer.CopyFrom(model)
    _convert(newer.graph, opset, _types(model), _stored(model.graph), "")
    kept = [entry for entry in newer.opset_import if entry.domain not in ("", "ai.onnx")]
    del newer.opset_import[:]
    newer.opset_import.extend([helper.make_opsetid("", MIN_OPSET), *kept])
    del newer.graph.value_info[:]
    return newer


def _convert(
    graph: GraphProto, opset: int, types: Types, stored: Mapping[str, TensorProto], scope: str
) -> None:
    """Rewrite the nodes of a graph and of the graphs within it, in place."""
    stored = {**stored, **_stored(graph)}
    nodes: list[NodeProto] = []
    for k, node in enumerate(graph.node):
        place = f"{scope}{k}_"
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _convert(attribute.g, opset, types, stored, place)
        change = CHANGES.get(node.op_type) if node.domain in ("", "ai.onnx") else None
        if change is None:
            nodes.append(node)
            continue
        old = OldForm(node, opset, types, stored, f"opset_{opset}_{place}")
        change(old)
        nodes += [*old.before, old.node, *old.after]
    del graph.node[:]
    graph.node.extend(nodes)


def _stored(graph: GraphProto) -> dict[str, TensorProto]:
    """Return what initializers and Constant nodes hold."""
    made = {
        node.output[0]: entry.t
        for node in graph.node
        if node.op_type == "Constant"
        for entry in node.attribute
        if entry.name == "value"
    }
    return {**{tensor.name: tensor for tensor in graph.initializer}, **made}


def _types(model: ModelProto) -> Types:
    """Return the element type and the rank of tensors, as far as onnx infers them."""
    try:
        inferred = shape_inference.infer_shapes(model)
    except Exception:
        inferred = model
    types = {
        tensor.name: (tensor.data_type, len(tensor.dims)) for tensor in model.graph.initializer
    }
    graph = inferred.graph
    for value in (*graph.input, *graph.value_info, *graph.output):
        kind = value.type.tensor_type
        rank = len(kind.shape.dim) if kind.HasField("shape") else None
        types[value.name] = (kind.elem_type, rank)
    return types
