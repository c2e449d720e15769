"""The way back through a graph: every node's rule in turn, from the output to the input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from attrs import frozen
from onnx import NodeProto

from rmqm_onnx.gradients.activity import active_tensors
from rmqm_onnx.gradients.contrib import DEFINITIONS
from rmqm_onnx.gradients.opsets import is_standard
from rmqm_onnx.gradients.rules import RULES
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.support import added, handed_on
from rmqm_onnx.gradients.table import ZERO
from rmqm_onnx.gradients.tape import Tape
from rmqm_onnx.gradients.tensor import FLOATS, Tensor
from rmqm_onnx.reading.graph import names_read

__all__ = ["Missing", "reason", "reverse"]

SEVERAL_OUTPUTS = frozenset(["Split"])
"""Operators whose rule takes the cotangents of all outputs; the others take that of the first."""

WHY_NOT = {
    "If": "its condition is not constant",
    "Loop": "its number of rounds is not constant",
    "Scan": "its number of rounds is not constant, or too large",
    **dict.fromkeys(
        ["TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"],
        "it is a staircase: its derivative is zero between two thresholds",
    ),
}


@frozen(kw_only=True)
class Missing:
    """
    A node that cannot be differentiated.

    Parameters
    ----------
    operator : str
        Its operator, with the domain where that is not ``ai.onnx``.
    name : str
        Its name in the model, if it has one.
    output : str
        The tensor that it makes.
    reason : str
        Why there is no rule for it.
    """

    operator: str
    name: str
    output: str
    reason: str

    def __str__(self) -> str:
        named = f" {self.name!r}" if self.name else ""
        return f"{self.operator}{named} (makes {self.output!r}): {self.reason}"


def reverse(
    tape: Tape, nodes: Sequence[NodeProto], of: str, seed: Tensor, to: str
) -> tuple[Tensor | None, list[Missing]]:
    """
    Carry a cotangent back through a graph.

    Parameters
    ----------
    tape : Tape
        What is known of the graph, and where the way back is written.
    nodes : sequence of NodeProto
        The graph in order.
    of, to : str
        The tensor that `seed` is the cotangent of, and the tensor whose gradient is wanted.
    seed : Tensor
        The cotangent.

    Returns
    -------
    Tensor or None
        The gradient; None if nothing of `to` reaches `of`.
    list of Missing
        Nodes without a rule, through which no gradient went.
    """
    active = active_tensors(tape, nodes, to)
    reached: defaultdict[str, list[Tensor]] = defaultdict(list)
    reached[of].append(seed)
    missing: list[Missing] = []
    for node in reversed(nodes):
        if not any(name in reached for name in node.output if name) or _stops(node):
            continue
        wanted = [name in active for name in node.input]
        if not active.intersection(names_read(node)):
            continue
        cotangents = [_total(reached, name) for name in node.output]
        try:
            gradients = _apply(tape, node, cotangents, wanted)
        except NoRuleError as error:
            missing.append(_missing(node, str(error)))
            gradients = {
                k: _no_gradient(tape, name)
                for k, name in enumerate(node.input)
                if wanted[k] and name in tape.tensors
            }
        for k, gradient in gradients.items():
            if k < len(wanted) and wanted[k]:
                reached[node.input[k]].append(gradient)
    return _total(reached, to), missing[::-1]


def _apply(
    tape: Tape, node: NodeProto, cotangents: list[Tensor | None], wanted: list[bool]
) -> dict[int, Tensor]:
    rule = RULES.get(node.op_type) if is_standard(node) else None
    if rule is None:
        raise NoRuleError(_why_not(tape, node))
    if node.op_type not in SEVERAL_OUTPUTS and any(
        cotangent is not None for cotangent in cotangents[1:]
    ):
        raise NoRuleError("its further outputs are used")
    try:
        gradients = rule(Step(tape, node, cotangents, wanted))
    except ValueError as error:
        raise NoRuleError(str(error)) from error
    named = {0: gradients} if isinstance(gradients, Tensor) else dict(gradients)
    left_out = [node.input[k] for k, is_wanted in enumerate(wanted) if is_wanted and k not in named]
    if left_out:
        raise NoRuleError(f"{left_out[0]!r} depends on the input")
    for k, gradient in named.items():
        _require_shape(tape, node, k, gradient)
    if cotangents[0] is not None:
        handed_on(node, cotangents[0], named)
    return named


def _why_not(tape: Tape, node: NodeProto) -> str:
    """Say why a node has no rule; a definition that could not be written out gives the reason."""
    define = DEFINITIONS.get((node.domain, node.op_type))
    before = len(tape.nodes)
    try:
        if define is not None:
            define(Step(tape, node, [], []))
    except (NoRuleError, ValueError) as error:
        return str(error)
    finally:
        tape.rewind(before)
    return reason(node)


def reason(node: NodeProto) -> str:
    """Say by the operator alone why a node has no rule."""
    if node.domain == "com.microsoft.nchwc":
        return (
            "the file was optimised for one kind of processor: take the file that it was made from"
        )
    return WHY_NOT.get(node.op_type, "there is no rule for this operator")


def _require_shape(tape: Tape, node: NodeProto, k: int, gradient: Tensor) -> None:
    """Refuse a gradient of another shape than the input: a rule would be wrong."""
    wanted = tape.tensors[node.input[k]].shape
    if gradient.shape != wanted:
        raise AssertionError(f"{node.op_type}: a gradient of {gradient.shape} for {wanted}")


def _total(cotangents: dict[str, list[Tensor]], name: str) -> Tensor | None:
    parts = cotangents.get(name)
    if not name or not parts:
        return None
    while len(parts) > 1:
        parts[:2] = [added(parts[0], parts[1])]
    return parts[0]


def _no_gradient(tape: Tape, name: str) -> Tensor:
    known = tape.tensors[name]
    return tape.zeros(known, None if known.type in FLOATS else 1)


def _stops(node: NodeProto) -> bool:
    return is_standard(node) and node.op_type in ZERO


def _missing(node: NodeProto, reason: str) -> Missing:
    operator = node.op_type if is_standard(node) else f"{node.domain}.{node.op_type}"
    output = next((name for name in node.output if name), "")
    return Missing(operator=operator, name=node.name, output=output, reason=reason)
