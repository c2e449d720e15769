"""Pearson's r over encoders and tasks pooled, as the paper takes it; ablation and weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
from scipy.optimize import differential_evolution

from rmqm_spec.arrays import Float64Array
from studies.analysis.zoo_table import ZooTable

__all__ = [
    "TERMS",
    "ablation",
    "fitted_weights",
    "normalised_accuracy",
    "pooled_interval",
    "pooled_r",
    "terms_of",
    "weighted_score",
]

TERMS: Final = ("D", "1/D_RC", "1/P_RC")
_N_DRAWS = 2_000
_MOST_WEIGHT = 10.0


def normalised_accuracy(table: ZooTable, targets: Sequence[str]) -> Float64Array:
    """Return the accuracies (K, T), each divided by the best encoder's of its task."""
    accuracies = table.stacked(targets)
    return np.asarray(accuracies / accuracies.max(axis=0))


def pooled_r(score: Float64Array, accuracy: Float64Array) -> float:
    """
    Return Pearson's r of a score (K,) with accuracies (K, T), each pair a point; NaN if constant.

    Examples
    --------
    >>> accuracy = np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]])
    >>> round(pooled_r(np.array([1.0, 2.0, 3.0]), accuracy), 3)
    0.853
    """
    points, accuracies = np.repeat(score, accuracy.shape[1]), accuracy.ravel()
    if not (np.ptp(points) > 0 and np.ptp(accuracies) > 0):
        return float("nan")
    return float(np.corrcoef(points, accuracies)[0, 1])


def pooled_interval(score: Float64Array, accuracy: Float64Array) -> tuple[float, float]:
    """Return the 95 % interval of `pooled_r`: a bootstrap over encoders, all tasks of each."""
    random = np.random.default_rng(0)
    rows = random.integers(len(score), size=(_N_DRAWS, len(score)))
    points, accuracies = score - score.mean(), accuracy - accuracy.mean()
    x, y = points[rows], accuracies[rows]
    covariance = (x * y.mean(axis=2)).mean(axis=1) - x.mean(axis=1) * y.mean(axis=(1, 2))
    spread = x.std(axis=1) * y.std(axis=(1, 2))
    drawn = covariance[spread > 0] / spread[spread > 0]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def terms_of(table: ZooTable, variant: str = "paper", alteration: str = "noise") -> Float64Array:
    """Return D, 1/D_RC and 1/P_RC of every encoder, (K, 3)."""
    d, d_rc, p_rc = (
        table.columns[f"{variant}_{alteration}_{name}"] for name in ("D", "D_RC", "P_RC")
    )
    return np.stack([d, 1 / d_rc, 1 / p_rc], axis=1)


def weighted_score(terms: Float64Array, weights: Sequence[float]) -> Float64Array:
    """Return ln(1 + weighted sum of the terms), (K,)."""
    return np.asarray(np.log1p(terms @ np.asarray(weights, dtype=np.float64)))


def ablation(terms: Float64Array, accuracy: Float64Array) -> dict[str, float]:
    """Return `pooled_r` of ln(1 + sum) for all seven subsets of the terms, by their names."""
    found = {}
    for size in (1, 2, 3):
        for chosen in combinations(range(3), size):
            weights = [float(place in chosen) for place in range(3)]
            name = " + ".join(TERMS[place] for place in chosen)
            found[name] = pooled_r(weighted_score(terms, weights), accuracy)
    return found


def fitted_weights(terms: Float64Array, accuracy: Float64Array) -> tuple[float, float, float]:
    """Return the weights in [0, 10] that give the largest `pooled_r`; the search has a seed."""

    def loss(weights: Float64Array) -> float:
        # Never all zero: a constant score has no correlation.
        return -pooled_r(weighted_score(terms, weights + 1e-9), accuracy)

    found = differential_evolution(loss, [(0.0, _MOST_WEIGHT)] * 3, rng=0, tol=1e-8)
    d, d_rc, p_rc = (float(weight) for weight in found.x)
    return d, d_rc, p_rc
