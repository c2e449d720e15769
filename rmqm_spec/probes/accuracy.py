"""Accuracies with their intervals, and differences between encoders on the same inputs."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.errors import ShapeError

__all__ = ["Accuracy", "Difference", "accuracy_of", "paired_difference"]

_Z = 1.959963984540054
"""Quantile 0.975 of the normal distribution."""


@frozen
class Accuracy:
    """Share of right answers: `correct` of `n`, and its 95 % interval."""

    correct: int
    n: int
    interval: tuple[float, float]

    @property
    def value(self) -> float:
        """The share."""
        return self.correct / self.n


@frozen(kw_only=True)
class Difference:
    """
    Accuracy of one encoder minus that of another on the same inputs.

    Parameters
    ----------
    value : float
        The difference.
    interval : tuple of two floats
        Its 95 % interval.
    only_first, only_second : int
        Inputs that the first alone, and the second alone, has right.
    p : float
        Exact McNemar test of no difference, two-sided.
    """

    value: float
    interval: tuple[float, float]
    only_first: int
    only_second: int
    p: float

    @property
    def tied(self) -> bool:
        """Whether the interval holds zero."""
        return self.interval[0] <= 0 <= self.interval[1]

    def turned(self) -> Difference:
        """Return that of the second encoder minus the first."""
        low, high = self.interval
        return Difference(
            value=-self.value,
            interval=(-high, -low),
            only_first=self.only_second,
            only_second=self.only_first,
            p=self.p,
        )


def accuracy_of(correct: npt.NDArray[np.bool_]) -> Accuracy:
    """
    Return the accuracy with the interval of Wilson (1927).

    Parameters
    ----------
    correct : (N,) ndarray of bool
        Which answers are right.

    Returns
    -------
    Accuracy
        Its interval is that of a share among independent inputs; it stays within [0, 1] and has
        a width at 0 and at 1.

    Examples
    --------
    >>> accuracy = accuracy_of(np.arange(10) < 9)
    >>> accuracy.value, [round(end, 3) for end in accuracy.interval]
    (0.9, [0.596, 0.982])
    """
    from scipy.stats import binomtest

    n_correct, n = int(np.count_nonzero(correct)), len(correct)
    low, high = binomtest(n_correct, n).proportion_ci(0.95, method="wilson")
    return Accuracy(n_correct, n, (float(low), float(high)))


def paired_difference(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> Difference:
    """
    Compare two encoders by the inputs that only one of them has right.

    Parameters
    ----------
    first, second : (N,) ndarray of bool
        Which answers are right, input by input.

    Returns
    -------
    Difference
        The interval is that of Agresti and Min (2005, Statistics in Medicine 24, 729): Wald's with
        half an input added to each of the four cells.

    Raises
    ------
    ShapeError
        If they differ in length.

    Examples
    --------
    >>> difference = paired_difference(np.arange(100) < 90, np.arange(100) < 80)
    >>> difference.value, [round(end, 3) for end in difference.interval], round(difference.p, 4)
    (0.1, [0.037, 0.159], 0.002)
    """
    from scipy.stats import binomtest

    if first.shape != second.shape or first.ndim != 1:
        raise ShapeError(
            "ARG001",
            f"answers must be those to the same inputs; got {first.shape} and {second.shape}",
            fix="Judge both encoders on one test part.",
        )
    n = len(first)
    n_only_first, n_only_second = (
        int(np.count_nonzero(a & ~b)) for a, b in ((first, second), (second, first))
    )
    p = (
        float(binomtest(n_only_first, n_only_first + n_only_second).pvalue)
        if n_only_first + n_only_second
        else 1.0
    )
    centre = (n_only_first - n_only_second) / (n + 2)
    half = (
        _Z * math.sqrt((n_only_first + n_only_second + 1) / (n + 2) - centre**2) / math.sqrt(n + 2)
    )
    return Difference(
        value=(n_only_first - n_only_second) / n,
        interval=(centre - half, centre + half),
        only_first=n_only_first,
        only_second=n_only_second,
        p=p,
    )
