"""A prepared graph with what is known of it, and the gradients that are written behind it."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen
from onnx import ModelProto, NodeProto, TensorProto, helper, load

from rmqm_onnx.gradients.agreement import require_agreement
from rmqm_onnx.gradients.definitions import has_definitions, with_definitions
from rmqm_onnx.gradients.example import Example, example_inputs
from rmqm_onnx.gradients.execution import folded
from rmqm_onnx.gradients.known_tensors import known_tensors
from rmqm_onnx.gradients.preparation import in_known_operators, prepared
from rmqm_onnx.gradients.reverse import Missing, reverse
from rmqm_onnx.gradients.tape import Tape
from rmqm_onnx.gradients.tensor import FLOATS, Tensor
from rmqm_onnx.gradients.time_first import time_first
from rmqm_onnx.gradients.unrolling import unrolled
from rmqm_onnx.reading.signature import declared_inputs, declared_outputs
from rmqm_spec.errors import SubjectError, UsageError

__all__ = ["Derivation", "derivation"]

_NAMED = 3
"""Nodes without a rule that an error names for each reason; `unsupported` lists them all."""


@frozen(eq=False)
class Derivation:
    """
    A graph that can be differentiated.

    Parameters
    ----------
    model : ModelProto
        The prepared model; its only output is `output`.
    tape : Tape
        What is known of it, and the nodes written behind it.
    input, output : str
        What is differentiated with respect to what.
    """

    model: ModelProto
    tape: Tape
    input: str
    output: str

    @property
    def nodes(self) -> list[NodeProto]:
        """The nodes of the model and those written so far."""
        return [*self.model.graph.node, *self.tape.nodes]

    def seed(self, name: str, like: str) -> Tensor:
        """Declare a new input of the shape of a tensor; the name may get underscores."""
        while name in self.tape.tensors:
            name += "_"
        known = self.tape.tensors[like]
        return self.tape.know(name, known.shape, known.type)

    def zero_seed(self, name: str, like: str) -> Tensor:
        """Write zeros of the shape of a tensor, which nothing else shares."""
        seed = self.seed(name, like)
        zeros = self.tape.zeros(self.tape.tensors[like])
        self.tape.nodes.append(helper.make_node("Identity", [zeros.name], [seed.name]))
        return seed

    def back(self, of: str, seed: Tensor, to: str) -> Tensor:
        """
        Write the gradient behind the graph.

        Raises
        ------
        SubjectError
            GRA001 if nodes have no rule; all of them are named. GRA002 if `of` does not depend
            on `to`.
        """
        gradient, missing = reverse(self.tape, self.nodes, of, seed, to)
        if missing:
            raise _unsupported(missing)
        if gradient is None:
            raise SubjectError(
                "GRA002",
                f"{of!r} must depend on {to!r} by operators with a derivative; it does not",
                fix="Choose another input or output.",
            )
        return gradient

    def missing(self) -> list[Missing]:
        """Return the nodes that have no rule."""
        known = self.tape.tensors[self.output]
        return reverse(self.tape, self.nodes, self.output, known, self.input)[1]


def derivation(
    model: ModelProto | str | Path,
    *,
    input: str | None = None,  # noqa: A002
    output: str | None = None,
    example: Example = None,
    batch: int | None = None,
) -> Derivation:
    """
    Prepare a model and examine its tensors.

    Parameters
    ----------
    model : ModelProto, str or Path
        The encoder.
    input, output : str, optional
        By default the first input of floating type and the first output.
    example : ndarray or mapping of str to ndarray, optional
        One input, or a value per input, with a batch axis. By default random values of the
        declared shapes. Lengths other than the batch are fixed to those of the example.
    batch : int, optional
        The only batch size that the model runs with; by default every size that it declares.

    Raises
    ------
    UsageError
        If there is no such input, or its shape is left open and no example is given.
    """
    proto = time_first(model if isinstance(model, ModelProto) else load(str(model)))
    inputs, outputs = declared_inputs(proto.graph), declared_outputs(proto.graph)
    name = input or next((value.name for value in inputs if value.is_float), "")
    if name not in {value.name for value in inputs}:
        raise UsageError(
            "GRA006",
            f"input must be one of {', '.join(value.name for value in inputs)}; got {name!r}",
            fix="Correct the name.",
        )
    target = output or outputs[0].name
    part = _with_batch(prepared(_with_float_bytes(proto, name), target), batch)
    feeds = example_inputs(part, name, example)
    part = unrolled(in_known_operators(part, feeds, name), feeds, name)
    if has_definitions(part):
        part = folded(with_definitions(part, feeds, name))
    require_agreement(proto, part, feeds, target)
    tape = known_tensors(part, feeds, name)
    if target not in tape.tensors or tape.tensors[name].type not in FLOATS:
        raise _not_differentiable(name, target)
    return Derivation(part, tape, name, target)


def _with_batch(model: ModelProto, batch: int | None) -> ModelProto:
    """Declare the batch size of inputs that leave it open."""
    for value in model.graph.input if batch else ():
        dims = value.type.tensor_type.shape.dim
        if dims and not dims[0].dim_value > 0:
            dims[0].Clear()
            dims[0].dim_value = batch or 1
    return model


def _with_float_bytes(model: ModelProto, name: str) -> ModelProto:
    """Turn an input of bytes into floats: values that the model rounds count as unrounded."""
    types = {value.name: value.type.tensor_type.elem_type for value in model.graph.input}
    if types[name] != TensorProto.UINT8:
        return model
    changed = ModelProto()
    changed.CopyFrom(model)
    for value in changed.graph.input:
        if value.name == name:
            value.type.tensor_type.elem_type = TensorProto.FLOAT
    return changed


def _not_differentiable(name: str, target: str) -> SubjectError:
    return SubjectError(
        "GRA002",
        f"{target!r} must depend on {name!r}, a tensor of floating type; it does not",
        fix="Choose another input or output.",
    )


def _unsupported(missing: list[Missing]) -> SubjectError:
    alike: dict[tuple[str, str], list[Missing]] = {}
    for node in missing:
        alike.setdefault((node.operator, node.reason), []).append(node)
    listed = "; ".join(_named(nodes) for nodes in alike.values())
    return SubjectError(
        "GRA001",
        f"every operator between input and output must have a derivative rule; "
        f"{len(missing)} node(s) have none: {listed}",
        fix="Export the model with other operators or choose an output before them; or make PGD "
        "through rmqm_torch, or finite differences for small inputs.",
    )


def _named(alike: list[Missing]) -> str:
    """Name nodes that lack a rule for the same reason; of many, only the first."""
    first, *others = alike
    if not others:
        return str(first)
    made = ", ".join(repr(node.output) for node in alike[:_NAMED])
    more = f" and {len(alike) - _NAMED} more" if len(alike) > _NAMED else ""
    return f"{first.operator}, {len(alike)} nodes (make {made}{more}): {first.reason}"
