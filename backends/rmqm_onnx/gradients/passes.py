"""Forward and backward pass as two graphs: what the second needs, the first one hands over."""

from __future__ import annotations

from attrs import frozen
from onnx import ModelProto

from rmqm_onnx.gradients.assembly import assembled, needed
from rmqm_onnx.gradients.derivation import Derivation
from rmqm_onnx.gradients.models import written_vjp

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
    backward, names = needed(parts.tape.nodes, [gradient.name])
    made = {name for node in own for name in node.output if name}
    kept = tuple(sorted(names & made))
    fed = tuple(value.name for value in parts.model.graph.input if value.name in names)
    outputs = {name: tensors[name] for name in (parts.output, *kept)}
    given = [tensors[name] for name in kept]
    return Passes(
        forward=assembled(parts, [], outputs, own, "encoder and what its gradient needs"),
        backward=assembled(
            parts, [*given, ct], {f"grad_{parts.input}": gradient}, backward, "pullback"
        ),
        kept=kept,
        fed=fed,
        ct=ct.name,
    )
