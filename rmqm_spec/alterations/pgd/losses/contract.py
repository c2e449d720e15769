"""What a loss returns, and what every loss of unit vectors needs (clause RMQM-LOSS-001)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import EncodingError, ShapeError

__all__ = ["Directions", "Loss", "directions", "finite_rows"]

_TINY, _HUGE = 1e-100, 1e100
"""Outside this range the square of a float64 may underflow or overflow."""


class Loss(NamedTuple):
    """
    A loss of N encodings.

    Parameters
    ----------
    values : (N,) or (1,) ndarray of float64
        A value per input, or one for the whole batch.
    gradient : (N, E) ndarray of float64
        Derivative of the sum of the values with respect to each encoding.
    """

    values: Float64Array
    gradient: Float64Array


@frozen(eq=False)
class Directions:
    """Encodings as unit vectors and norms, in float64."""

    units: Float64Array
    norms: Float64Array

    def gradient(self, of_units: Float64Array) -> Float64Array:
        """
        Turn a gradient by the unit vectors into the gradient by the encodings.

        Examples
        --------
        >>> directions([[3.0, 4.0]]).gradient(np.array([[-0.8, 1.6]])).round(3)
        array([[-0.256,  0.192]])
        """
        along = np.einsum("ne,ne->n", self.units, of_units)[:, None]
        with np.errstate(over="ignore"):  # an overflow is refused later, in the input's gradient
            return np.asarray((of_units - self.units * along) / self.norms)


def finite_rows(
    encodings: AnyArray, names: Sequence[str] | None = None, what: str = "encodings"
) -> Float64Array:
    """Return a copy of encodings as float64, (N, E), and refuse other shapes and values."""
    rows = np.array(encodings, dtype=np.float64)
    if rows.ndim != 2 or rows.size == 0:
        raise ShapeError(
            "ARG001",
            f"{what} of a loss must have shape (N, E) with N, E >= 1; got {rows.shape}",
            fix="Give one row per input.",
        )
    broken = ~np.isfinite(rows).all(axis=1)
    if broken.any():
        first = int(broken.argmax())
        n_bad = int((~np.isfinite(rows[first])).sum())
        raise EncodingError(
            "ENC001",
            f"an encoding must be finite; got {n_bad} of {rows.shape[1]} values that are not "
            f"for {_name(names, first)}",
            fix="Check the preprocessing and the range of the model: float16 overflows at 65504.",
        )
    return rows


def directions(
    encodings: AnyArray, names: Sequence[str] | None = None, what: str = "encodings"
) -> Directions:
    """
    Divide encodings by their norms, which neither overflow nor underflow.

    Parameters
    ----------
    encodings : (N, E) ndarray
        Encodings.
    names : sequence of str, optional
        What to call the rows in an error; by default their position.
    what : str
        What to call the array in an error.

    Raises
    ------
    ShapeError
        If the shape is not (N, E).
    EncodingError
        If a row is zero or has a value that is not finite.
    """
    rows = finite_rows(encodings, names, what)
    largest = np.abs(rows).max(axis=1, keepdims=True)
    if not largest.all():
        raise EncodingError(
            "ENC002",
            "an encoding must have a norm above zero; got 0 for "
            f"{_name(names, int(largest.argmin()))}",
            fix="Choose an earlier --output: behind a ReLU all values can be zero.",
        )
    scale = np.where((largest < _TINY) | (largest > _HUGE), largest, 1.0)
    rows /= scale
    norms = np.sqrt(np.einsum("ne,ne->n", rows, rows))[:, None]
    return Directions(rows / norms, norms * scale)


def _name(names: Sequence[str] | None, position: int) -> str:
    return names[position] if names else f"row {position}"
