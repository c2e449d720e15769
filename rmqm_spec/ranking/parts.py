"""What makes a score, and what makes the difference between two: the terms of the logarithm."""

from __future__ import annotations

import math

from rmqm_spec.characteristics import Characteristics

__all__ = ["difference_parts", "logarithmic_mean", "shares", "terms"]


def terms(found: Characteristics) -> dict[str, float]:
    """
    Return what stands beside the 1 inside the logarithm; their sum is ``exp(RMQM) - 1``.

    Parameters
    ----------
    found : Characteristics
        Of an encoder that has a score.

    Returns
    -------
    dict
        ``D``, ``1/D_RC``, ``1/P_RC`` and, in the variant ``authors-2022``, ``S``.
    """
    inside = {"D": found.D, "1/D_RC": 1 / found.D_RC, "1/P_RC": 1 / found.P_RC}
    return inside | ({"S": found.S} if found.variant == "authors-2022" else {})


def shares(found: Characteristics) -> dict[str, float]:
    """Return the share of each term in their sum; the shares sum to one."""
    inside = terms(found)
    total = math.fsum(inside.values())
    return {name: value / total for name, value in inside.items()}


def difference_parts(first: Characteristics, second: Characteristics) -> dict[str, float]:
    r"""
    Share the difference of two scores out among the terms, exactly and symmetrically.

    .. math:: R_1 - R_2 = \sum_t \frac{t_1 - t_2}{L(e^{R_1}, e^{R_2})},
              \quad L(a, b) = \frac{a - b}{\ln a - \ln b}

    with the logarithmic mean L, which is what turns a difference of sums into one of logarithms
    (Ang's LMDI decomposition of a sum).

    Returns
    -------
    dict
        Parts in units of RMQM; they sum to the difference, and change sign with the order.
    """
    one, other = terms(first), terms(second)
    mean = logarithmic_mean(1 + math.fsum(one.values()), 1 + math.fsum(other.values()))
    return {name: (one[name] - other[name]) / mean for name in one}


def logarithmic_mean(one: float, other: float) -> float:
    """
    Return the difference of two positive numbers over that of their logarithms.

    Examples
    --------
    >>> logarithmic_mean(math.e, 1.0) == math.e - 1, logarithmic_mean(2.0, 2.0)
    (True, 2.0)
    """
    ratio = (one - other) / other
    return one if ratio == 0 else other * ratio / math.log1p(ratio)
