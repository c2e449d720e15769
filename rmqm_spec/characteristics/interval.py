"""How sure the number is: the delta method on the means that make RMQM (family RMQM-INT)."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from rmqm_spec.arrays import BoolArray, Float64Array
from rmqm_spec.characteristics.sums import exact_mean

__all__ = ["LEVEL", "delta_interval", "influences", "inputs_for_skewness"]

LEVEL = 0.95
"""Probability that the interval covers the value that endlessly many such inputs would give."""


def influences(
    per_input: Mapping[str, Float64Array], means: Mapping[str, float], kept: BoolArray
) -> Float64Array:
    r"""
    Linearise RMQM in its means: return what each input adds to the deviation of the score.

    .. math:: \psi_i = \frac{1}{e^{\mathrm{RMQM}}}
              \left[(D_i - D) + (S_i - S)
              - \frac{N}{N_k} \left(\frac{R_i - R}{R^2} + \frac{P_i - P}{P^2}\right)\right]

    where the last two terms belong to the :math:`N_k` inputs kept in the means of
    R = D_RC and P = P_RC only.

    Parameters
    ----------
    per_input : mapping of str to (N,) ndarray
        Values of each input under ``D``, ``D_RC``, ``P_RC`` and, in one variant, ``S``.
    means : mapping of str to float
        Their means under the same names.
    kept : (N,) ndarray of bool
        Inputs that count in the means of D_RC and P_RC.

    Returns
    -------
    (N,) ndarray of float64
        Influences, in units of RMQM; their sum is zero up to rounding.
    """
    total = 1 + means["D"] + means.get("S", 0.0) + 1 / means["D_RC"] + 1 / means["P_RC"]
    deviations = per_input["D"] - means["D"]
    if "S" in means:
        deviations = deviations + per_input["S"] - means["S"]
    share = kept * (kept.size / kept.sum())
    for name in ("D_RC", "P_RC"):
        deviations = deviations - share * (per_input[name] - means[name]) / means[name] ** 2
    return np.asarray(deviations / total, dtype=np.float64)


def delta_interval(score: float, influence: Float64Array) -> tuple[float, float]:
    """
    Return the 95 % interval of `score`: plus and minus Student's t times the standard error.

    Parameters
    ----------
    score : float
        RMQM of N inputs.
    influence : (N,) ndarray of float64
        What each input adds to the deviation of the score.

    Returns
    -------
    tuple of two floats
        Low and high end; NaN for fewer than two inputs.

    Notes
    -----
    Clauses RMQM-INT-001 ff. The standard error is ``sqrt(sum(influence**2) / (N (N - 1)))``, the
    quantile that of N - 1 degrees of freedom.

    Examples
    --------
    >>> low, high = delta_interval(2.0, np.array([-0.1, 0.0, 0.1]))
    >>> round(low, 4), round(high, 4)
    (1.7516, 2.2484)
    """
    from scipy.special import stdtrit

    n = influence.size
    if n < 2:
        return math.nan, math.nan
    error = math.sqrt(exact_mean(influence * influence) / (n - 1))
    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * error
    return score - half, score + half


def inputs_for_skewness(influence: Float64Array) -> float:
    r"""
    Return how many inputs an interval by Student's t needs, given how skewed their influence is.

    Parameters
    ----------
    influence : (N,) ndarray of float64
        What each input adds to the deviation of a score or of a difference; its mean is zero.

    Returns
    -------
    float
        :math:`25\,G_1^2` with the skewness :math:`G_1`; zero where all influences are equal.

    Notes
    -----
    Cochran, Sampling Techniques, 1977; derived by Sugden, Smith and Jones, Journal of the Royal
    Statistical Society B 62, 2000. With so many, an interval of 95 % misses in
    at most 6 %. It matters where work stops by what was measured: a sample that has not met the
    rare inputs of a skewed encoder has a small error, and would stop.

    Examples
    --------
    >>> inputs_for_skewness(np.array([-1.0, 0.0, 1.0])), inputs_for_skewness(np.zeros(3))
    (0.0, 0.0)
    >>> round(inputs_for_skewness(np.array([-1.0, -1.0, -1.0, 3.0])), 1)
    33.3
    """
    variance = float(np.mean(influence * influence))
    if variance == 0:
        return 0.0
    return float(25 * np.mean(influence**3) ** 2 / variance**3)
