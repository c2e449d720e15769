"""Spearman's rho of many measures with many targets at once, and its bootstrap over encoders."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

__all__ = ["N_DRAWS", "bootstrap", "differences", "spearman", "worst_where_undefined"]

Float64Array = npt.NDArray[np.float64]

N_DRAWS: Final = 2_000
_SEED: Final = 0


def spearman(measures: Float64Array, targets: Float64Array) -> Float64Array:
    """
    Return Spearman's rho of every measure with every target.

    Parameters
    ----------
    measures : (K, M) ndarray
        A row per encoder; ties share their mean rank.
    targets : (K, T) ndarray
        The same encoders.

    Returns
    -------
    (M, T) ndarray
        Zero where a column is constant: it orders nothing.

    Examples
    --------
    >>> spearman(np.array([[1.0], [2.0], [9.0]]), np.array([[3.0, 1.0], [4.0, 1.0], [5.0, 0.0]]))
    array([[ 1.       , -0.8660254]])
    """
    first, second = _standardised(measures), _standardised(targets)
    return np.asarray(first.T @ second)


def _standardised(columns: Float64Array) -> Float64Array:
    ranks = rankdata(columns, axis=0)
    ranks -= ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    return np.asarray(ranks / np.where(length > 0, length, 1.0))


def bootstrap(measures: Float64Array, targets: Float64Array) -> Float64Array:
    """Return rho over `N_DRAWS` draws of encoders with replacement, (N_DRAWS, M, T)."""
    random = np.random.default_rng(_SEED)
    rows = random.integers(len(measures), size=(N_DRAWS, len(measures)))
    return np.stack([spearman(measures[row], targets[row]) for row in rows])


def differences(
    values: Float64Array, drawn: Float64Array, reference: int
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """
    Return the differences of all measures to one, with intervals that hold for all together.

    Parameters
    ----------
    values : (M,) ndarray
        A value per measure.
    drawn : (D, M) ndarray
        The same over draws of encoders.
    reference : int
        Place of the measure that the others are compared with.

    Returns
    -------
    difference, low, high : (M,) ndarray
        The interval's half width is the 95 % quantile of the largest scaled deviation of a draw.
    """
    difference = values - values[reference]
    against = drawn - drawn[:, [reference]]
    spread = against.std(axis=0)
    scaled = np.abs(against - difference) / np.where(spread > 0, spread, np.inf)
    half = np.quantile(scaled.max(axis=1), 0.95) * spread
    return difference, difference - half, difference + half


def worst_where_undefined(measure: Float64Array, sign: float) -> Float64Array:
    """
    Return a measure times its sign, and below all others where it has no value.

    Examples
    --------
    >>> worst_where_undefined(np.array([1.0, np.nan, 3.0]), -1.0)
    array([-1., -4., -3.])
    """
    signed = measure * sign
    return np.where(np.isnan(signed), np.nanmin(signed) - 1, signed)
