"""
A graph of an old opset in the forms of a newer opset.

Our own, because the converter of onnx refuses operators of other domains, and because it writes
some old forms with another meaning: a normalisation of single values, the rounding of coordinates.
"""

from __future__ import annotations

from onnx import GraphProto, ModelProto, NodeProto, helper

from rmqm_onnx.gradients.old_form import OldForm
from rmqm_onnx.gradients.opset_changes import CHANGES
from rmqm_onnx.gradients.opsets import MIN_OPSET, is_standard
from rmqm_onnx.gradients.tape import Tape

__all__ = ["converted"]


def converted(model: ModelProto, tape: Tape) -> ModelProto:
    """
    Return a model in the oldest opset of the rules.

    Operators of other domains stay as they are.

    Parameters
    ----------
    model : ModelProto
        A model of an older opset.
    tape : Tape
        What is known of its tensors.

    Raises
    ------
    SubjectError
        GRA004 if an operator has an old form that no newer form expresses.
    """
    newer = ModelProto()
    newer.CopyFrom(model)
    _convert(newer.graph, tape, tape.prefix)
    kept = [entry for entry in newer.opset_import if entry.domain not in ("", "ai.onnx")]
    del newer.opset_import[:]
    newer.opset_import.extend([helper.make_opsetid("", MIN_OPSET), *kept])
    del newer.graph.value_info[:]
    return newer


def _convert(graph: GraphProto, tape: Tape, stem: str) -> None:
    """Rewrite the nodes of a graph and of the graphs within it, in place."""
    nodes: list[NodeProto] = []
    for k, node in enumerate(graph.node):
        for n, attribute in enumerate(node.attribute):
            if attribute.HasField("g"):
                _convert(attribute.g, tape, f"{stem}{k}_{n}_")
        old = OldForm(node, tape, f"{stem}{k}_")
        if node.op_type in CHANGES and is_standard(node):
            CHANGES[node.op_type](old)
        nodes += [*old.before, old.node, *old.after]
    del graph.node[:]
    graph.node.extend(nodes)
