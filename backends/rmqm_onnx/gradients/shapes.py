"""Shapes that hold for every batch: each length is a number, or a multiple of the batch size."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TypeAlias

from attrs import frozen

__all__ = ["BatchLength", "Length", "Shape", "as_dims", "broadcast", "fixed", "is_fixed", "length"]


@frozen
class BatchLength:
    """
    A length that grows with the batch: ``slope * N + offset``.

    Examples
    --------
    >>> length(2 * 7, 2, 3 * 7, 3) * 5
    BatchLength(slope=35, offset=0)
    """

    slope: int
    offset: int

    def __mul__(self, factor: int) -> BatchLength:
        return BatchLength(self.slope * factor, self.offset * factor)

    __rmul__ = __mul__


Length: TypeAlias = int | BatchLength
Shape: TypeAlias = tuple[Length, ...]


def length(first: int, n_first: int, second: int, n_second: int) -> Length:
    """
    Return the length that is `first` at one batch size and `second` at another.

    Raises
    ------
    ValueError
        If no straight line with whole numbers goes through both.
    """
    if first == second:
        return first
    slope, rest = divmod(second - first, n_second - n_first)
    if rest:
        raise ValueError(f"{first} at batch {n_first} and {second} at batch {n_second}")
    return BatchLength(slope, first - slope * n_first)


def is_fixed(shape: Sequence[Length]) -> bool:
    """Return whether no length depends on the batch."""
    return all(isinstance(n, int) for n in shape)


def fixed(shape: Sequence[Length]) -> list[int]:
    """
    Return a shape in which no length depends on the batch.

    Raises
    ------
    ValueError
        If a length does.
    """
    numbers = [n for n in shape if isinstance(n, int)]
    if len(numbers) < len(shape):
        raise ValueError("a length depends on the batch")
    return numbers


def as_dims(shape: Sequence[Length]) -> list[int | None]:
    """Return a shape as ONNX declares it, None where a length depends on the batch."""
    return [n if isinstance(n, int) else None for n in shape]


def broadcast(*shapes: Shape) -> Shape:
    """
    Return the shape of an elementwise result.

    Examples
    --------
    >>> broadcast((BatchLength(1, 0), 1, 5), (4, 1))
    (BatchLength(slope=1, offset=0), 4, 5)
    """
    rank = max(len(shape) for shape in shapes)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return tuple(next((n for n in lengths if n != 1), 1) for lengths in zip(*padded, strict=True))


def count(shape: Sequence[Length]) -> Length:
    """
    Return the number of values.

    Raises
    ------
    ValueError
        If it is not a multiple of the batch size, because two lengths depend on it.
    """
    open_lengths = [n for n in shape if not isinstance(n, int)]
    if len(open_lengths) > 1:
        raise ValueError("two lengths depend on the batch")
    known = prod(n for n in shape if isinstance(n, int))
    return known * open_lengths[0] if open_lengths else known
