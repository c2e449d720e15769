"""Loops and branches are written out if the rounds and conditions are known beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from attrs import frozen
from onnx import GraphProto, ModelProto, NodeProto, helper, numpy_helper

from rmqm_onnx.gradients.bodies import body_of, branch, written
from rmqm_onnx.gradients.execution import folded
from rmqm_onnx.gradients.known_tensors import changing_with_batch, known_tensors
from rmqm_onnx.gradients.opsets import is_standard
from rmqm_onnx.gradients.tape import Tape
from rmqm_spec.arrays import AnyArray

__all__ = ["CONTROL_FLOW", "unrolled"]

CONTROL_FLOW = ("If", "Loop", "Scan")
MAX_NODES = 50_000
"""A loop that would become more nodes than this stays, and is reported as without a rule."""


def unrolled(model: ModelProto, example: Mapping[str, AnyArray], name: str) -> ModelProto:
    """
    Write out loops with a known number of rounds and branches with a known condition.

    Rounds and conditions may follow from lengths, which are fixed when the graph is made. Loops
    and branches within others are written out too.

    Parameters
    ----------
    model : ModelProto
        The prepared model.
    example : mapping of str to ndarray
        A value for each input.
    name : str
        The input that is differentiated.
    """
    while any(_is_control_flow(node) for node in model.graph.node):
        tape = known_tensors(model, example, name)
        chosen = [node.input[0] for node in model.graph.node if _is_known_branch(tape, node)]
        by_batch = changing_with_batch(model, example, name, chosen)
        nodes: list[NodeProto] = []
        changed = False
        for node in model.graph.node:
            written_out = _is_control_flow(node) and node.input[0] not in by_batch
            made = _written_out(tape, node) if written_out else None
            changed |= made is not None
            nodes.extend([node] if made is None else made)
        if not changed:
            return model
        del model.graph.node[:]
        model.graph.node.extend(nodes)
        model.graph.initializer.extend(tape.initializers)
        model = folded(model)
    return model


def _is_control_flow(node: NodeProto) -> bool:
    return is_standard(node) and node.op_type in CONTROL_FLOW


def _is_known_branch(tape: Tape, node: NodeProto) -> bool:
    return node.op_type == "If" and is_standard(node) and tape.value(node.input[0]) is not None


def _written_out(tape: Tape, node: NodeProto) -> list[NodeProto] | None:
    if node.op_type == "If":
        return branch(tape, node)
    loop = Rounds(tape, node, body_of(node))
    return loop.of_loop() if node.op_type == "Loop" else loop.of_scan()


@frozen
class Rounds:
    """The rounds of a loop."""

    tape: Tape
    node: NodeProto
    body: GraphProto

    def of_loop(self) -> list[NodeProto] | None:
        """Write a Loop: inputs are the number of rounds, the condition, and what is carried."""
        rounds = self._constant(0)
        begin = self._constant(1) if len(self.node.input) > 1 and self.node.input[1] else True
        if rounds is None or begin is None or not bool(np.all(begin)) or not self._goes_on():
            return None
        n_rounds, carried = int(rounds), list(self.node.input[2:])
        if n_rounds < 1 or n_rounds * len(self.body.node) > MAX_NODES:
            return None
        nodes: list[NodeProto] = []
        kept: list[list[str]] = [[] for _ in self.node.output[len(carried) :]]
        condition = self.tape.constant(np.array(True)).name
        for t in range(n_rounds):
            number = self.tape.constant(np.int64(t)).name
            written, outputs = self._written(t, [number, condition, *carried])
            nodes += written
            carried = outputs[1 : 1 + len(carried)]
            for rows, row in zip(kept, outputs[1 + len(carried) :], strict=True):
                rows.append(row)
        nodes += self._ends(carried)
        for k, rows in enumerate(kept):
            nodes += self._stacked(rows, self.node.output[len(carried) + k], axis=0)
        return nodes

    def of_scan(self) -> list[NodeProto] | None:
        """Write a Scan: its inputs are states and then what is taken row by row."""
        attributes = {
            entry.name: helper.get_attribute_value(entry) for entry in self.node.attribute
        }
        n_scanned = int(attributes["num_scan_inputs"])
        n_states = len(self.node.input) - n_scanned
        scanned = list(self.node.input[n_states:])
        axes = attributes.get("scan_input_axes") or [0] * n_scanned
        turned = attributes.get("scan_input_directions") or [0] * n_scanned
        lengths = {self._length(name, axis) for name, axis in zip(scanned, axes, strict=True)}
        n_rounds = lengths.pop() if len(lengths) == 1 else None
        if not n_rounds or n_rounds * len(self.body.node) > MAX_NODES:
            return None
        nodes: list[NodeProto] = []
        rows = []
        for name, axis, backward in zip(scanned, axes, turned, strict=True):
            written, made = self._cut(name, axis, n_rounds)
            nodes += written
            rows.append(made[::-1] if backward else made)
        states = list(self.node.input[:n_states])
        kept: list[list[str]] = [[] for _ in self.node.output[n_states:]]
        for t in range(n_rounds):
            written, outputs = self._written(t, [*states, *(row[t] for row in rows)])
            nodes += written
            states = outputs[:n_states]
            for collected, row in zip(kept, outputs[n_states:], strict=True):
                collected.append(row)
        nodes += self._ends(states)
        out_axes = attributes.get("scan_output_axes") or [0] * len(kept)
        out_turned = attributes.get("scan_output_directions") or [0] * len(kept)
        for k, (collected, axis, backward) in enumerate(
            zip(kept, out_axes, out_turned, strict=True)
        ):
            wanted = collected[::-1] if backward else collected
            nodes += self._stacked(wanted, self.node.output[n_states + k], axis)
        return nodes

    def _constant(self, k: int) -> AnyArray | None:
        return self.tape.value(self.node.input[k]) if self.node.input[k] else None

    def _length(self, name: str, axis: int) -> int | None:
        shape = self.tape.tensors[name].shape
        length = shape[axis % len(shape)]
        return length if isinstance(length, int) else None

    def _goes_on(self) -> bool:
        """Return whether the condition that the body gives is always true."""
        name = self.body.output[0].name
        makers = {out: node for node in self.body.node for out in node.output}
        while name in makers and makers[name].op_type == "Identity":
            name = makers[name].input[0]
        if name == self.body.input[1].name:
            return True
        stored = {tensor.name: tensor for tensor in self.body.initializer}
        if name in stored:
            return bool(numpy_helper.to_array(stored[name]).all())
        maker = makers.get(name)
        if maker is not None and maker.op_type == "Constant":
            return bool(numpy_helper.to_array(maker.attribute[0].t).all())
        outer = self.tape.value(name)
        return outer is not None and bool(outer.all())

    def _written(self, t: int, inputs: Sequence[str]) -> tuple[list[NodeProto], list[str]]:
        """Return a round, under names of its own, and the names of its outputs."""
        stem = f"{self.tape.prefix}{self.node.output[0] or self.node.name}_round_{t}_"
        return written(self.tape, self.body, inputs, stem)

    def _ends(self, names: Sequence[str]) -> Iterator[NodeProto]:
        for name, output in zip(names, self.node.output, strict=False):
            if output:
                yield helper.make_node("Identity", [name], [output])

    def _cut(self, name: str, axis: int, n_rounds: int) -> tuple[list[NodeProto], list[str]]:
        """Cut a tensor into rows, which lose the axis."""
        stem = f"{self.tape.prefix}{self.node.output[0] or self.node.name}_{name}_{axis}_row"
        sizes, axes = self.tape.numbers([1] * n_rounds).name, self.tape.numbers([axis]).name
        pieces = [f"{stem}_{t}_kept" for t in range(n_rounds)]
        rows = [f"{stem}_{t}" for t in range(n_rounds)]
        nodes = [helper.make_node("Split", [name, sizes], pieces, axis=axis)]
        nodes += [
            helper.make_node("Squeeze", [piece, axes], [row])
            for piece, row in zip(pieces, rows, strict=True)
        ]
        return nodes, rows

    def _stacked(self, rows: Sequence[str], output: str, axis: int) -> list[NodeProto]:
        if not output:
            return []
        axes = self.tape.numbers([axis]).name
        pieces = [f"{self.tape.prefix}{output}_piece_{t}" for t in range(len(rows))]
        nodes = [
            helper.make_node("Unsqueeze", [row, axes], [piece])
            for row, piece in zip(rows, pieces, strict=True)
        ]
        return [*nodes, helper.make_node("Concat", pieces, [output], axis=axis)]
