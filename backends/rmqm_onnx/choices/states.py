"""Inputs that carry a state from call to call: recurrent states and caches are never altered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from onnx import GraphProto

from rmqm_onnx.reading.graph import makers_above, producers
from rmqm_onnx.reading.signature import TensorInfo

__all__ = ["state_inputs"]

_STATES = re.compile(
    r"state|cache|past|memory|hidden"
    r"|(?<![a-z0-9])(mem|[hc][0-9nx]?|[hc]_?(in|0|prev)|r[0-9]+i)(?![a-z0-9])",
    re.IGNORECASE,
)
_INITIAL = {"LSTM": (5, 6), "GRU": (5,), "RNN": (5,), "AttnLSTM": (5, 6)}
"""Positions of the inputs of recurrent operators that hold their state."""

_RETURNED = (("past", "present"), ("prev", "next"), ("in", "out"), ("i", "o"))
"""Ends of the name of a state that goes in, and of the same state where it comes out."""


def state_inputs(
    graph: GraphProto, inputs: Sequence[TensorInfo], outputs: Sequence[str]
) -> set[str]:
    """
    Return the names of inputs that carry a state.

    The graph shows it where an input is the initial state of a recurrent operator; else its name
    does, or that of an output that returns it.
    """
    initial = _initial_states(graph)
    returned = {name.lower() for name in outputs}
    return {
        info.name
        for info in inputs
        if info.name in initial or _STATES.search(info.name) or _is_returned(info.name, returned)
    }


def _initial_states(graph: GraphProto) -> set[str]:
    makers = producers(graph)
    initial: set[str] = set()
    for node in graph.node:
        for place in _INITIAL.get(node.op_type, ()):
            if place < len(node.input) and node.input[place]:
                name = node.input[place]
                above = [maker.input[0] for maker in makers_above(makers, name) if maker.input]
                initial.update([name, *above])
    return initial


def _is_returned(name: str, outputs: set[str]) -> bool:
    for before, after in _RETURNED:
        stem = name.lower().removesuffix(before)
        if stem not in ("", name.lower()) and stem + after in outputs:
            return True
    return False
