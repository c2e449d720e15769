"""Tensors cut into equal parts and put together, as the weights of recurrent layers are stored."""

from __future__ import annotations

from rmqm_onnx.gradients.step import NoRuleError
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["of_direction", "parts", "stacked"]


def of_direction(x: Tensor, k: int) -> Tensor:
    """Return what is stored for a direction, the first axis of a weight."""
    return x.slice(0, k, k + 1).reshape(x.shape[1:])


def parts(x: Tensor, n_parts: int) -> list[Tensor]:
    """Cut the last axis into equal parts."""
    axis = len(x.shape) - 1
    width = x.shape[axis]
    if not isinstance(width, int):
        raise NoRuleError("its width depends on the batch")
    part = (*x.shape[:axis], width // n_parts)
    sizes = x.tape.numbers([width // n_parts] * n_parts)
    return x.tape.emit("Split", x, sizes, outputs=[(part, x.type)] * n_parts, axis=axis)


def stacked(tensors: list[Tensor], axis: int) -> Tensor:
    """Put tensors of length 1 along an axis together."""
    first, *rest = tensors
    if not rest:
        return first
    shape = list(first.shape)
    shape[axis] = len(tensors)
    return first.op("Concat", *rest, shape=tuple(shape), axis=axis)
