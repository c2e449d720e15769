"""How values and orders change with a setting, and whether an interval holds what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata, t

from studies.analysis.rank_correlation import N_DRAWS, spearman

__all__ = ["agreement", "coverage", "expected_coverage", "within_groups"]

Float64Array = npt.NDArray[np.float64]

_LEAST = 3
"""Points of which an order can be compared."""


def agreement(
    reference: Float64Array, values: Float64Array, half_widths: Float64Array | None = None
) -> dict[str, Any] | None:
    """
    Compare the values of the same encoders at two settings.

    Parameters
    ----------
    reference, values : (K,) ndarray
        At the reference and at the setting; NaN where there is none.
    half_widths : (K,) ndarray, optional
        Half the 95 % intervals at the reference.

    Returns
    -------
    dict or None
        ``encoders`` with both values; ``rho`` with its ``interval`` (bootstrap over encoders);
        ``shift`` (median change), ``change`` (median without sign) and ``largest``, all divided by
        the standard deviation between encoders at the reference; ``in_half_widths``, the median
        change without sign divided by half the interval. None for fewer than three encoders.

    Examples
    --------
    >>> found = agreement(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0]))
    >>> found["rho"], found["shift"], found["largest"]
    (1.0, 1.0, 1.0)
    """
    known = np.isfinite(reference) & np.isfinite(values)
    if known.sum() < _LEAST:
        return None
    first, second = reference[known], values[known]
    spread = float(first.std(ddof=1)) or np.nan
    change = (second - first) / spread
    found: dict[str, Any] = {
        "encoders": int(known.sum()),
        "rho": _rounded(spearman(first[:, None], second[:, None])[0, 0]),
        "interval": _bootstrap_interval(first, second),
        "shift": _rounded(np.median(change)),
        "change": _rounded(np.median(np.abs(change))),
        "largest": _rounded(np.abs(change).max()),
    }
    if half_widths is not None:
        inside = np.abs(second - first) / half_widths[known]
        found["in_half_widths"] = _rounded(np.median(inside))
    return found


def _bootstrap_interval(first: Float64Array, second: Float64Array) -> list[float]:
    """Return the percentiles of rho over draws of encoders with replacement."""
    rows = np.random.default_rng(0).integers(len(first), size=(N_DRAWS, len(first)))
    ranks = [rankdata(values[rows], axis=1) for values in (first, second)]
    centred = [values - values.mean(axis=1, keepdims=True) for values in ranks]
    lengths = np.sqrt(np.prod([(values**2).sum(axis=1) for values in centred], axis=0))
    rho = (centred[0] * centred[1]).sum(axis=1) / np.where(lengths > 0, lengths, 1.0)
    return [_rounded(end) for end in np.quantile(rho, [0.025, 0.975])]


def coverage(values: Float64Array, low: Float64Array, high: Float64Array) -> dict[str, float]:
    """
    Return how often intervals hold what other draws of inputs give.

    Parameters
    ----------
    values, low, high : (K, R) ndarray
        Of K encoders on R draws of as many inputs.

    Returns
    -------
    dict
        ``other``: share of pairs in which the interval of one draw holds the value of another;
        ``mean``: share of intervals that hold the mean of all other draws.

    Examples
    --------
    >>> values = np.array([[1.0, 2.0, 9.0]])
    >>> coverage(values, values - 1.5, values + 1.5)
    {'other': 0.3333, 'mean': 0.0}
    """
    n = values.shape[1]
    inside = (low[:, :, None] <= values[:, None, :]) & (values[:, None, :] <= high[:, :, None])
    others = ~np.eye(n, dtype=bool)
    means = (values.sum(axis=1, keepdims=True) - values) / (n - 1)
    return {
        "other": _rounded(inside[:, others].mean()),
        "mean": _rounded(((low <= means) & (means <= high)).mean()),
    }


def expected_coverage(n_inputs: int, n_draws: int) -> dict[str, float]:
    """
    Return the same shares of exact Student intervals of independent normal inputs.

    Examples
    --------
    >>> expected_coverage(100, 5)
    {'other': 0.8363, 'mean': 0.9209}
    """
    freedom = n_inputs - 1
    quantile = t.ppf(0.975, freedom)

    def share(variances: float) -> float:
        return _rounded(2 * t.cdf(quantile / np.sqrt(variances), freedom) - 1)

    return {"other": share(2.0), "mean": share(1 + 1 / (n_draws - 1))}


def within_groups(
    groups: Sequence[tuple[str, Float64Array, Float64Array]],
) -> dict[str, Any] | None:
    """
    Return rho of a measure with accuracy within each group: a network, or a training.

    Parameters
    ----------
    groups : sequence of (str, (K,) ndarray, (K,) ndarray)
        Name, measure (NaN where undefined), accuracy.

    Returns
    -------
    dict or None
        ``mean``, ``least`` and ``most`` over groups, and ``groups`` by name; groups with fewer than
        three values are left out, and None is returned where none is left.

    Examples
    --------
    >>> up, down = np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])
    >>> within_groups([("a", up, up), ("b", up, down)])["groups"]
    {'a': 1.0, 'b': -1.0}
    """
    found = {}
    for name, measure, accuracy in groups:
        known = np.isfinite(measure)
        if known.sum() >= _LEAST:
            rho = spearman(measure[known][:, None], accuracy[known][:, None])[0, 0]
            found[name] = _rounded(rho)
    if not found:
        return None
    every = list(found.values())
    return {
        "mean": _rounded(np.mean(every)),
        "least": min(every),
        "most": max(every),
        "groups": found,
    }


def _rounded(value: Any) -> float:
    return round(float(value), 4)
