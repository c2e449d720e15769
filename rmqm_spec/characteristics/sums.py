"""Correctly rounded sums: the order of inputs and of shards cannot change a bit of the result."""

from __future__ import annotations

import math

import numpy as np

from rmqm_spec.arrays import Float64Array

__all__ = ["exact_mean", "row_sums"]


def exact_mean(values: Float64Array) -> float:
    """
    Return the mean, its sum rounded once; NaN for no values.

    Examples
    --------
    >>> exact_mean(np.array([1e16, 1.0, -1e16]))
    0.3333333333333333
    """
    return math.fsum(values.tolist()) / values.size if values.size else math.nan


def row_sums(values: Float64Array) -> Float64Array:
    """Return the sum of each row of a (N, K) array, rounded once."""
    # Row by row: all values as Python's own numbers would take four times the memory of the array.
    return np.array([math.fsum(row.tolist()) for row in values], dtype=np.float64)
