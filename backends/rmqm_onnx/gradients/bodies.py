"""A graph within a node, written into the graph around it."""

from __future__ import annotations

from collections.abc import Sequence

from onnx import GraphProto, NodeProto, TensorProto, helper

from rmqm_onnx.gradients.renaming import renamed
from rmqm_onnx.gradients.tape import Tape

__all__ = ["body_of", "branch", "written"]


def body_of(node: NodeProto, name: str = "body") -> GraphProto:
    """Return the graph that a node holds as an attribute."""
    body: GraphProto = next(entry.g for entry in node.attribute if entry.name == name)
    return body


def branch(tape: Tape, node: NodeProto) -> list[NodeProto] | None:
    """Write the branch that an If takes, None if its condition is not known beforehand."""
    condition = tape.value(node.input[0])
    if condition is None:
        return None
    body = body_of(node, "then_branch" if condition.all() else "else_branch")
    stem = f"{tape.prefix}{node.output[0] or node.name}_branch_"
    nodes, results = written(tape, body, [], stem)
    ends = zip(results, node.output, strict=True)
    named = [helper.make_node("Identity", [result], [name]) for result, name in ends if name]
    return [*nodes, *named]


def written(
    tape: Tape, body: GraphProto, inputs: Sequence[str], stem: str
) -> tuple[list[NodeProto], list[str]]:
    """
    Return the nodes of a graph under names of their own, and the names of its outputs.

    Parameters
    ----------
    tape : Tape
        Where its constants are stored.
    body : GraphProto
        The graph.
    inputs : sequence of str
        What its inputs are called outside.
    stem : str
        How the new names begin.
    """
    names = dict(zip((value.name for value in body.input), inputs, strict=True))
    for tensor in body.initializer:
        names[tensor.name] = f"{stem}{tensor.name}"
        stored = TensorProto()
        stored.CopyFrom(tensor)
        stored.name = names[tensor.name]
        tape.initializers.append(stored)
    inner = (out for node in body.node for out in node.output if out)
    names |= {out: f"{stem}{out}" for out in inner}
    nodes = [renamed(node, names) for node in body.node]
    return nodes, [names.get(value.name, value.name) for value in body.output]
