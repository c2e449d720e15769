"""Correlation coefficients of weighted pairs: one formula for a sample and all its resamples."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from rmqm_spec.arrays import Float64Array

__all__ = ["COEFFICIENTS", "Coefficient", "kendall", "pearson", "spearman"]

Coefficient: TypeAlias = Callable[[Float64Array, Float64Array, Float64Array], Float64Array]
"""From values x and y and weights, each (..., m), to coefficients (...)."""


def pearson(x: Float64Array, y: Float64Array, weights: Float64Array) -> Float64Array:
    """
    Product-moment correlation, where each pair counts as often as its weight says.

    Parameters
    ----------
    x, y : (..., m) ndarray
        m pairs of values; leading axes are broadcast.
    weights : (..., m) ndarray
        How often each pair is there, at least 0: ones for the sample as it is, counts for a
        resample of it.

    Returns
    -------
    (...) ndarray of float64
        In [-1, 1]; NaN where x or y has a single value among the pairs that are there.

    Examples
    --------
    >>> x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0])
    >>> round(float(pearson(x, y, np.ones(3))), 6)
    0.5
    """
    dx, dy = _centred(x, weights), _centred(y, weights)
    products = (weights * dx * dy).sum(-1)
    squares = (weights * dx * dx).sum(-1) * (weights * dy * dy).sum(-1)
    return _ratio(products, squares)


def spearman(x: Float64Array, y: Float64Array, weights: Float64Array) -> Float64Array:
    """
    Rank correlation of Spearman: that of Pearson between mean ranks; equal values share a rank.

    Examples
    --------
    >>> x, y = np.array([1.0, 2.0, 3.0]), np.array([1.0, 100.0, 10.0])
    >>> round(float(spearman(x, y, np.ones(3))), 6)
    0.5
    """
    return pearson(_mean_ranks(x, weights), _mean_ranks(y, weights), weights)


def kendall(x: Float64Array, y: Float64Array, weights: Float64Array) -> Float64Array:
    """
    Rank correlation of Kendall, tau-b: pairs tied in x or in y leave the divisor of that side.

    Examples
    --------
    >>> x, y = np.array([1.0, 2.0, 3.0]), np.array([1.0, 100.0, 10.0])
    >>> round(float(kendall(x, y, np.ones(3))), 6)
    0.333333
    """
    order_x, order_y = (np.sign(values[..., :, None] - values[..., None, :]) for values in (x, y))

    def total(signs: Float64Array) -> Float64Array:
        return np.asarray(np.einsum("...i,...ij,...j->...", weights, signs, weights))

    return _ratio(total(order_x * order_y), total(np.abs(order_x)) * total(np.abs(order_y)))


COEFFICIENTS: dict[str, Coefficient] = {
    "pearson": pearson,
    "spearman": spearman,
    "kendall": kendall,
}
"""All coefficients by name."""


def _centred(values: Float64Array, weights: Float64Array) -> Float64Array:
    """Differences from the mean, at most 1 in size; exactly 0 where there is a single value."""
    there = weights > 0
    low = np.where(there, values, np.inf).min(-1, keepdims=True)
    high = np.where(there, values, -np.inf).max(-1, keepdims=True)
    width = np.where(high > low, high - low, 1.0)
    scaled = np.where(there & (high > low), (values - low) / width, 0.0)
    mean = (weights * scaled).sum(-1, keepdims=True) / weights.sum(-1, keepdims=True)
    return np.asarray(scaled - mean)


def _mean_ranks(values: Float64Array, weights: Float64Array) -> Float64Array:
    """Rank of each value among the weighted values: 1 for the smallest, the mean for equal ones."""
    below = (values[..., None, :] < values[..., :, None]).astype(np.float64)
    equal = (values[..., None, :] == values[..., :, None]).astype(np.float64)
    return np.asarray(np.einsum("...ij,...j->...i", below + equal / 2, weights) + 0.5)


def _ratio(products: Float64Array, squares: Float64Array) -> Float64Array:
    defined = squares > 0
    ratio = products / np.sqrt(np.where(defined, squares, 1.0))
    return np.where(defined, np.clip(ratio, -1.0, 1.0), np.nan)
