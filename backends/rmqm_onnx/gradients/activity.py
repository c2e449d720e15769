"""Which tensors lie on a path from the input to the output: the others need no rule."""

from __future__ import annotations

from collections.abc import Sequence

from onnx import NodeProto

from rmqm_onnx.gradients.opsets import is_standard
from rmqm_onnx.gradients.rules.quantisation import STRAIGHT_THROUGH
from rmqm_onnx.gradients.table import ZERO
from rmqm_onnx.gradients.tape import Tape
from rmqm_onnx.gradients.tensor import FLOATS
from rmqm_onnx.reading.graph import names_read

__all__ = ["active_tensors"]

_DYNAMIC = "DynamicQuantizeLinear"
_QUANTISED = frozenset([*STRAIGHT_THROUGH, "ConvInteger", "MatMulInteger"])


def active_tensors(tape: Tape, nodes: Sequence[NodeProto], source: str) -> set[str]:
    """
    Return the tensors that move with `source`, as far as gradients go.

    These are tensors of floating type, and integers that stand for quantised values. The scale
    and the zero point that dynamic quantisation computes count as constant.
    """
    active, quantised = {source}, set[str]()
    for node in nodes:
        moving = active.intersection(names_read(node))
        if not moving or (is_standard(node) and node.op_type in ZERO):
            continue
        integers = bool(quantised & moving) or node.op_type in _QUANTISED
        for name in node.output[:1] if node.op_type == _DYNAMIC else node.output:
            known = tape.tensors.get(name)
            if not name or (known is not None and known.type not in FLOATS and not integers):
                continue
            active.add(name)
            if known is not None and known.type not in FLOATS:
                quantised.add(name)
    return active
