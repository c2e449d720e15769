"""A 95 % interval for any number computed from all inputs together: leave out a group at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array

__all__ = ["N_GROUPS", "jackknife_interval", "without_each_group"]

N_GROUPS: Final = 20
"""Into so many groups the inputs are cut, or one group per input."""

_within: Final = ContextVar("within a jackknife", default=False)
"""A measure that is computed without a group needs no interval of its own: that would square the
work."""


def jackknife_interval(
    statistic: Callable[..., float], *rows: AnyArray, value: float
) -> tuple[float, float] | None:
    """
    Return a 95 % interval by the delete-group jackknife with Student's t.

    Parameters
    ----------
    statistic : callable
        From arrays, each (n, ...), to a number.
    *rows : (N, ...) ndarray
        Rows that belong together, in the order of ids. Ids are hashes: every group is a random
        draw of the inputs.
    value : float
        The statistic of all rows; the interval lies around it.

    Returns
    -------
    tuple of two floats, or None
        None for fewer than 3 inputs, or where the statistic is undefined without some group.

    Notes
    -----
    Shao and Tu, "The Jackknife and Bootstrap", 1995, section 2.3. It holds for smooth statistics;
    ``tests/measures`` simulates the coverage of every measure that uses it.

    Examples
    --------
    >>> values = np.arange(40.0)
    >>> low, high = jackknife_interval(lambda v: float(v.mean()), values, value=19.5)
    >>> round(low, 1), round(high, 1)
    (16.7, 22.3)
    """
    from scipy.special import stdtrit

    if _within.get():
        return None
    without = without_each_group(statistic, *rows)
    n_groups = len(without)
    if n_groups < 3 or not np.isfinite(without).all():
        return None
    variance = (n_groups - 1) / n_groups * ((without - without.mean()) ** 2).sum()
    half = float(stdtrit(n_groups - 1, 0.975)) * math.sqrt(variance)
    return (value - half, value + half)


def without_each_group(statistic: Callable[..., float], *rows: AnyArray) -> Float64Array:
    """
    Return a statistic of all inputs but those of each group.

    Parameters
    ----------
    statistic : callable
        From arrays, each (n, ...), to a number; `jackknife_interval` within it gives None.
    *rows : (N, ...) ndarray
        As of `jackknife_interval`. The same inputs in the same order are cut alike, so that values
        of several encoders belong together.

    Returns
    -------
    (G,) ndarray of float64
        G is 20, or N for fewer inputs; empty for fewer than 3, which are too few.

    Examples
    --------
    >>> without_each_group(lambda v: float(v.sum()), np.array([1.0, 2.0, 4.0])).tolist()
    [6.0, 5.0, 3.0]
    """
    n_inputs = len(rows[0])
    n_groups = min(N_GROUPS, n_inputs)
    if n_groups < 3:
        return np.empty(0)
    group = np.arange(n_inputs) % n_groups
    token = _within.set(True)
    try:
        return np.array(
            [statistic(*(row[group != number] for row in rows)) for number in range(n_groups)]
        )
    finally:
        _within.reset(token)
