"""A tensor of the graph that is being written, used like an array: every operation adds a node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from attrs import field, frozen
from onnx import TensorProto

from rmqm_onnx.gradients.shapes import Length, Shape, broadcast, count
from rmqm_spec.arrays import AnyArray

if TYPE_CHECKING:
    from rmqm_onnx.gradients.tape import Tape

__all__ = ["FLOATS", "Operand", "Tensor"]

FLOATS = frozenset(
    [TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16]
)
_BOOL, _INT64 = int(TensorProto.BOOL), int(TensorProto.INT64)


@frozen(eq=False)
class Tensor:
    """
    A tensor by name, with its shape and ONNX element type.

    Arithmetic with ``+ - * /`` broadcasts, as in NumPy. A truth value in a product counts as 1
    or 0: ``g * (y > 0)``.
    """

    name: str
    shape: Shape
    type: int
    tape: Tape = field(repr=False)

    # Elementwise

    def __neg__(self) -> Tensor:
        return self.map("Neg")

    def __add__(self, other: Operand) -> Tensor:
        return self if _is(other, 0) else self._with("Add", other)

    def __radd__(self, other: Operand) -> Tensor:
        return self + other

    def __sub__(self, other: Operand) -> Tensor:
        return self._with("Sub", other)

    def __rsub__(self, other: Operand) -> Tensor:
        return self._like(other)._with("Sub", self)

    def __mul__(self, other: Operand) -> Tensor:
        return self if _is(other, 1) else self._with("Mul", other)

    def __rmul__(self, other: Operand) -> Tensor:
        return self * other

    def __truediv__(self, other: Operand) -> Tensor:
        return self._with("Div", other)

    def __rtruediv__(self, other: Operand) -> Tensor:
        return self._like(other)._with("Div", self)

    def __gt__(self, other: float) -> Tensor:
        return self._with("Greater", other, of=_BOOL)

    def __lt__(self, other: float) -> Tensor:
        return self._with("Less", other, of=_BOOL)

    def __and__(self, other: Tensor) -> Tensor:
        return self._with("And", other, of=_BOOL)

    def __or__(self, other: Tensor) -> Tensor:
        return self._with("Or", other, of=_BOOL)

    def equals(self, other: Operand) -> Tensor:
        """Return where both are equal, as truth values."""
        return self._with("Equal", other, of=_BOOL)

    def power(self, exponent: Operand) -> Tensor:
        """Return a power."""
        return self._with("Pow", exponent)

    def at_least(self, bound: Operand) -> Tensor:
        """Return the greater of both."""
        return self._with("Max", bound)

    def at_most(self, bound: Operand) -> Tensor:
        """Return the lesser of both."""
        return self._with("Min", bound)

    def clip(self, low: Operand, high: Operand) -> Tensor:
        """Return the nearest value between both bounds, which are scalars."""
        return self.op("Clip", self._like(low), self._like(high), shape=self.shape)

    def map(self, operator: str, **attributes: Any) -> Tensor:
        """Apply an operator that keeps shape and type."""
        return self.op(operator, shape=self.shape, **attributes)

    def cast(self, type: int) -> Tensor:  # noqa: A002
        """Convert to an ONNX element type."""
        return self if type == self.type else self.op("Cast", shape=self.shape, of=type, to=type)

    # Shape

    def reshape(self, shape: Sequence[Length]) -> Tensor:
        """Give it a shape with at most one length that depends on the batch."""
        wanted = tuple(shape)
        if wanted == self.shape:
            return self
        count(wanted)
        lengths = [length if isinstance(length, int) else -1 for length in wanted]
        return self.op("Reshape", self.tape.numbers(lengths), shape=wanted)

    def reshape_like(self, like: Tensor) -> Tensor:
        """Give it the shape of another tensor."""
        if like.shape == self.shape:
            return self
        if sum(not isinstance(length, int) for length in like.shape) > 1:
            return self.op("Reshape", self.tape.shape_of(like), shape=like.shape)
        return self.reshape(like.shape)

    def unsqueeze(self, axes: Sequence[int]) -> Tensor:
        """Insert axes of length 1; `axes` are those of the result."""
        rest = list(self.shape)
        for axis in sorted(axes):
            rest.insert(axis, 1)
        return self.op("Unsqueeze", self.tape.numbers(sorted(axes)), shape=tuple(rest))

    def transpose(self, perm: Sequence[int]) -> Tensor:
        """Put the axes into another order."""
        if list(perm) == list(range(len(perm))):
            return self
        shape = tuple(self.shape[k] for k in perm)
        return self.op("Transpose", shape=shape, perm=[int(k) for k in perm])

    def swap_last(self) -> Tensor:
        """Exchange the last two axes."""
        rank = len(self.shape)
        return self.transpose([*range(rank - 2), rank - 1, rank - 2])

    def expand_like(self, like: Tensor) -> Tensor:
        """Repeat along axes of length 1, up to the shape of another tensor."""
        if like.shape == self.shape:
            return self
        return self.op("Expand", self.tape.shape_of(like), shape=like.shape)

    def sum(self, axes: Sequence[int], *, keepdims: bool = True) -> Tensor:
        """Add up along axes."""
        if not len(axes):
            return self
        positive = sorted(int(axis) % len(self.shape) for axis in axes)
        kept = [1 if k in positive else length for k, length in enumerate(self.shape)]
        shape = kept if keepdims else [length for k, length in enumerate(kept) if k not in positive]
        axes_tensor = self.tape.numbers(positive)
        return self.op("ReduceSum", axes_tensor, shape=tuple(shape), keepdims=int(keepdims))

    def sum_to(self, like: Tensor) -> Tensor:
        """Add up what broadcasting had repeated, back to the shape of an operand."""
        lead = len(self.shape) - len(like.shape)
        repeated = [
            lead + k
            for k, (own, other) in enumerate(zip(self.shape[lead:], like.shape, strict=True))
            if own != other
        ]
        return self.sum([*range(lead), *repeated]).reshape_like(like)

    def pad(self, widths: Mapping[int, tuple[int, int]]) -> Tensor:
        """Put zeros before and after, by axis; negative widths cut off."""
        if not any(any(width) for width in widths.values()):
            return self
        rank = len(self.shape)
        pads, shape = [0] * (2 * rank), list(self.shape)
        for axis, (before, after) in widths.items():
            pads[axis], pads[axis + rank] = before, after
            if before or after:
                shape[axis] = _number(shape[axis]) + before + after
        return self.op("Pad", self.tape.numbers(pads), shape=tuple(shape))

    def slice(self, axis: int, start: int, stop: int, step: int = 1) -> Tensor:
        """Take a range along an axis of fixed length; ``start`` and ``stop`` as in NumPy."""
        shape = list(self.shape)
        shape[axis] = len(range(*slice(start, stop, step).indices(_number(shape[axis]))))
        bounds = [self.tape.numbers([k]) for k in (start, stop, axis, step)]
        return self.op("Slice", *bounds, shape=tuple(shape))

    def flip(self, axis: int) -> Tensor:
        """Reverse an axis."""
        bounds = [self.tape.numbers([k]) for k in (-1, -(2**62), axis, -1)]
        return self.op("Slice", *bounds, shape=self.shape)

    # Products

    def matmul(self, other: Tensor) -> Tensor:
        """Multiply matrices, their leading axes broadcast."""
        lead = broadcast(self.shape[:-2], other.shape[:-2])
        return self.op("MatMul", other, shape=(*lead, self.shape[-2], other.shape[-1]))

    def along(self, axis: int, matrix: AnyArray) -> Tensor:
        """Multiply an axis by a constant matrix: ``y[.., i, ..] = sum_j M[i, j] x[.., j, ..]``."""
        rank = len(self.shape)
        if axis == rank - 1:
            return self.matmul(self.tape.constant(matrix.T, self.type))
        if axis == rank - 2:
            return self.tape.constant(matrix, self.type).matmul(self)
        perm = [*(k for k in range(rank) if k != axis), axis]
        moved = self.transpose(perm).matmul(self.tape.constant(matrix.T, self.type))
        return moved.transpose([int(k) for k in np.argsort(perm)])

    # Any operator

    def op(
        self,
        operator: str,
        *others: Tensor | None,
        shape: Shape,
        of: int | None = None,
        **attributes: Any,
    ) -> Tensor:
        """Apply any operator with a single output, by default of the type of this tensor."""
        outputs = [(shape, self.type if of is None else of)]
        return self.tape.emit(operator, self, *others, outputs=outputs, **attributes)[0]

    def _like(self, value: Operand) -> Tensor:
        if not isinstance(value, Tensor):
            return self.tape.constant(value, self.type)
        return value.cast(self.type) if value.type == _BOOL else value

    def _with(self, operator: str, value: Operand, of: int | None = None) -> Tensor:
        other = self._like(value)
        return self.op(operator, other, shape=broadcast(self.shape, other.shape), of=of)


Operand: TypeAlias = "Tensor | float | AnyArray"


def _is(value: Operand, number: int) -> bool:
    return isinstance(value, (int, float)) and value == number


def _number(length: Length) -> int:
    if isinstance(length, int):
        return length
    raise ValueError("a length that depends on the batch cannot be cut or padded")
