"""Forward and linear pass as two graphs: what the second needs, the first hands over."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen
from onnx import ModelProto

from rmqm_onnx.gradients.assembly import assembled, needed
from rmqm_onnx.gradients.derivation import Derivation
from rmqm_onnx.gradients.early import early
from rmqm_onnx.gradients.models import written_jvp, written_vjp

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
    made_of_own = {name for node in own for name in node.output if name}
    used, _ = needed(parts.tape.nodes, [result.name])
    before = early(used, direction.name, made_of_own, tensors)
    rest = [node for node in used if not before & set(node.output)]
    linear, names = needed(rest, [result.name])
    kept = tuple(sorted(names & (made_of_own | before)))
    fed = tuple(value.name for value in parts.model.graph.input if value.name in names)
    outputs = {name: tensors[name] for name in (parts.output, *kept)}
    given = [tensors[name] for name in kept]
    return Passes(
        forward=assembled(
            parts, [], outputs, [*own, *used], "encoder and what its derivative needs"
        ),
        linear=assembled(parts, [*given, direction], {name: result}, linear, what),
        kept=kept,
        fed=fed,
        direction=direction.name,
    )
