"""From nodes to a model: nodes that its outputs do not need are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from onnx import ModelProto, NodeProto, helper

from rmqm_onnx.gradients.derivation import Derivation
from rmqm_onnx.gradients.tensor import Tensor
from rmqm_onnx.reading.graph import names_read

__all__ = ["assembled", "needed"]

PRODUCER = "rmqm_onnx.gradients"


def assembled(
    parts: Derivation,
    inputs: Sequence[Tensor],
    outputs: Mapping[str, Tensor],
    nodes: Sequence[NodeProto] | None = None,
    description: str = "",
) -> ModelProto:
    """
    Return a model with the given outputs.

    Parameters
    ----------
    parts : Derivation
        The nodes and what is known of their tensors.
    inputs : sequence of Tensor
        Inputs in order; those of the encoder itself need not be named.
    outputs : mapping of str to Tensor
        Outputs in order, by their new names.
    nodes : sequence of NodeProto, optional
        The nodes to choose from; by default all, and the encoder's input is always kept.
    description : str
        What the model is.
    """
    tape = parts.tape
    kept, names = needed(nodes or parts.nodes, [tensor.name for tensor in outputs.values()])
    named = [
        helper.make_node("Identity", [tensor.name], [name], name=name)
        for name, tensor in outputs.items()
        if name != tensor.name
    ]
    given = [tape.tensors[value.name] for value in parts.model.graph.input]
    always = parts.input if nodes is None else ""
    taken = [tensor for tensor in given if tensor.name in names or tensor.name == always]
    own = {tensor.name for tensor in taken}
    stored = [*parts.model.graph.initializer, *tape.initializers]
    graph = helper.make_graph(
        [*kept, *named],
        parts.model.graph.name or "encoder",
        [
            tape.declare(tensor)
            for tensor in (*taken, *(tensor for tensor in inputs if tensor.name not in own))
        ],
        [tape.declare(tensor, name) for name, tensor in outputs.items()],
        [tensor for tensor in stored if tensor.name in names],
    )
    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", tape.opset)],
        ir_version=max(parts.model.ir_version, 8),
        producer_name=PRODUCER,
        doc_string=description,
    )


def needed(nodes: Sequence[NodeProto], outputs: Iterable[str]) -> tuple[list[NodeProto], set[str]]:
    """Return the nodes that the outputs depend on, in order, and the names that they read."""
    names = set(outputs)
    kept = []
    for node in reversed(nodes):
        if names & set(node.output):
            kept.append(node)
            names.update(names_read(node))
    return kept[::-1], names
