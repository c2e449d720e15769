"""
Where a cotangent is zero for certain, because a mask stopped it.

In ``where(x > 0, log(x), 0)`` nothing flows back through the logarithm where x is 0, but its
slope is infinite there, and zero times infinity is NaN. So the mask goes back with the
cotangent, through elementwise operators, and is applied again behind a slope that may be infinite.
A mask depends on the inputs alone: the pullback stays linear in its cotangent.
"""

from __future__ import annotations

from collections.abc import Mapping

from onnx import NodeProto, TensorProto

from rmqm_onnx.gradients.finiteness import may_be_infinite
from rmqm_onnx.gradients.shapes import broadcast
from rmqm_onnx.gradients.table import ELEMENTWISE
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["added", "handed_on", "supported", "within", "zero_where"]


def within(g: Tensor, mask: Tensor) -> Tensor:
    """
    Return a cotangent where a mask holds, else zero.

    A product is many times faster in ONNX Runtime than Where, but gives NaN for infinities.
    """
    truth = mask.cast(int(TensorProto.BOOL))
    stopped = _kept_where(truth, g) if may_be_infinite(g.tape, g.name) else g * mask
    before = g.tape.supports.get(g.name)
    g.tape.supports[stopped.name] = truth if before is None else truth & before
    return stopped


def supported(g: Tensor, product: Tensor) -> Tensor:
    """Put zeros into a product with a cotangent where the cotangent is zero for certain."""
    mask = g.tape.supports.get(g.name)
    if mask is None or broadcast(mask.shape, product.shape) != product.shape:
        return product
    return _kept_where(mask, product)


def added(g: Tensor, h: Tensor) -> Tensor:
    """Return the sum of two cotangents of a tensor, zero where both are."""
    total = g + h
    masks = [g.tape.supports.get(part.name) for part in (g, h)]
    if masks[0] is not None and masks[1] is not None:
        either = masks[0] | masks[1]
        g.tape.supports[total.name] = either
    return total


def handed_on(node: NodeProto, g: Tensor, gradients: Mapping[int, Tensor]) -> None:
    """Note that the gradients of an elementwise operator are zero where its cotangent is."""
    mask = g.tape.supports.get(g.name)
    if mask is None or node.op_type not in ELEMENTWISE:
        return
    for gradient in gradients.values():
        if gradient.shape == g.shape:
            g.tape.supports.setdefault(gradient.name, mask)


def zero_where(mask: Tensor, values: Tensor) -> Tensor:
    """Return zero where a mask holds, whatever the value there; else the value."""
    zero = values.tape.constant(0, values.type)
    return mask.op("Where", zero, values, shape=values.shape, of=values.type)


def _kept_where(mask: Tensor, values: Tensor) -> Tensor:
    zero = values.tape.constant(0, values.type)
    return mask.op("Where", values, zero, shape=values.shape, of=values.type)
