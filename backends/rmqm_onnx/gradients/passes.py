"""Forward and linear pass as two graphs: what the second needs, the first hands over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from attrs import frozen
from onnx import ModelProto, NodeProto

from rmqm_onnx.gradients.assembly import assembled, needed
from rmqm_onnx.gradients.derivation import Derivation
from rmqm_onnx.gradients.models import written_jvp, written_vjp
from rmqm_onnx.gradients.tensor import FLOATS

__all__ = ["Passes", "Product", "passes"]

Product: TypeAlias = Literal["vjp", "jvp"]


@frozen(kw_only=True)
class Passes:
    """
    Two graphs that together multiply the Jacobian, or its transpose, by directions.

    Parameters
    ----------
    forward : ModelProto
        From the encoder's inputs to its output, and then to the tensors in `kept`.
    linear : ModelProto
        From `kept`, `fed` and the direction to the product: the backward pass of a pullback.
    kept : tuple of str
        Tensors of the forward pass that the linear pass needs.
    fed : tuple of str
        Inputs of the encoder that it needs.
    direction : str
        Name of the cotangent or tangent.
    """

    forward: ModelProto
    linear: ModelProto
    kept: tuple[str, ...]
    fed: tuple[str, ...]
    direction: str


def passes(parts: Derivation, product: Product = "vjp") -> Passes:
    """Cut the graph of a pullback, or of a derivative in a direction, in two."""
    if product == "vjp":
        direction, result = written_vjp(parts)
        name, what = f"grad_{parts.input}", "pullback"
    else:
        direction, result = written_jvp(parts)
        name, what = "jvp", "derivative in a direction"
    tensors = parts.tape.tensors
    own = list(parts.model.graph.node)
    ready = _ready(parts.tape.nodes, direction.name)
    light = {name for node in ready for name in node.output if tensors[name].type not in FLOATS}
    rest = [node for node in parts.tape.nodes if not light & set(node.output)]
    linear, names = needed(rest, [result.name])
    made = {name for node in own for name in node.output if name} | light
    kept = tuple(sorted(names & made))
    fed = tuple(value.name for value in parts.model.graph.input if value.name in names)
    outputs = {name: tensors[name] for name in (parts.output, *kept)}
    given = [tensors[name] for name in kept]
    first = [*own, *ready]
    return Passes(
        forward=assembled(parts, [], outputs, first, "encoder and what its derivative needs"),
        linear=assembled(parts, [*given, direction], {name: result}, linear, what),
        kept=kept,
        fed=fed,
        direction=direction.name,
    )


def _ready(nodes: Sequence[NodeProto], direction: str) -> list[NodeProto]:
    """
    Return the nodes that do not wait for the direction.

    What they make of truth values and lengths is made in the forward pass: where a ReLU is open
    takes a quarter of the memory of its output, which is still in the cache then.
    """
    waiting = {direction}
    ready = []
    for node in nodes:
        if waiting & set(node.input):
            waiting.update(node.output)
        else:
            ready.append(node)
    return ready
