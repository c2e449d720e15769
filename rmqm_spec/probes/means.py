"""Means over inputs with their intervals, and paired differences between encoders."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from attrs import evolve, frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.characteristics.interval import delta_interval
from rmqm_spec.probes.accuracy import accuracy_of, paired_difference

__all__ = ["Mean", "difference_of", "mean_of", "signed_mean_of"]


@frozen
class Mean:
    """
    A mean over inputs.

    Parameters
    ----------
    value : float
        The mean, or a difference of two.
    interval : tuple of two floats, optional
        Its 95 % interval; None for a single input.
    n : int
        Number of inputs.
    """

    value: float
    interval: tuple[float, float] | None
    n: int

    @property
    def tied(self) -> bool:
        """Whether the interval holds zero, or there is none."""
        return self.interval is None or self.interval[0] <= 0 <= self.interval[1]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        interval = None if self.interval is None else list(self.interval)
        return {"value": self.value, "interval": interval, "inputs": self.n}

    def turned(self) -> Mean:
        """Return the difference the other way round."""
        ends = None if self.interval is None else (-self.interval[1], -self.interval[0])
        return Mean(-self.value, ends, self.n)


def mean_of(values: AnyArray) -> Mean:
    """
    Return the mean of a value per input.

    Parameters
    ----------
    values : (N,) ndarray
        Numbers that are not negative, or truth values: their share then.

    Returns
    -------
    Mean
        The interval is that of Student's t, cut off at 0, and that of Wilson for a share.

    Examples
    --------
    >>> mean_of(np.array([1.0, 2.0, 3.0])).value
    2.0
    >>> mean_of(np.array([True, False])).interval is not None
    True
    """
    if values.dtype == np.bool_:
        share = accuracy_of(values)
        return Mean(share.value, share.interval, share.n)
    mean = _by_student(np.asarray(values, dtype=np.float64))
    if mean.interval is None:
        return mean
    return evolve(mean, interval=(max(mean.interval[0], 0.0), mean.interval[1]))


def signed_mean_of(values: AnyArray) -> Mean:
    """
    Return the mean of a number per input that may be negative: its interval is not cut off.

    Parameters
    ----------
    values : (N,) ndarray
        Numbers, at least one.

    Returns
    -------
    Mean
        The interval is that of Student's t.

    Examples
    --------
    >>> signed_mean_of(np.array([-1.0, 1.0, 0.0])).tied
    True
    """
    return _by_student(np.asarray(values, dtype=np.float64))


def difference_of(first: AnyArray, second: AnyArray) -> Mean:
    """
    Return the mean difference between two encoders on the same inputs.

    Parameters
    ----------
    first, second : (N,) ndarray
        A value of each input, in the same order.

    Returns
    -------
    Mean
        The interval is that of Student's t for the differences, and that of Agresti and Min for
        shares (`rmqm_spec.probes.paired_difference`).

    Examples
    --------
    >>> difference_of(np.array([3.0, 4.0]), np.array([1.0, 2.0])).value
    2.0
    """
    if first.dtype == np.bool_ and second.dtype == np.bool_:
        paired = paired_difference(first, second)
        return Mean(paired.value, paired.interval, len(first))
    return _by_student(first.astype(np.float64) - second.astype(np.float64))


def _by_student(values: Float64Array) -> Mean:
    value = float(values.mean())
    low, high = delta_interval(value, values - value)
    return Mean(value, None if math.isnan(low) else (low, high), len(values))
