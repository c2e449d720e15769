"""What makes a score, and what makes the difference between two: the terms of the logarithm."""

from __future__ import annotations

import math

from rmqm_spec.characteristics import Characteristics

__all__ = ["difference_parts", "logarithmic_mean", "shares", "terms"]


def terms(characteristics: Characteristics) -> dict[str, float]:
    """
    Return what stands beside the 1 inside the logarithm; their sum is ``exp(RMQM) - 1``.

    Parameters
    ----------
    characteristics : Characteristics
        Of an encoder that has a score.

    Returns
    -------
    dict
        ``D``, ``1/D_RC``, ``1/P_RC`` and, in the variant ``authors-2022``, ``S``.
    """
    inside = {
        "D": characteristics.D,
        "1/D_RC": 1 / characteristics.D_RC,
        "1/P_RC": 1 / characteristics.P_RC,
    }
    return inside | ({"S": characteristics.S} if characteristics.variant == "authors-2022" else {})


def shares(characteristics: Characteristics) -> dict[str, float]:
    """Return the share of each term in their sum; the shares sum to 1."""
    inside = terms(characteristics)
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
    first_terms, second_terms = terms(first), terms(second)
    mean = logarithmic_mean(
        1 + math.fsum(first_terms.values()), 1 + math.fsum(second_terms.values())
    )
    return {name: (first_terms[name] - second_terms[name]) / mean for name in first_terms}


def logarithmic_mean(first: float, second: float) -> float:
    """
    Return the difference of two positive numbers over that of their logarithms.

    Examples
    --------
    >>> logarithmic_mean(math.e, 1.0) == math.e - 1, logarithmic_mean(2.0, 2.0)
    (True, 2.0)
    """
    ratio = (first - second) / second
    return first if ratio == 0 else second * ratio / math.log1p(ratio)
