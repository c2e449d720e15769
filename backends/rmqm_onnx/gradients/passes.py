"""Forward and backward pass as two graphs: what the second needs, the first hands over."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen
from onnx import ModelProto, NodeProto

from rmqm_onnx.gradients.assembly import assembled, needed
from rmqm_onnx.gradients.derivation import Derivation
from rmqm_onnx.gradients.models import written_vjp
from rmqm_onnx.gradients.tensor import FLOATS

__all__ = ["Passes", "passes"]


@frozen(kw_only=True)
class Passes:
    """
    Two graphs that together make a vector-Jacobian product.

    Parameters
    ----------
    forward : ModelProto
        From the encoder's inputs to its output, and then to the tensors in `kept`.
    backward : ModelProto
        From `kept`, `fed` and `ct` to the gradient.
    kept : tuple of str
        Tensors of the forward pass that the backward pass needs.
    fed : tuple of str
        Inputs of the encoder that it needs.
    ct : str
        Name of the cotangent.
    """

    forward: ModelProto
    backward: ModelProto
    kept: tuple[str, ...]
    fed: tuple[str, ...]
    ct: str


def passes(parts: Derivation) -> Passes:
    """Cut the graph of a pullback in two."""
    ct, gradient = written_vjp(parts)
    tensors = parts.tape.tensors
    own = list(parts.model.graph.node)
    ready = _ready(parts.tape.nodes, ct.name)
    light = {name for node in ready for name in node.output if tensors[name].type not in FLOATS}
    rest = [node for node in parts.tape.nodes if not light & set(node.output)]
    backward, names = needed(rest, [gradient.name])
    made = {name for node in own for name in node.output if name} | light
    kept = tuple(sorted(names & made))
    fed = tuple(value.name for value in parts.model.graph.input if value.name in names)
    outputs = {name: tensors[name] for name in (parts.output, *kept)}
    given = [tensors[name] for name in kept]
    first = [*own, *ready]
    return Passes(
        forward=assembled(parts, [], outputs, first, "encoder and what its gradient needs"),
        backward=assembled(
            parts, [*given, ct], {f"grad_{parts.input}": gradient}, backward, "pullback"
        ),
        kept=kept,
        fed=fed,
        ct=ct.name,
    )


def _ready(nodes: Sequence[NodeProto], ct: str) -> list[NodeProto]:
    """
    Return the nodes that do not wait for the cotangent.

    What they make of truth values and lengths is made in the forward pass: where a ReLU is open
    takes a quarter of the memory of its output, which is still in the cache then.
    """
    waiting = {ct}
    ready = []
    for node in nodes:
        if waiting & set(node.input):
            waiting.update(node.output)
        else:
            ready.append(node)
    return ready
