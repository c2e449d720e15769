"""Which operator lets the rows of a batch influence each other? Seen by running, not by names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from attrs import frozen
from onnx import ModelProto, NodeProto, ValueInfoProto

from rmqm_onnx.reading.graph import cut_out
from rmqm_spec.arrays import AnyArray

__all__ = ["Mixing", "find_mixing"]

_MOVING = frozenset(
    [
        "Concat",
        "DepthToSpace",
        "Expand",
        "Flatten",
        "Gather",
        "Reshape",
        "Slice",
        "SpaceToDepth",
        "Split",
        "Squeeze",
        "Transpose",
        "Unsqueeze",
    ]
)
"""Operators that only move values to other places."""

Traces = Mapping[str, tuple[AnyArray, AnyArray]]
"""Of each tensor: where it changes with the first row, and where with the other rows."""


@frozen(kw_only=True)
class Mixing:
    """
    How rows come to influence each other.

    Parameters
    ----------
    operator : str
        Operator that mixes them first.
    node : str
        Its name, or that of its first output.
    moved_by : str
        Operator before it that put values of several rows into one, with its name; may be empty.
    """

    operator: str
    node: str
    moved_by: str = ""

    def __str__(self) -> str:
        """Name what a reader must look for in the graph."""
        named = f"{self.operator} ({self.node})"
        return f"{named}, after {self.moved_by} moved the batch," if self.moved_by else named


def find_mixing(
    model: ModelProto,
    output: str,
    batches: tuple[Mapping[str, AnyArray], Mapping[str, AnyArray], Mapping[str, AnyArray]],
    run: object,
) -> Mixing | None:
    """
    Return the first operator whose output depends on several rows at one place.

    Parameters
    ----------
    model : ModelProto
        The network, with its weights or beside them.
    output : str
        The encodings.
    batches : three mappings of str to ndarray
        Feeds of a batch, of the same with another first row, and of the same with other rows
        behind the first.
    run : callable
        From a model, names of outputs and feeds to their values.

    Returns
    -------
    Mixing or None
        None where no operator of the main graph shows it.
    """
    part = cut_out(model, output)
    names = [name for node in part.graph.node for name in node.output if name]
    declared = {value.name for value in part.graph.output}
    part.graph.output.extend(ValueInfoProto(name=name) for name in names if name not in declared)
    first, row, others = (run(part, names, feeds) for feeds in batches)  # type: ignore[operator]
    traces = {
        name: (_changed(a, b), _changed(a, c))
        for name, a, b, c in zip(names, first, row, others, strict=True)
        if isinstance(a, np.ndarray) and a.shape == b.shape == c.shape
    }
    for node in part.graph.node:
        if any(_overlap(traces, name) for name in node.output):
            moved = _moved_by(part, node, traces)
            return Mixing(operator=node.op_type, node=_name(node), moved_by=moved)
    return None


def _changed(before: AnyArray, after: AnyArray) -> AnyArray:
    both_undefined = (before != before) & (after != after)  # noqa: PLR0124 - not a number
    return np.asarray((before != after) & ~both_undefined)


def _overlap(traces: Traces, name: str) -> bool:
    return name in traces and bool((traces[name][0] & traces[name][1]).any())


def _moved_by(model: ModelProto, node: NodeProto, traces: Traces) -> str:
    """Return the operator above a node after which a row is no longer a row of the batch."""
    makers = {name: maker for maker in model.graph.node for name in maker.output}
    pending, seen = list(node.input), set[str]()
    while pending:
        name = pending.pop(0)
        maker = makers.get(name)
        if maker is None or name in seen:
            continue
        seen.add(name)
        before = [other for other in maker.input if other in traces]
        moves = maker.op_type in _MOVING and not _is_by_row(traces, name)
        if moves and all(_is_by_row(traces, other) for other in before):
            return f"{maker.op_type} ({_name(maker)})"
        pending.extend(before)
    return ""


def _is_by_row(traces: Traces, name: str) -> bool:
    """Return whether the first row alone changes the first row of a tensor, and nothing else."""
    if name not in traces:
        return True
    row, others = traces[name]
    if row.ndim == 0:
        return not (row.any() or others.any())
    return not row[1:].any() and not others[:1].any()


def _name(node: NodeProto) -> str:
    return node.name or next((name for name in node.output if name), "without a name")
