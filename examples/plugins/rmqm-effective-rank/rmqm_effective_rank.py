"""The effective rank as a measure: how many directions encodings spread over."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.contracts.measure import Column, Direction, Need, Summary

__all__ = ["EFFECTIVE_RANK", "EffectiveRank", "effective_rank"]

MOST_PARTS = 20
"""Into so many parts the inputs are cut for the interval, or one part per input."""


def effective_rank(encodings: AnyArray) -> float:
    r"""
    Return the exponential of the entropy of normalised singular values.

    .. math:: \exp\Bigl(-\sum_k p_k \log p_k\Bigr), \quad p_k = \sigma_k / \sum_i \sigma_i

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input.

    Returns
    -------
    float
        From 1 to about min(N, E); NaN where all encodings are zero.

    Examples
    --------
    >>> round(effective_rank(np.eye(5)), 3)
    5.0
    >>> round(effective_rank(np.ones((5, 3))), 3)
    1.0
    """
    singular_values = np.linalg.svd(np.asarray(encodings, dtype=np.float64), compute_uv=False)
    total = singular_values.sum()
    if not total > 0:
        return math.nan
    shares = singular_values / total
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def jackknife_interval(encodings: Float64Array, value: float) -> tuple[float, float] | None:
    """
    Return a 95 % interval of the effective rank, by leaving out one part of the inputs at a time.

    Inputs come in the order of their ids, which are hashes: every part is a random one.
    """
    from scipy.stats import t

    n_parts = min(MOST_PARTS, len(encodings))
    if n_parts < 3:
        return None
    part = np.arange(len(encodings)) % n_parts
    without = np.array([effective_rank(encodings[part != k]) for k in range(n_parts)])
    variance = (n_parts - 1) / n_parts * ((without - without.mean()) ** 2).sum()
    half = float(t.ppf(0.975, n_parts - 1) * math.sqrt(variance))
    return (value - half, value + half) if math.isfinite(half) else None


class UnalteredEncodings:
    """The meter: keeps level 0, which the first call brings, and lets the others pass."""

    def __init__(self) -> None:
        self._unaltered: AnyArray | None = None

    def update(self, encodings: AnyArray, /) -> None:
        """Take encodings (n, L, E) of the next L levels."""
        if self._unaltered is None:
            self._unaltered = encodings[:, 0].copy()

    def columns(self) -> Mapping[str, AnyArray]:
        """Return the encodings of level 0, (n, E)."""
        if self._unaltered is None:
            raise RuntimeError("columns were asked for before level 0 came")
        return {"encodings": self._unaltered}


class EffectiveRank:
    """
    The effective rank (Roy and Vetterli 2007), with an interval by a delete-group jackknife.

    Examples
    --------
    >>> meter = EFFECTIVE_RANK.start(4, 1, ["a", "b", "c", "d"])
    >>> meter.update(np.eye(4)[:, None])
    >>> round(EFFECTIVE_RANK.summarise(meter.columns()).value, 3)
    4.0
    """

    name = "effective-rank"
    title = "Effective rank"
    summary = "How many directions the encodings of unaltered inputs spread over."
    source = "Roy and Vetterli 2007, The effective rank, section 3"
    units = "1"
    direction: Direction = "higher"
    needs: frozenset[Need] = frozenset({"unaltered"})
    kept = (
        Column(name="encodings", units="the encoder's own", meaning="of the unaltered input, (E,)"),
    )

    def start(
        self,
        n_inputs: int,  # noqa: ARG002
        n_levels: int,  # noqa: ARG002
        names: Sequence[str],  # noqa: ARG002
    ) -> UnalteredEncodings:
        """Return a meter; it needs to know neither numbers nor names."""
        return UnalteredEncodings()

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the effective rank of all encodings, (N, E)."""
        encodings = np.asarray(columns["encodings"], dtype=np.float64)
        value = effective_rank(encodings)
        if math.isnan(value):
            return Summary(value=math.nan, status="all-zero")
        n_inputs, n_dimensions = encodings.shape
        return Summary(
            value=value,
            interval=jackknife_interval(encodings, value),
            details={"inputs": n_inputs, "dimensions": n_dimensions},
        )


EFFECTIVE_RANK = EffectiveRank()
