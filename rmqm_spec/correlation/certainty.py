"""How sure a correlation of few encoders is: intervals and permutation tests over encoders."""

from __future__ import annotations

import math
import warnings
from itertools import permutations
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.correlation.coefficients import Coefficient
from rmqm_spec.correlation.pairs import Pairs

__all__ = ["Interval", "bootstrap_interval", "closed_interval", "permutation_p"]

Method: TypeAlias = Literal["fisher-z", "bonett-wright", "fieller", "encoder-bootstrap-bca"]

MIN_ENCODERS = {"pearson": 4, "spearman": 4, "kendall": 5}
"""Encoders from which the closed form within a task is defined."""

MIN_ENCODERS_FOR_BOOTSTRAP = 6
"""With fewer encoders, too many resamples consist of a single encoder."""

N_RESAMPLES = 49_999
"""With 9999 the ends of a BCa interval of 9 encoders still waver by 0.03 from seed to seed."""

N_PERMUTATIONS = 9999

_Z = 1.959963984540054
"""Quantile 0.975 of the normal distribution."""


@frozen(kw_only=True)
class Interval:
    """A 95 % interval, and how it was made."""

    low: float
    high: float
    method: Method


def closed_interval(name: str, value: float, n: int) -> Interval | None:
    r"""
    Return the interval of a coefficient of n independent encoders, on Fisher's scale.

    .. math:: \tanh(\operatorname{artanh} r \pm 1.96\, s)

    Parameters
    ----------
    name : {"pearson", "spearman", "kendall"}
        Which coefficient.
    value : float
        The coefficient.
    n : int
        Number of encoders.

    Returns
    -------
    Interval or None
        None for fewer than 4 encoders (5 for Kendall), or where the coefficient is 1 or -1 or
        undefined: the formula would give an interval of no width.

    Notes
    -----
    s is :math:`1/\sqrt{n - 3}` for Pearson (Fisher 1921), :math:`\sqrt{(1 + r^2/2)/(n - 3)}` for
    Spearman (Bonett and Wright 2000) and :math:`\sqrt{0.437/(n - 4)}` for Kendall (Fieller, Hartley
    and Pearson 1957).

    Examples
    --------
    >>> interval = closed_interval("pearson", 0.75, 12)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.309, 0.926)
    """
    if n < MIN_ENCODERS[name] or not abs(value) < 1 - 1e-12:
        return None
    methods: dict[str, tuple[float, Method]] = {
        "pearson": (1 / (n - 3), "fisher-z"),
        "spearman": ((1 + value**2 / 2) / (n - 3), "bonett-wright"),
        "kendall": (0.437 / max(n - 4, 1), "fieller"),
    }
    variance, method = methods[name]
    centre, half = math.atanh(value), _Z * math.sqrt(variance)
    return Interval(low=math.tanh(centre - half), high=math.tanh(centre + half), method=method)


def bootstrap_interval(of: Coefficient, pairs: Pairs, seed: int = 0) -> Interval | None:
    """
    Return the BCa bootstrap interval over encoders; an encoder is drawn with all its tasks.

    Parameters
    ----------
    of : callable
        One of `rmqm_spec.correlation.COEFFICIENTS`.
    pairs : Pairs
        The pairs. What an encoder scores in several tasks is not independent, so pairs are never
        drawn one by one; maxima of tasks are taken anew in each resample.
    seed : int
        Seed of the 49999 resamples.

    Returns
    -------
    Interval or None
        None for fewer than 6 encoders, or where resamples do not differ.
    """
    from scipy.stats import bootstrap

    n = pairs.n_encoders
    if n < MIN_ENCODERS_FOR_BOOTSTRAP:
        return None
    drawn = np.random.default_rng(seed).multinomial(n, [1 / n] * n, N_RESAMPLES)
    coefficients = pairs.resampled(of, drawn.astype(np.float64))
    coefficients = coefficients[np.isfinite(coefficients)]  # one encoder alone has no correlation
    if not len(coefficients):
        return None

    def statistic(encoders: npt.NDArray[np.intp], axis: int) -> Float64Array:
        counts = (np.moveaxis(encoders, axis, -1)[..., None] == np.arange(n)).sum(-2)
        values = pairs.resampled(of, counts.reshape(-1, n).astype(np.float64))
        return values.reshape(counts.shape[:-1])

    drawn_before: Any = SimpleNamespace(bootstrap_distribution=coefficients)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # degenerate resamples show as NaN in the interval
        low, high = bootstrap(
            (np.arange(n),),
            statistic,
            n_resamples=0,
            bootstrap_result=drawn_before,
            method="BCa",
        ).confidence_interval
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return None
    return Interval(low=float(low), high=float(high), method="encoder-bootstrap-bca")


def permutation_p(of: Coefficient, pairs: Pairs, seed: int = 0) -> float | None:
    """
    Return the share of exchanges of scores between encoders that correlate as strongly.

    Parameters
    ----------
    of : callable
        The coefficient.
    pairs : Pairs
        The pairs; an encoder hands its scores over in all tasks at once.
    seed : int
        Seed of the 9999 permutations; for up to 7 encoders all permutations are taken.

    Returns
    -------
    float or None
        Two-sided: by the absolute value. None where scores differ between tasks and an encoder is
        missing in one, so that they cannot be exchanged, or where the coefficient is undefined.
    """
    n, value = pairs.n_encoders, pairs.coefficient(of)
    if not math.isfinite(value) or not pairs.exchangeable:
        return None
    if n <= 7:
        orders = np.array(list(permutations(range(n))), dtype=np.intp)
    else:
        rng = np.random.default_rng(seed)
        drawn = rng.permuted(np.tile(np.arange(n), (N_PERMUTATIONS, 1)), axis=1)
        orders = np.concatenate([np.arange(n)[None], drawn])  # the observed order counts too
    coefficients = np.abs(pairs.exchanged(of, orders))
    return float((coefficients >= abs(value) - 1e-12).mean())
